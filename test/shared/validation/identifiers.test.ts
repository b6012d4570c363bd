import * as v from "valibot";
import { describe, expect, test } from "vitest";
import {
  instanceId,
  jobId,
  namespacePassword,
  postgresName,
  projectId,
  regionId,
} from "../../../shared/validation/identifiers.ts";
import { wholeNumber } from "../../../shared/validation/whole-number.ts";

const a = (length: number, character = "a") => character.repeat(length);

interface Rule {
  readonly schema: v.GenericSchema;
  /** What a caller is told. */
  readonly expected: string;
  readonly right: readonly string[];
  readonly wrong: readonly unknown[];
}

// The limits are the providers' documented ones, where they document any.
const rules: Readonly<Record<string, Rule>> = {
  "a job id": {
    schema: jobId,
    expected: "1 to 64 letters, digits and hyphens",
    right: ["7", "aZ-09", "d0f8e4a2-93d9-4c3e-9d2b-1f0f8d1f3a10", a(64)],
    wrong: ["", a(65), "a b", "a_b", "a\n", " a", "é", 7],
  },
  "a project id": {
    schema: projectId,
    expected: "1 to 64 letters and digits",
    right: ["b02ce40e8cb84a8e980fdb11fac657db", "aZ09", a(64)],
    wrong: ["", a(65), "a-b", "-a", "a-", "a\n", 7],
  },
  "a region": {
    schema: regionId,
    expected: "a region id such as cn-hangzhou",
    right: ["cn-hangzhou", "cn-north-2-gov-1", "eu-1", "cn-1-2-3-4", `cn-${a(20)}`],
    wrong: [
      "cn",
      "cn-",
      "c-hangzhou",
      "chn-hangzhou",
      "CN-hangzhou",
      "cn-Hangzhou",
      "cn-1-2-3-4-5",
      `cn-${a(21)}`,
      "1cn-hangzhou",
      "cn-a_",
      "cn-hangzhou\n",
      7,
    ],
  },
  "an instance id": {
    schema: instanceId,
    expected: "1 to 64 lower-case letters, digits and hyphens, such as gp-bp1234567890",
    right: ["gp-bp1234567890", "gp-ws-12345", "7", a(64)],
    wrong: ["", a(65), "gp-BP1", "gp_bp1", " gp", "gp\n", 7],
  },
};

describe.each(Object.entries(rules))("%s", (_, { schema, expected, right, wrong }) => {
  test.each(right)("may be %j", (input) => {
    expect(v.safeParse(schema, input)).toMatchObject({ success: true, output: input });
  });

  test.each(wrong)("may not be %j", (input) => {
    expect(v.safeParse(schema, input).issues?.map(({ message }) => message)).toEqual([expected]);
  });
});

// PostgreSQL keeps 63 bytes of a name (NAMEDATALEN - 1), however many characters these are.
describe("a name of PostgreSQL", () => {
  test.each(["a", "Größe", "the table", 'a "quoted" one', a(63), `${a(31, "é")}x`, "👍"])("may be %j", (name) => {
    expect(v.parse(postgresName, name)).toBe(name);
  });

  test.each(["", a(64), a(32, "é"), "a\u0000", "\n", "a\u007fb", "\ud800"])("may not be %j", (name) => {
    expect(v.safeParse(postgresName, name).issues?.map(({ message }) => message)).toEqual([
      "a PostgreSQL name of 1 to 63 bytes, without control characters",
    ]);
  });

  test("is text", () => {
    expect(v.safeParse(postgresName, 7).issues?.[0]?.message).toBe("a PostgreSQL name of 1 to 63 bytes");
  });
});

describe("a namespace's secret", () => {
  test.each(["x", "no rule of complexity", a(256)])("may be %j, and is kept from then on", (text) => {
    const secret = v.parse(namespacePassword, text);
    expect(secret.reveal()).toBe(text);
    expect(String(secret)).toBe("[redacted]");
  });

  test.each(["", a(257), 7, null])("may not be %j", (text) => {
    expect(v.safeParse(namespacePassword, text).issues?.map(({ message }) => message)).toEqual(["1 to 256 characters"]);
  });
});

describe("a whole number from 1 to 100", () => {
  test.each([
    ["1", 1],
    ["100", 100],
    ["007", 7],
    ["000000100", 100],
  ])("may be %j", (text, number) => {
    expect(v.parse(wholeNumber(1, 100), text)).toBe(number);
  });

  test.each(["0", "101", "", "1.5", "-1", "+1", "1e1", "0x1", " 1", "1 ", "a1", "1a", "0000000001", 1])(
    "may not be %j",
    (input) => {
      expect(v.safeParse(wholeNumber(1, 100), input).issues?.[0]?.message).toBe("a whole number from 1 to 100");
    },
  );
});
