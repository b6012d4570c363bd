import { describe, expect, test } from "vitest";
import { createIndex, registerJob } from "../../support/requests/cancel-requests.ts";
import { useBundle } from "../../support/stack/bundle.ts";

const bundle = useBundle();

const cancel = async (Format: string, more: Readonly<Record<string, string>> = {}) => {
  const { jobId } = await registerJob(bundle, createIndex);
  return createIndex.send(bundle, more.JobId ?? jobId, { parameters: { Format, ...more } });
};

describe("the format of a reply", () => {
  test.each(["XML", "xml"])("%s gives a success in XML", async (format) => {
    const { status, headers, text } = await cancel(format);
    expect([status, headers["Content-Type"]]).toEqual([200, "text/xml;charset=utf-8"]);
    expect(text).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?><CancelCreateIndexJobResponse><RequestId>[0-9A-F-]{36}<\/RequestId><Message>success<\/Message><Status>success<\/Status><\/CancelCreateIndexJobResponse>$/,
    );
    expect(headers["x-acs-request-id"]).toBe(/<RequestId>(.*)<\/RequestId>/.exec(text)?.[1]);
  });

  test.each([
    [{ JobId: "unknown" }, 404, "Job.NotFound"],
    [{ JobId: "a/b" }, 400, "InvalidParameter"],
    [{ Action: "CancelEverything" }, 404, "InvalidApi.NotFound"],
  ])("XML gives the failure of %o in XML", async (parameters, status, code) => {
    const reply = await cancel("XML", parameters);
    expect([reply.status, reply.headers["Content-Type"]]).toEqual([status, "text/xml;charset=utf-8"]);
    expect(reply.text).toMatch(/^<\?xml [^>]*><Error><RequestId>.*<\/Error>$/);
    expect(reply.text).toContain(`<Code>${code}</Code>`);
  });

  test.each(["", "JSON", "json", "YAML"])("%o gives JSON", async (format) => {
    const { status, headers, body } = await cancel(format);
    expect([status, headers["Content-Type"], body.Status]).toEqual([200, "application/json", "success"]);
  });

  test("of a request that cannot be read is JSON", async () => {
    const reply = await bundle.send("GET", "/?Format=XML&Format=XML");
    expect([reply.status, reply.body.Code]).toEqual([400, "InvalidParameter"]);
  });
});
