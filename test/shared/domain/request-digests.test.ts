import { describe, expect, test } from "vitest";
import { jobStates } from "../../../shared/domain/job.ts";
import {
  inheritDigests,
  isFormerDigest,
  isNewDigest,
  keepFormerDigest,
} from "../../../shared/domain/request-digests.ts";
import { aJob, now } from "../../support/stack/jobs.ts";

const digests = (count: number, name = "d") => Array.from({ length: count }, (_, index) => `${name}${index}`);

describe("the next incarnation of a job knows", () => {
  test("the requests to cancel the one before", () => {
    expect(inheritDigests(aJob({ requestDigests: ["a", "b"] }), now)).toEqual(["a", "b"]);
    expect(inheritDigests(aJob(), now)).toEqual([]);
  });

  test("those to cancel earlier ones, for as long as their signatures are good", () => {
    const ended = aJob({ requestDigests: ["a"], formerDigests: ["b"], registeredAt: now });
    // A signature is good for 15 minutes before and after its date.
    expect(inheritDigests(ended, now + 30 * 60_000 - 1)).toEqual(["a", "b"]);
    expect(inheritDigests(ended, now + 30 * 60_000)).toEqual(["a"]);
  });

  test("as many as an item has room for, the latest first", () => {
    const ended = aJob({ requestDigests: digests(64), formerDigests: digests(128, "f"), registeredAt: now });
    const inherited = inheritDigests(ended, now);
    expect(inherited).toEqual([...digests(64), ...digests(64, "f")]);
  });
});

test.each<[readonly string[] | undefined, string | undefined, boolean]>([
  [undefined, "a", true],
  [["b"], "a", true],
  [["a"], "a", false],
  [digests(63), "a", true],
  [digests(64), "a", false],
  [undefined, undefined, false],
])("beside %j the digest %s is kept: %s", (requestDigests, digest, isKept) => {
  expect(isNewDigest(aJob(requestDigests ? { requestDigests } : {}), digest)).toBe(isKept);
});

test.each<[readonly string[] | undefined, string | undefined, boolean]>([
  [["a"], "a", true],
  [["b"], "a", false],
  [undefined, "a", false],
  [["a"], undefined, false],
])("among %j the digest %s is of an earlier incarnation: %s", (formerDigests, digest, isFormer) => {
  expect(isFormerDigest(aJob(formerDigests ? { formerDigests } : {}), digest)).toBe(isFormer);
});

describe("a request that means an incarnation before this one", () => {
  test("leaves its digest here, in whatever state the job is: the same bytes again mean that one too", () => {
    const job = aJob({ formerDigests: ["b"] });
    expect(keepFormerDigest(job, "a")).toStrictEqual({ when: { uid: job.uid, states: jobStates }, formerDigest: "a" });
  });

  test.each<[string, readonly string[], string | undefined]>([
    ["has none", [], undefined],
    ["is known", ["a"], "a"],
    ["finds no room", digests(128), "a"],
  ])("leaves nothing where it %s", (_, formerDigests, digest) => {
    expect(keepFormerDigest(aJob({ formerDigests }), digest)).toBeUndefined();
  });
});
