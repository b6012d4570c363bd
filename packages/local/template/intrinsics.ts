import { type Account, type ResourceKind, resourceKinds, type Template } from "./resources.ts";

/** Replaces the intrinsic functions in one resource's properties by their values. */
export type Resolve = (value: unknown, resource: string) => unknown;

interface Addressed {
  readonly kind: ResourceKind;
  readonly type: string;
  readonly physicalName: string;
}

/**
 * Resolves `Ref`, `Fn::GetAtt`, `Fn::Join`, `Fn::Sub` and the pseudo parameters. What cannot be resolved is an error
 * that names it: a function must not start with "[object Object]" for a setting.
 */
export const createResolver = (template: Template, account: Account): Resolve => {
  const pseudoParameters: Readonly<Record<string, string>> = {
    "AWS::AccountId": account.accountId,
    "AWS::Partition": account.partition,
    "AWS::Region": account.region,
    "AWS::StackId": `arn:${account.partition}:cloudformation:${account.region}:${account.accountId}:stack/${account.stackName}/local`,
    "AWS::StackName": account.stackName,
    "AWS::URLSuffix": "amazonaws.com",
  };

  /** One intrinsic's value, looked at from the resource that contains it. */
  const within = (owner: string) => {
    const fail = (problem: string): never => {
      throw new Error(`Resource ${owner}: ${problem}`);
    };

    const resolve = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(resolve).filter((item) => item !== undefined);
      if (!isRecord(value)) return value;
      const [key, argument] = Object.entries(value)[0] ?? [];
      if (key === "Ref" || key?.startsWith("Fn::")) return intrinsic(key, argument);
      const entries = Object.entries(value).map(([name, item]) => [name, resolve(item)] as const);
      return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
    };

    const intrinsic = (name: string, argument: unknown): unknown => {
      switch (name) {
        case "Ref":
          return typeof argument === "string" ? ref(argument) : fail("Ref takes a name.");
        case "Fn::GetAtt":
          return attribute(Array.isArray(argument) ? argument.join(".") : String(argument));
        case "Fn::Join":
          return join(argument);
        case "Fn::Sub":
          return Array.isArray(argument) ? substitute(argument[0], argument[1]) : substitute(argument, {});
        default:
          return fail(`${name} cannot be resolved locally: ${JSON.stringify(argument)}`);
      }
    };

    const ref = (name: string): unknown => {
      if (name === "AWS::NoValue") return undefined;
      if (pseudoParameters[name] !== undefined) return pseudoParameters[name];
      const parameter = template.Parameters?.[name];
      if (parameter) return parameter.Default ?? fail(`parameter ${name} has no default.`);
      const { kind, physicalName } = find(name, `Ref ${name}`);
      return kind.ref?.(physicalName, account) ?? physicalName;
    };

    const attribute = (path: string): string => {
      const [name = "", ...rest] = path.split(".");
      const { kind, type, physicalName } = find(name, `Fn::GetAtt ${path}`);
      const address = kind.attributes?.[rest.join(".")];
      return address?.(physicalName, account) ?? fail(`Fn::GetAtt ${path} (${type}) cannot be resolved locally.`);
    };

    const join = (argument: unknown): string => {
      const [separator, parts] = Array.isArray(argument) ? argument : [];
      const values = resolve(parts);
      if (typeof separator !== "string" || !Array.isArray(values))
        return fail("Fn::Join takes a separator and a list.");
      return values.map((part) => text(part, "Fn::Join")).join(separator);
    };

    const substitute = (pattern: unknown, own: unknown): string => {
      if (typeof pattern !== "string" || !isRecord(own)) return fail("Fn::Sub takes a string and a map of values.");
      return pattern.replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, path: string) => {
        if (literal) return `\${${path}}`;
        if (Object.hasOwn(own, path)) return text(resolve(own[path]), "Fn::Sub");
        return text(path.includes(".") ? attribute(path) : ref(path), "Fn::Sub");
      });
    };

    const text = (value: unknown, where: string): string =>
      typeof value === "object" || value === undefined
        ? fail(`${where} needs a string, not ${JSON.stringify(value)}.`)
        : String(value);

    const find = (name: string, what: string): Addressed => {
      const resource = template.Resources[name] ?? fail(`${what} names no resource or parameter of the template.`);
      const kind = resourceKinds[resource.Type] ?? fail(`${what} (${resource.Type}) cannot be resolved locally.`);
      const given = kind.named && resource.Properties?.[kind.named];
      const physicalName = given ? within(name)(given) : `${account.stackName}-${name}`;
      return { kind, type: resource.Type, physicalName: text(physicalName, what) };
    };

    return resolve;
  };

  return (value, resource) => within(resource)(value);
};

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
