import { describe, expect, test } from "vitest";
import { joinTombstones, type Tombstone } from "../../../shared/domain/job.ts";

const standing: Tombstone = {
  trigger: "queue",
  requestedBy: "events",
  requestedAt: 1_000,
  until: 9_000,
  secretHash: "hash",
};
const next: Tombstone = { trigger: "http", requestedBy: "ops", requestedAt: 2_000, until: 20_000 };

describe("two cancels that came before their job", () => {
  test("hold for as long as either does, the first in front and the last beside it", () => {
    const latest = { trigger: "http", requestedBy: "ops", requestedAt: 2_000 };
    expect(joinTombstones(standing, next)).toStrictEqual({ ...standing, until: 20_000, latest });
    expect(joinTombstones(standing, { ...next, until: 5_000 })).toStrictEqual({ ...standing, latest });
  });

  test("keep for whom the last was asked, and why", () => {
    const joined = joinTombstones(standing, { ...next, onBehalfOf: "nightly", reason: "too dear" });
    expect(joined.latest).toStrictEqual({
      trigger: "http",
      requestedBy: "ops",
      onBehalfOf: "nightly",
      reason: "too dear",
      requestedAt: 2_000,
    });
  });

  test.each<[string, Partial<Tombstone>, boolean]>([
    ["the same cancel again", {}, false],
    ["one at another time", { requestedAt: 1_001 }, true],
    ["one by another principal", { requestedBy: "ops" }, true],
  ])("are told apart: %s", (_, given, isAnother) => {
    expect("latest" in joinTombstones(standing, { ...standing, ...given })).toBe(isAnother);
  });
});
