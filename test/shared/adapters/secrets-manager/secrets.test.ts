import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AwsError, jsonClient } from "../../../../shared/adapters/aws-client/json-client.ts";
import { fileSecrets, secretsManagerSecrets } from "../../../../shared/adapters/secrets-manager/secrets.ts";
import { secretsManager } from "../../../../shared/adapters/secrets-manager/secrets-manager.ts";
import { type AwsStandIn, startAwsStandIn } from "../../../support/stack/aws-stand-in.ts";
import { localAws } from "../../../support/stack/jobs-table.ts";

describe("passwords in a file", () => {
  let credentials: string;
  beforeAll(async () => {
    credentials = await mkdtemp(path.join(tmpdir(), "standdown-passwords-"));
  });
  afterAll(() => rm(credentials, { recursive: true }));

  let serial = 0;
  const fileWith = async (text: string) => {
    const file = path.join(credentials, `${++serial}.json`);
    await writeFile(file, text);
    return file;
  };

  test("are found by their names, as the file is now", async () => {
    const file = await fileWith('{"team-a": "first", "team/b": ""}');
    const secrets = fileSecrets(file);
    expect([await secrets.find("team-a"), await secrets.find("team/b")]).toEqual(["first", ""]);
    await writeFile(file, '{"team-a": "second"}');
    expect(await secrets.find("team-a")).toBe("second");
  });

  test.each(["team", "TEAM-A", "", "constructor", "__proto__", "toString", "hasOwnProperty"])(
    "are none of the name %j",
    async (name) => {
      expect(await fileSecrets(await fileWith('{"team-a": "first"}')).find(name)).toBeUndefined();
    },
  );

  test.each(['{"team-a": 5}', '{"team-a": null}', '{"team-a": {"password": "x"}}', "null", '"team-a"', "7", "{}"])(
    "are text and nothing else: %s",
    async (text) => {
      expect(await fileSecrets(await fileWith(text)).find("team-a")).toBeUndefined();
    },
  );

  test.each(['{"team-a": "canary-1"', "canary-2", '{"team-a": canary-3}', '{"team-a": "canary-4",}'])(
    "that cannot be read are told by the file, without a word of it: %#",
    async (text) => {
      const file = await fileWith(text);
      const error: unknown = await fileSecrets(file)
        .find("team-a")
        .catch((thrown) => thrown);
      expect(error).toBeInstanceOf(Error);
      const { message, stack, cause } = error as Error;
      expect(message).toBe(`${file} is not JSON`);
      expect(`${stack} ${String(cause)}`).not.toContain("canary");
    },
  );

  test("in a file that is not there are an error, not unknown", async () => {
    await expect(fileSecrets(path.join(credentials, "none.json")).find("team-a")).rejects.toThrow(/ENOENT/);
  });
});

describe("passwords in Secrets Manager", () => {
  let standIn: AwsStandIn;
  beforeAll(async () => {
    standIn = await startAwsStandIn(({ input: { SecretId } }) => {
      if (SecretId === "standdown/secrets/team-a") return { body: { Name: SecretId, SecretString: "first" } };
      if (SecretId === "standdown/secrets/binary") return { body: { Name: SecretId, SecretBinary: "Zmlyc3Q=" } };
      const refused = SecretId === "standdown/secrets/not-ours";
      return { type: refused ? "AccessDeniedException" : "ResourceNotFoundException" };
    });
  });
  afterAll(() => standIn.stop());

  const find = (name: string) => {
    const aws = { ...localAws(""), endpoints: { secretsmanager: standIn.endpoint } };
    return secretsManagerSecrets(jsonClient(secretsManager, aws)).find(name);
  };

  test("are found under the prefix that is kept for them, and nowhere else", async () => {
    standIn.asked.length = 0;
    expect(await find("team-a")).toBe("first");
    expect(await find("arn:aws:secretsmanager:eu-west-1:000000000000:secret:payroll")).toBeUndefined();
    expect(standIn.asked).toEqual([
      { target: "secretsmanager.GetSecretValue", input: { SecretId: "standdown/secrets/team-a" } },
      {
        target: "secretsmanager.GetSecretValue",
        input: { SecretId: "standdown/secrets/arn:aws:secretsmanager:eu-west-1:000000000000:secret:payroll" },
      },
    ]);
  });

  test("are none where there is no such secret, or none of text", async () => {
    expect(await find("team-b")).toBeUndefined();
    expect(await find("binary")).toBeUndefined();
  });

  test("that may not be read are an error, not unknown", async () => {
    await expect(find("not-ours")).rejects.toThrow(AwsError);
  });
});
