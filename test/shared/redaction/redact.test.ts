import { describe, expect, test } from "vitest";
import { redact } from "../../../shared/redaction/redact.ts";

const gone = "[redacted]";
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64");
const MiB = 1024 * 1024;

/** What is left of a JSON body. */
const redactJson = (value: unknown): unknown => JSON.parse(redact(JSON.stringify(value)).body);

describe("JSON", () => {
  test.each([
    ["password", "NamespacePassword", "DB_PASSWD", "secrets", "clientSecret", "x-auth-token", "SecurityToken"],
    ["credentials", "apikey", "api_key", "Api-Key", "access_key", "AccessKeySecret", "access-key", "authorization"],
    ["pwd", "Passphrase", "private_key", "sessionKey", "Set-Cookie"],
    ["Authorization", "tokenizer", "secretref", "secretRefs", "mysecretRef", "signing secret (old)"],
  ])("loses what is named %s, %s, …", (...names) => {
    for (const name of names) expect(redactJson({ a: [{ [name]: "hunter2" }] })).toEqual({ a: [{ [name]: gone }] });
  });

  test.each([
    ["text", "hunter2"],
    ["a number", 4711],
    ["nothing", null],
    ["empty text", ""],
    ["a list", ["hunter2", [["x"]], {}]],
    ["an object", { user: "bob", deep: { password: '}]",hunter2' } }],
  ])("loses a secret that is %s", (_, secret) => {
    const given = { token: secret, JobId: "j1" };
    expect(redact(JSON.stringify(given))).toEqual({ body: `{"token":"${gone}","JobId":"j1"}`, redacted: true });
    expect(redact(JSON.stringify(given, null, 2)).body).toBe(JSON.stringify({ ...given, token: gone }, null, 2));
  });

  test("keeps everything else to the letter, the name of a password too", () => {
    const body =
      '{ "secretRef":"db/1", "n": 12345678901234567890, "a":"\\u00e9", "a":1.0, "data_base64":"/+8", "l":[true,null] }\n';
    expect(redact(body)).toEqual({ body, redacted: false });
    expect(redact(`[{"password":1},${body}]`).body).toBe(`[{"password":"${gone}"},${body}]`);
  });

  test("is looked at in envelopes within strings and in base64", () => {
    const data = { operation: "cancel-create-index-job", parameters: { NamespacePassword: 'hun"ter\\2', JobId: "j1" } };
    const left = { ...data, parameters: { NamespacePassword: gone, JobId: "j1" } };
    const envelopes: ((value: unknown) => unknown)[] = [
      (value) => value,
      (value) => ({ specversion: "1.0", data: value }),
      (value) => ({ specversion: "1.0", data_base64: base64(value) }),
      (value) => ({ "detail-type": "cancel", detail: value }),
      (value) => ({ Type: "Notification", Message: JSON.stringify(value) }),
      (value) => JSON.stringify(value),
    ];
    for (const outer of envelopes)
      for (const middle of envelopes)
        for (const inner of envelopes)
          expect(redactJson(outer(middle(inner(data))))).toEqual(outer(middle(inner(left))));
  });

  test("within more strings than anybody needs is not kept", () => {
    let nested = '{"password":"hunter2"}';
    for (let depth = 0; depth < 20; depth++)
      nested = JSON.stringify({ data_base64: Buffer.from(nested).toString("base64") });
    let left = redact(nested).body;
    while (left.startsWith("{")) left = Buffer.from(JSON.parse(left).data_base64, "base64").toString();
    expect(left).toBe(gone);
  });

  test("loses both of two members of one name, and of two secrets each repetition", () => {
    const body = '{"password":"hunter2","password":"swordfish","reason":"swordfish, not hunter2"}';
    expect(redact(body).body).toBe(`{"password":"${gone}","password":"${gone}","reason":"${gone}, not ${gone}"}`);
    expect(redact('{"data":{"password":"hunter2"},"data":{}}').body).toBe(`{"data":{"password":"${gone}"},"data":{}}`);
  });

  test("loses an escaped name", () => {
    expect(redact('{"\\u0050assword":"hunter2"}').body).toBe(`{"\\u0050assword":"${gone}"}`);
  });

  test("loses what is named in its words, and keeps words that only speak of it", () => {
    const harmless = [
      "the password was changed, and the token bucket is empty",
      "a token: ",
      "aGFpPwdTb21lIGJhc2U2NA==",
    ];
    expect(redact(JSON.stringify({ harmless }))).toMatchObject({ redacted: false });
    expect(redactJson({ reason: "wrong Password: hunter2, stop" })).toEqual({ reason: `wrong Password${gone}` });
    expect(redactJson({ source: "https://a.example/?access_token=hunter2" })).toEqual({
      source: `https://a.example/?access_token${gone}`,
    });
    expect(redactJson({ url: "x?password%3Dhunter2" })).toEqual({ url: `x?password${gone}` });
    expect(redactJson({ xml: "<password>hunter2</password>" })).toEqual({ xml: `<password${gone}` });
    expect(redactJson({ Message: '\\"a token "hunter2' })).toEqual({ Message: `"a token${gone}` });
    expect(redactJson({ Message: '{"password" "hunter2"' })).toEqual({ Message: `{"password${gone}` });
    expect(redactJson({ data_base64: Buffer.from("password hunter2").toString("base64") })).toEqual({
      data_base64: Buffer.from(`password${gone}`).toString("base64"),
    });
  });

  test("loses what stands in a name", () => {
    expect(redactJson({ "JobId=1&NamespacePassword=hunter2": "" })).toEqual({
      [`JobId=1&NamespacePassword${gone}`]: gone,
    });
    expect(redactJson({ '{"password":"hunter2"}': "" })).toEqual({ [`{"password":"${gone}"}`]: gone });
  });
});

