import { describe, expect, test } from "vitest";
import type { Announcement, Cancellation, Evidence } from "../../../shared/domain/job.ts";
import { eventId, toOutcomeEvent } from "../../../shared/domain/outcome-event.ts";
import { toReceipt } from "../../../shared/domain/receipt.ts";
import { aJob, now } from "../../support/stack/jobs.ts";

const announcements: readonly Announcement[] = ["requested", "stopped", "completed-first", "not-stopped"];

const stoppedBy = (evidence: Evidence | undefined, flaggedAt?: number): Cancellation => ({
  trigger: "schedule",
  requestedBy: "events",
  reason: "policy:heartbeat-lost",
  requestedAt: now,
  outcome: evidence ? "stopped" : "not-stopped",
  ...(evidence && { evidence }),
  steps: [
    { at: now, step: "stop-requested" },
    ...(flaggedAt === undefined ? [] : [{ at: flaggedAt, step: "not-stopped" }]),
    ...(evidence ? [{ at: evidence.at, step: evidence.kind }] : []),
  ],
  residue: ["half a table"],
  repeats: 0,
});

const evidence: Evidence = {
  kind: "lease-expired",
  at: now + 60_500,
  witness: "standdown",
  detail: "no heartbeat for 60 s",
};

describe.each(announcements)("the event %s", (announcement) => {
  const cancellation = stoppedBy(evidence, now + 30_000);
  const job = aJob({ service: "ges", state: "cancelled", cancellation });
  const event = toOutcomeEvent(job, cancellation, announcement);

  test("has what CloudEvents 1.0 requires, and nothing that it does not allow", () => {
    const { data: _, ...context } = event;
    expect(context).toEqual({
      specversion: "1.0",
      id: `${job.uid}/${announcement}`,
      source: "urn:standdown:ges",
      type: `dev.standdown.cancellation.${announcement}.v1`,
      subject: job.uid,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      datacontenttype: "application/json",
    });
    // Attributes have names of lower-case letters and digits, and texts that are not empty.
    for (const [name, value] of Object.entries(context)) {
      expect(name).toMatch(/^[a-z0-9]+$/);
      expect(value).not.toBe("");
    }
  });

  test("carries the receipt, and survives the way through JSON", () => {
    expect(event.data).toEqual(toReceipt(job, cancellation));
    expect(JSON.parse(JSON.stringify(event))).toEqual(event);
  });

  test("has the same id however often it is made, and whatever has happened since", () => {
    const later = toOutcomeEvent({ ...job, heartbeatAt: now + 9 }, { ...cancellation, repeats: 3 }, announcement);
    expect(later.id).toBe(event.id);
    expect(later.time).toBe(event.time);
    expect(eventId(job, announcement)).toBe(event.id);
  });

  test("shares its id with no other", () => {
    const others = announcements.filter((name) => name !== announcement).map((name) => eventId(job, name));
    expect([...others, eventId(aJob(), announcement)]).not.toContain(event.id);
  });
});

describe("the time of an event", () => {
  const timeOf = (announcement: Announcement, cancellation: Cancellation) =>
    Date.parse(toOutcomeEvent(aJob({ cancellation }), cancellation, announcement).time);

  test("is when it became true: asked for, flagged, or proved", () => {
    const late = stoppedBy(evidence, now + 30_000);
    expect(timeOf("requested", late)).toBe(now);
    expect(timeOf("not-stopped", late)).toBe(now + 30_000);
    expect(timeOf("stopped", late)).toBe(evidence.at);
    expect(timeOf("completed-first", late)).toBe(evidence.at);
  });

  test("is that of the request where nothing else is known", () => {
    for (const announcement of announcements) expect(timeOf(announcement, stoppedBy(undefined))).toBe(now);
  });

  test("of a contradiction is when the last one came", () => {
    const steps = [
      { at: now + 1, step: "contradicted" },
      { at: now + 2, step: "contradicted" },
      { at: now + 3, step: "worker-acknowledged" },
    ];
    expect(timeOf("contradicted:2", { ...stoppedBy(evidence), steps })).toBe(now + 2);
    expect(timeOf("contradicted:1", { ...stoppedBy(evidence), steps: [] })).toBe(now);
  });

  test("of a confirmation is that of the evidence", () => {
    expect(timeOf("confirmed:2", stoppedBy(evidence))).toBe(evidence.at);
  });
});

test("an event that can happen more than once has its number in the id, and not in the type", () => {
  const job = aJob();
  expect(toOutcomeEvent(job, stoppedBy(evidence), "confirmed:2")).toMatchObject({
    id: `${job.uid}/confirmed:2`,
    type: "dev.standdown.cancellation.confirmed.v1",
  });
});
