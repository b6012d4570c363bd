import type { Sources } from "./sources.ts";

interface TextRule {
  readonly name: string;
  readonly files: RegExp;
  readonly except?: readonly string[];
  readonly forbidden: RegExp;
}

const processEnvironment = /\bprocess\s*(?:\?\.|\.)\s*env\b|\{[^{}]*\benv\b[^{}]*\}\s*=\s*process\b|\bprocess\[/;

const rules: readonly TextRule[] = [
  {
    name: "the environment is read in one place",
    files: /^(functions|shared)\/.*\.ts$/,
    except: ["shared/config/environment.ts"],
    forbidden: processEnvironment,
  },
  {
    name: "the environment is read in one place",
    files: /^(packages|examples)\/.*\.ts$/,
    // start.ts hands it to settings.ts; the others are the programs of the functions' and the samples' own processes.
    except: [
      "packages/local/settings.ts",
      "packages/local/start.ts",
      "packages/local/lambda/runtime-client.ts",
      "packages/cli/main.ts",
      "examples/workers/run-sample.ts",
      "examples/workers/generic.ts",
      "examples/fenced-writes/worker.ts",
    ],
    forbidden: processEnvironment,
  },
  { name: "fakes over module mocks", files: /^test\//, forbidden: /\bvi\s*\.\s*(?:mock|doMock|hoisted)\b/ },
  {
    name: "every test runs",
    files: /^test\//,
    forbidden:
      /\b(?:it|test|describe|suite)(?:\.\w+)*\.(?:skip|skipIf|only|runIf|todo|fails)\b|\bcontext\.skip\(|\bx(?:it|describe)\(/,
  },
  { name: "a test is called test", files: /^test\//, forbidden: /^\s*it(?:\.each|\.concurrent)?\(/m },
  { name: "no check is silenced", files: /\.(ts|mts|mjs)$/, forbidden: /@ts-(?:ignore|expect-error|nocheck)/ },
  { name: "no check is silenced", files: /\.(ts|mts|mjs)$/, forbidden: /biome-[i]gnore|(?:v8|c8|istanbul) ignore/ },
  { name: "no barrel", files: /\.(ts|mts|mjs)$/, forbidden: /^export \* (?:as \w+ )?from/m },
  {
    name: "only a handler has side effects",
    files: /^functions\/(?!.*\/handler\.ts$).*\.ts$/,
    forbidden: /\b(?:http|queue|schedule)Entry\(/i,
  },
  {
    name: "a module only declares",
    files: /^(functions|shared|packages\/client)\/.*\.ts$/,
    // The formatter indents whatever is inside a declaration: any other start of a line is a statement of the module.
    forbidden: /^(?!(?:import|export|const|class|abstract|interface|type|function|async function|let)\b)[\w("'`[]/m,
  },
];

const vagueName = /(?:^|[/.-])(?:utils?|helpers?|common|misc)(?:[/.-]|$)/i;
const maxLines = 300;
const generated = ["packages/client/src/wire.ts"];

/** One line for each file that breaks a rule that can be seen in its name or text. */
export const againstTheTexts = (sources: Sources): string[] =>
  [...sources].flatMap(([file, text]) => [
    ...rules.filter((rule) => breaks(rule, file, text)).map(({ name }) => `${file}: ${name}`),
    ...(vagueName.test(file) ? [`${file}: a file is named by what it does`] : []),
    ...(text.split("\n").length - 1 > maxLines && !generated.includes(file)
      ? [`${file}: more than ${maxLines} lines`]
      : []),
  ]);

const breaks = ({ files, except = [], forbidden }: TextRule, file: string, text: string): boolean =>
  files.test(file) && !except.includes(file) && forbidden.test(text);
