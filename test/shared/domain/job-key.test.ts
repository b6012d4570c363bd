import fc from "fast-check";
import { expect, test } from "vitest";
import { jobKey, jobUid, uidPattern, uidToKey, uidToTime } from "../../../shared/domain/job-key.ts";

test("a uid is a ULID that carries the time and the key", () => {
  fc.assert(
    fc.property(fc.nat({ max: 2 ** 48 - 1 }), fc.string(), fc.array(fc.string()), (time, jobId, identity) => {
      const key = jobKey("dli", identity, jobId);
      const uid = jobUid(time, key);
      expect(uid).toMatch(uidPattern);
      expect(uidToKey(uid)).toBe(key);
      expect(uidToTime(uid)).toBe(time);
    }),
  );
});

test("uids of one job sort by time", () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (a, b) => {
      const [first, second] = [jobUid(a, "0000000000000000"), jobUid(b, "0000000000000000")];
      expect(Math.sign(a - b)).toBe(first < second ? -1 : first > second ? 1 : 0);
    }),
  );
});

test("no two identities share a key by where their parts begin and end", () => {
  expect(jobKey("dli", ["ab"], "c")).not.toBe(jobKey("dli", ["a"], "bc"));
  expect(jobKey("dli", ["a", "b"], "c")).not.toBe(jobKey("dli", ["a"], "b"));
  expect(jobKey("dli", ["a"], "b")).not.toBe(jobKey("dds", ["a"], "b"));
});

test("the key of an identity never changes: jobs are found by it", () => {
  expect(jobKey("dli", ["b02ce40e8cb84a8e980fdb11fac657db"], "job-1")).toBe("7T853PCG62NXAZHH");
});

test.each([
  ["01KAMZ8F007T853PCG62NXAZHH", true],
  ["7ZZZZZZZZZZZZZZZZZZZZZZZZZ", true],
  ["8ZZZZZZZZZZZZZZZZZZZZZZZZZ", false],
  ["01KAMZ8F007T853PCG62NXAZH", false],
  ["01KAMZ8F007T853PCG62NXAZHH0", false],
  ["001KAMZ8F007T853PCG62NXAZHH", false],
  ["01KAMZ8F007T853PCG62NXAZHU", false],
  ["01kamz8f007t853pcg62nxazhh", false],
])("%s is a uid: %s", (text, valid) => {
  expect(uidPattern.test(text)).toBe(valid);
});
