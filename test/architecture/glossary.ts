import type { Sources } from "./sources.ts";

/** A word that the glossary replaces. docs/glossary.md says what to write instead. */
interface ReplacedWord {
  readonly forbidden: RegExp;
  readonly instead: string;
  /** Where it may stand all the same, and why. */
  readonly except?: Readonly<Record<string, string>>;
}

const replaced: readonly ReplacedWord[] = [
  { forbidden: /\b(?:type|interface|class) Api\b/, instead: "operation" },
  { forbidden: /\borders? to stop\b|\bstop orders?\b/i, instead: "stop request" },
  { forbidden: /\b(?:rungs?|ladders?)\b/i, instead: "escalation step" },
  {
    forbidden: /\bfollow-?ups?\b/i,
    instead: "reconcile, check",
    except: { "CHANGELOG.md": "what names were before" },
  },
  { forbidden: /\b(?:a|the|next|each|every|both|two|same) looks?\b/i, instead: "check" },
  { forbidden: /\bentomb/i, instead: "tombstone" },
  {
    forbidden: /\b[Cc]lean-[Uu]ps?\b|[cC]leanUp/,
    instead: "cleanup",
    except: { "CHANGELOG.md": "what names were before" },
  },
  {
    forbidden: /\bpark(?:s|ed|ing)?\b/i,
    instead: "dead-letter",
    except: {
      "shared/entrypoints/cancel-message.ts": "what messages of before say is still read",
      "test/shared/entrypoints/cancel-message.test.ts": "tests that",
      "docs/guide/queues-and-schedules.md": "says that",
      "CHANGELOG.md": "what names were before",
    },
  },
  {
    forbidden: /(?<!Namespace)(?<!Or)(?<!namespace)password/i,
    instead: "secret",
    except: {
      "shared/protocols/alibaba-rpc/replies.ts": "the provider's own words",
      "test/": "values on the wire, and attempts to get a secret past the redaction",
      "bench/bundle/": "values on the wire",
      "examples/workers/sample.ts": "a value on the wire",
      "shared/adapters/postgres/sessions.ts": "what the driver calls it",
      "packages/cli/doctor/connection.ts": "what the driver calls it",
      "shared/config/document-schema.ts": "what a URL calls it",
      "CHANGELOG.md": "what names were before",
    },
  },
  { forbidden: /\bdialects?\b/i, instead: "protocol" },
  { forbidden: /\bdoors?\b/i, instead: "trigger" },
  { forbidden: /\bworklists?\b/i, instead: "due queue" },
];

/** The page that lists these words, and this test of them. */
const about = ["docs/glossary.md", "test/architecture/glossary.ts", "test/architecture/glossary.test.ts"];

/** One line for each file that uses a word that the glossary replaces. */
export const againstTheGlossary = (sources: Sources): string[] =>
  [...sources]
    .filter(([file]) => !about.includes(file))
    .flatMap(([file, text]) =>
      replaced
        .filter(({ except = {} }) => !Object.keys(except).some((place) => file.startsWith(place)))
        .flatMap(({ forbidden, instead }) => {
          const found = forbidden.exec(text)?.[0];
          return found === undefined ? [] : [`${file}: ${found} (write ${instead})`];
        }),
    );

/** Exceptions that nothing needs any more. */
export const idleExceptions = (sources: Sources): string[] =>
  replaced.flatMap(({ forbidden, except = {} }) =>
    Object.keys(except).filter(
      (place) => ![...sources].some(([file, text]) => file.startsWith(place) && forbidden.test(text)),
    ),
  );