describe("a repetition of a secret", () => {
  const repeated = (secret: unknown, elsewhere: unknown) =>
    (redactJson({ before: elsewhere, parameters: { NamespacePassword: secret } }) as { before: unknown }).before;

  test.each([
    ["in a text", "hunter2", "is hunter2 wrong? hunter2!", `is ${gone} wrong? ${gone}!`],
    ["in a list", "hunter2", ["hunter2"], [gone]],
    ["in a name", "hunter2", { "hunter2 ": 1 }, { [`${gone} `]: 1 }],
    ["in a string of JSON", 'hun"ter2', JSON.stringify({ a: ['hun"ter2'] }), JSON.stringify({ a: [gone] })],
    ["as JSON spells it", 'hun"ter2', 'got hun\\"ter2', `got ${gone}`],
    ["as JSON within JSON spells it", 'hun"ter2', 'got hun\\\\\\"ter2', `got ${gone}`],
    ["as an URL spells it", "hun ter&2", "got hun%20ter%262", `got ${gone}`],
    ["in base64", "hunter2", { data_base64: base64(["hunter2"]) }, { data_base64: base64([gone]) }],
    ["without the white space around it", "hunter2\n", "got hunter2.", `got ${gone}.`],
    ["of a number, in a text and in a number", 4711, ["no. 4711", 47110, 12], [`no. ${gone}`, gone, 12]],
    ["of one that is part of another value", { key: ["hunter2"] }, "hunter2", gone],
    ["of one within a string of JSON", '{"key":"hunter2"}', "hunter2", gone],
    ["of four characters", "ab12", "xab12x", `x${gone}x`],
    ["of the longer of two that start alike", ["hunt", "hunter2"], "hunter2 hunt", `${gone} ${gone}`],
    ["of sixteen characters", "0123456789abcdef", "<0123456789abcdef>", `<${gone}>`],
    ["of more: whatever follows", "0123456789abcdefg", "<0123456789abcdefg>", `<${gone}`],
  ])("is gone %s", (_, secret, elsewhere, left) => {
    expect(repeated(secret, elsewhere)).toEqual(left);
  });

  test.each([
    ["too short to be told from other words", "abc", "abcd"],
    ["only the name of a part of one", { JobId: "j1" }, { JobId: "j2" }],
    ["of another case", "Hunter2", "hunter2"],
    ["of true, false and null", [true, false, null], ["true", true, null]],
    ["of what is redacted", gone, `was ${gone}`],
  ])("stays if it is one %s", (_, secret, elsewhere) => {
    expect(repeated(secret, elsewhere)).toEqual(elsewhere);
  });
});

describe("a body that is not JSON", () => {
  test.each([
    ["cut off", '{"JobId":"j1","NamespacePassword":"hunter2","rea', `{"JobId":"j1","NamespacePassword${gone}`],
    ["in single quotes", "{'NamespacePassword':'hunter2'}", `{'NamespacePassword${gone}`],
    ["a form", "JobId=j1&NamespacePassword=hunter2&a=b", `JobId=j1&NamespacePassword${gone}`],
    ["YAML", "JobId: j1\nNamespacePassword: |\n  hunter2\n", `JobId: j1\nNamespacePassword${gone}`],
    ["XML", "<NamespacePassword>hunter2</NamespacePassword>", `<NamespacePassword${gone}`],
    ["an attribute of XML", '<job NamespacePassword="hunter2"/>', `<job NamespacePassword${gone}`],
    ["words", "password hunter2", `password${gone}`],
    ["escaped", '{\\"NamespacePassword\\":\\"hun\\\\\\"ter2\\"}', `{"NamespacePassword${gone}`],
    ["with backslashes in a name", "pass\\word: hunter2", `password${gone}`],
    ["cut off in base64", '{"data_base64":"eyJwYXNzd29yZCI6', `{"data_base64${gone}`],
    ["a header", "authorization: Bearer hunter2", `authorization${gone}`],
    ["the name of a password and one", "{secretRef: a, password: hunter2", `{secretRef: a, password${gone}`],
    ["a name like that of a password's name", "{SecretRef: hunter2", `{SecretRef${gone}`],
    ["a name around that of a password's name", "{mysecretRef: hunter2", `{mysecret${gone}`],
    ["with a repetition in front", "reason=hunter2&password=hunter2&x=y", `reason=${gone}&password${gone}`],
    [
      "with a repetition escaped otherwise",
      '{"a":"hun\\"ter2","Message":"{\\"password\\":\\"hun\\\\\\"ter2',
      `{"a":"${gone}ter2","Message":"{"password${gone}`,
    ],
    ["with a repetition of a later one", "a hunter2 password: x, token: hunter2", `a ${gone} password${gone}`],
  ])("%s: is kept up to the first secret", (_, body, left) => {
    expect(redact(body)).toEqual({ body: left, redacted: true });
  });

  test.each([
    ["", "hello", '{"JobId":"j1', "{'secretRef': 'db/prod'}", "C:\\temp", '"C:\\users\\x.log', "[".repeat(100_000)],
  ])("without secrets is kept as it is", (...bodies) => {
    for (const body of bodies) expect(redact(body)).toEqual({ body, redacted: false });
  });

  test.each(['{"\\u0050assword":"hunter2', "{'pass\\x77ord': 'hunter2'}", "{pass\\x{77}ord: hunter2", '{"a":"\\U00e9'])(
    "with escapes that may hide a name is not kept: %s",
    (body) => {
      const left = `[redacted: ${body.length} bytes that are not JSON]`;
      expect(redact(body)).toEqual({ body: left, redacted: true });
      expect(redactJson({ Message: body })).toEqual({ Message: left });
    },
  );
});

