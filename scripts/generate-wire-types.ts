/** Writes the client's wire types from the OpenAPI document: `npm run generate -w @standdown/client`. */
import { writeFileSync } from "node:fs";
import { renderWireTypes, wireTypesFile } from "./wire-types.ts";

writeFileSync(wireTypesFile, renderWireTypes());
