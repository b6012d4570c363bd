import { hash } from "node:crypto";
import { intersects } from "../auth/policy.ts";
import type { ConfigDocument } from "./document-schema.ts";

/** Something that only one place of the document may give. `as` stands for it where its value may be a secret. */
interface Given {
  readonly value: string;
  readonly place: string;
  readonly as: string;
}

/** Returns what the document says twice, in the words of a fault: which of the two holds is nobody's guess. */
export const findContradictions = ({ principals, connections = [] }: ConfigDocument): readonly string[] => [
  ...findRepeated(
    connections.map(({ name }, index) => ({ value: name, place: `connections.${index}.name`, as: "the name" })),
  ),
  ...[namesIn, tokensIn, keysIn, triggersIn].flatMap((given) => findRepeated(given(principals))),
  ...findSenderFaults(principals),
];

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

/**
 * Anybody may come by HTTP, who shows a token or a key. The other triggers know one principal; the queue one more for each
 * of its senders.
 */
const triggersIn = (principals: Principals): readonly Given[] =>
  principals.flatMap(({ triggers = [], senders }, index) =>
    [...new Set(triggers)]
      .filter((trigger) => trigger !== "http" && !(trigger === "queue" && senders !== undefined))
      .map((trigger) => ({
        value: trigger,
        place: `principals.${index}.triggers`,
        as: `the trigger ${trigger}`,
      })),
  );

/** A sender of two principals would be the first one's, and one of no queue is nobody's. */
const findSenderFaults = (principals: Principals): readonly string[] => {
  const before: { readonly pattern: string; readonly place: string }[] = [];
  return principals.flatMap(({ triggers = [], senders = [] }, index) => {
    const place = `principals.${index}.senders`;
    const common = before.filter(({ pattern }) => senders.some((each) => intersects(each, pattern)));
    before.push(...senders.map((pattern) => ({ pattern, place })));
    return [
      ...(senders.length > 0 && !triggers.includes("queue") ? [`${place} needs the trigger queue`] : []),
      ...[...new Set(common.map(({ place }) => place))].map((other) => `${place} has a sender of ${other} too`),
    ];
  });
};

const findRepeated = (given: readonly Given[]): readonly string[] => {
  const first = new Map<string, string>();
  return given.flatMap(({ value, place, as }) => {
    const before = first.get(value);
    if (before === undefined) first.set(value, place);
    return before === undefined ? [] : [`${place} gives ${as} of ${before} again`];
  });
};
