import type { Receipt } from "../../client/src/wire-views.ts";
import { printable, type Terminal, toDuration } from "./terminal.ts";

/** What each assurance means, in a sentence for people. */
const sentences: Readonly<Record<NonNullable<Receipt["assurance"]>, string>> = {
  observed: "A witness that is not the work itself saw that nothing of it is left.",
  reported: "The provider says that it has stopped.",
  acknowledged: "The work itself says that it has stopped; nobody else looked.",
  "never-started": "It had not begun, and can begin no more.",
  presumed: "It fell silent and lost its lease. Nobody knows whether it has stopped.",
  contradicted: "There was a sign of life after its end: it may still run.",
};

export const colourOf = ({
  outcome,
  assurance,
}: Pick<Receipt, "outcome" | "assurance">): "green" | "red" | "yellow" => {
  if (outcome === "not-stopped" || assurance === "contradicted") return "red";
  return outcome === "stopping" || assurance === "presumed" ? "yellow" : "green";
};

/** One line: what became of it. */
export const summaryOf = ({ outcome, assurance, timeToStopMs }: Receipt): string => {
  const how = assurance === null ? "" : `, ${assurance}`;
  return `${outcome}${how}${timeToStopMs === null ? "" : ` after ${toDuration(timeToStopMs)}`}`;
};

/** The receipt as a timeline. */
export const receiptText = (receipt: Receipt, { style }: Pick<Terminal, "style">): readonly string[] => {
  const { service, jobId, uid, requestedBy, onBehalfOf, reason, trigger, steps, evidence, residue, assurance } =
    receipt;
  const began = Date.parse(steps[0]?.at ?? "");
  const lines = steps.map(({ at, step, detail }) => {
    const after = `+${toDuration(Date.parse(at) - began)}`.padStart(8);
    return `${style("dim", after)}  ${step.padEnd(22)}  ${detail === null ? "" : printable(detail)}`.trimEnd();
  });
  const who = onBehalfOf === null ? requestedBy : `${requestedBy}, on behalf of ${onBehalfOf}`;
  return [
    `${style("bold", `${service} ${printable(jobId)}`)}  ${uid}`,
    `${style(colourOf(receipt), summaryOf(receipt))}`,
    ...(assurance === null ? [] : [sentences[assurance]]),
    "",
    `asked by ${printable(who)} (${trigger})${reason === null ? "" : `: ${printable(reason)}`}`,
    ...lines,
    ...(evidence === null ? [] : ["", `witness: ${printable(evidence.witness)}`]),
    ...(residue === null || residue.length === 0
      ? []
      : ["", "stays behind:", ...residue.map((each) => `  ${printable(each)}`)]),
    ...receipt.contradictions.map(({ at, what }) => style("red", `contradicted at ${at}: ${printable(what)}`)),
  ];
};
