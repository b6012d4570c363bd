import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { renderWireTypes, wireTypesFile } from "../../../scripts/wire-types.ts";

test("the wire types are what the OpenAPI document says now (npm run generate -w @standdown/client)", () => {
  expect(readFileSync(wireTypesFile, "utf8")).toBe(renderWireTypes());
});
