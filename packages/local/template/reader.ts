import { createResolver, isRecord } from "./intrinsics.ts";
import type { Account, Template } from "./resources.ts";

/** One resource of a template, whose properties are resolved when they are read. */
export interface ReadableResource {
  readonly id: string;
  /** What `Ref` gives. */
  readonly ref: () => string;
  readonly attribute: (name: string) => string;
  /** The property at the end of the path, or undefined. Nothing beside the path is resolved. */
  readonly property: (...path: readonly string[]) => unknown;
  readonly string: (...path: readonly string[]) => string;
  readonly number: (path: readonly string[], fallback: number) => number;
  /** Throws an error that names the resource. */
  readonly fail: (problem: string) => never;
}

export interface TemplateReader {
  readonly ofType: (type: string) => readonly ReadableResource[];
}

/** Gives access to the resources of a template, with every reference resolved. */
export const createReader = (template: Template, account: Account): TemplateReader => {
  const resolve = createResolver(template, account);

  const readable = (id: string, properties: unknown): ReadableResource => {
    const fail = (problem: string): never => {
      throw new Error(`Resource ${id}: ${problem}`);
    };
    const property = (...path: readonly string[]): unknown => {
      const value = path.reduce<unknown>((parent, key) => (isRecord(parent) ? parent[key] : undefined), properties);
      return resolve(value, id);
    };
    return {
      id,
      ref: () => String(resolve({ Ref: id }, id)),
      attribute: (name) => String(resolve({ "Fn::GetAtt": [id, name] }, id)),
      property,
      string(...path) {
        const value = property(...path);
        return typeof value === "string" ? value : fail(`${path.join(".")} must be a string.`);
      },
      number(path, fallback) {
        const value = Number(property(...path) ?? fallback);
        return Number.isFinite(value) ? value : fail(`${path.join(".")} must be a number.`);
      },
      fail,
    };
  };

  return {
    ofType: (type) =>
      Object.entries(template.Resources)
        .filter(([, resource]) => resource.Type === type)
        .map(([id, { Properties }]) => readable(id, Properties ?? {})),
  };
};
