import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { describeBundle } from "../../packages/local/template/bundle.ts";
import { isRecord } from "../../packages/local/template/intrinsics.ts";
import { localAccount, type Template } from "../../packages/local/template/resources.ts";

export const root = path.join(import.meta.dirname, "../..");
const packaged = path.join(root, ".serverless");

/** What `serverless package` made: that is what would be deployed. */
export const templateFile = path.join(packaged, "cloudformation-template-update-stack.json");
export const template: Template = JSON.parse(readFileSync(templateFile, "utf8"));
export const bundle = describeBundle(template, packaged, localAccount("eu-west-1"));

/** The folders of functions, below functions/. */
export const folders = globSync("functions/**/handler.ts", { cwd: root })
  .map((handler) => path.dirname(handler).split(path.sep).slice(1).join("/"))
  .sort();

export const ofType = (type: string): Readonly<Record<string, unknown>>[] =>
  Object.values(template.Resources).flatMap(({ Type, Properties = {} }) => (Type === type ? [Properties] : []));

/** Every object anywhere in a part of the template. */
export const objectsIn = (value: unknown): Record<string, unknown>[] => [
  ...(isRecord(value) ? [value] : []),
  ...(typeof value === "object" && value !== null ? Object.values(value).flatMap(objectsIn) : []),
];

/** The logical ids of the resources whose ARNs a part of the template refers to. */
export const arnsIn = (value: unknown): string[] =>
  objectsIn(value).flatMap(({ "Fn::GetAtt": attribute }) =>
    Array.isArray(attribute) && attribute[1] === "Arn" ? [String(attribute[0])] : [],
  );
