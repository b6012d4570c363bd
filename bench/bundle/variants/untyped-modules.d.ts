// Modules that bring no types of their own.

declare module "@aws-lite/dynamodb" {
  const plugin: object;
  export default plugin;
}

/** Made by ../compiled-schema.ts while the handler is bundled. */
declare module "compiled-schema" {
  import type { ValidateFunction } from "ajv";

  const validate: ValidateFunction;
  export default validate;
}
