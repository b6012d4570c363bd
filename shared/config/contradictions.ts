import { hash } from "node:crypto";
import type { ConfigDocument } from "./document-schema.ts";

/** Something that only one place of the document may give. `as` stands for it where its value may be a secret. */
interface Given {
  readonly value: string;
  readonly place: string;
  readonly as: string;
}

/** Returns what the document says twice, in the words of a fault: which of the two holds is nobody's guess. */
export const findContradictions = ({ principals }: ConfigDocument): readonly string[] =>
  [namesIn, tokensIn, keysIn, triggersIn].flatMap((given) => findRepeated(given(principals)));

type Principals = ConfigDocument["principals"];

const namesIn = (principals: Principals): readonly Given[] =>
  principals.map(({ name }, index) => ({ value: name, place: `principals.${index}.name`, as: "the name" }));

const tokensIn = (principals: Principals): readonly Given[] =>
  principals.flatMap(({ tokens = [] }, index) =>
    tokens.map((token, number) => ({
      value: "sha256" in token ? token.sha256.toLowerCase() : hash("sha256", token.value, "hex"),
      place: `principals.${index}.tokens.${number}`,
      as: "the token",
    })),
  );

const keysIn = (principals: Principals): readonly Given[] =>
  principals.flatMap(({ accessKeys = [] }, index) =>
    accessKeys.map(({ id }, number) => ({
      value: id,
      place: `principals.${index}.accessKeys.${number}.id`,
      as: "the access key id",
    })),
  );

/** Anybody may come by HTTP, who shows a token or a key. The other triggers know one principal. */
const triggersIn = (principals: Principals): readonly Given[] =>
  principals.flatMap(({ triggers = [] }, index) =>
    [...new Set(triggers)]
      .filter((trigger) => trigger !== "http")
      .map((trigger) => ({
        value: trigger,
        place: `principals.${index}.triggers`,
        as: `the trigger ${trigger}`,
      })),
  );

const findRepeated = (given: readonly Given[]): readonly string[] => {
  const first = new Map<string, string>();
  return given.flatMap(({ value, place, as }) => {
    const before = first.get(value);
    if (before === undefined) first.set(value, place);
    return before === undefined ? [] : [`${place} gives ${as} of ${before} again`];
  });
};