test("a body that was redacted before is still one that cannot be sent again", () => {
  for (const body of ['{"password":"hunter2"}', "password=hunter2", '{"\\u0050', " ".repeat(200_001)]) {
    const once = redact(body);
    expect(redact(once.body)).toEqual({ body: once.body, redacted: true });
  }
});

describe("a long body", () => {
  test("is cut to what fits into a message", () => {
    const body = JSON.stringify({ reason: "é".repeat(MiB), password: "hunter2" });
    const left = redact(body);
    expect(left.redacted).toBe(true);
    expect(left.body).toBe(`${body.slice(0, 65_536)}[redacted: ${body.length + 3 - 65_536} more characters]`);
    expect(redact(`"${"a".repeat(199_998)}"`).redacted).toBe(false);
    expect(redact(`"${"a".repeat(199_999)}"`).redacted).toBe(true);
    expect(redact(`"${"é".repeat(99_999)}"`).redacted).toBe(false);
    expect(redact(`"${"é".repeat(100_000)}"`).redacted).toBe(true);
    expect(redact(`x${"😀".repeat(60_000)}`).body.isWellFormed()).toBe(true);
  });

  const times = (text: string) => text.repeat(MiB / text.length);
  const deep = (open: string, close: string) => open.repeat(MiB / 8) + close.repeat(MiB / 8);
  const alike = Array.from({ length: 16 }, (_, more) => ({ token: "a".repeat(more + 4) }));
  /** Escapes that grow slowly, or the depth would end by itself. */
  const nested = () => {
    let text = "[1]";
    while (text.length < MiB / 4) text = `["${text.replaceAll("\\", "\\u005c").replaceAll('"', "\\u0022")}"]`;
    return text;
  };
  // A search that goes over the text anew for each of its characters would take hours here.
  test.each([
    ["names only", times("password")],
    ["a name and white space", `password${times(" ")}`],
    ["words with names", JSON.stringify({ reason: times("token      ") })],
    ["words with a name that does not end", JSON.stringify({ reason: `${times("token")}${times("a")}` })],
    ["words with quotes", JSON.stringify({ reason: `token${times("&quot;")}` })],
    ["backslashes", `{"password${times("\\")}`],
    ["a text of escapes", `{"password":"${times('\\"')}"}`],
    ["a text that does not end", `{"password":"${times('\\"')}`],
    ["white space between everything", `{"a"${times(" ")}:${times(" ")}[${times(" ")}1]}`],
    ["lists without an end", times("[")],
    ["deep lists", deep("[", "]")],
    ["deep objects", `${'{"a":'.repeat(MiB / 8)}1${"}".repeat(MiB / 8)}`],
    ["deep secrets", `${'{"token":'.repeat(MiB / 16)}1${"}".repeat(MiB / 16)}`],
    ["many strings within strings", nested()],
    ["many secrets that start alike", JSON.stringify(Array.from({ length: MiB / 32 }, (_, i) => ({ token: `${i}` })))],
    ["a long secret, repeated almost", JSON.stringify([{ token: `${times("a")}b` }, times("a")])],
    ["secrets of all lengths, repeated", JSON.stringify([alike, times("aaab")])],
    ["many secrets that are not JSON", Array.from({ length: MiB / 32 }, (_, i) => `token: ${i} 0000`).join("\n")],
  ])("of %s is redacted in one go", (_, body) => {
    const left = redact(body);
    expect(left.body.length).toBeLessThan(66_000);
    expect(left.redacted).toBe(true);
  });
});
