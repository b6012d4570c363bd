export const placeholder = "[redacted]";

/** The words by which secrets are named. */
const secretWord =
  /passw(?:ord|d)?|secret|token|credential|api[_-]?key|access[_-]?key|authorization|\bpwd|passphrase|private[_-]?key|session[_-]?key|cookie/i;

/** The longer ones, which no base64 has by chance. */
const longSecretWord = /passw|secret|token|credential|authorization|passphrase/i;

/** As in `https://user:secret@host`. */
const userInfo = /:\/\/[^/\s]*@/;

/** Letters of two alphabets in one word look like a word that they are not. */
const mixedAlphabets =
  /\p{Script=Latin}[\p{Script=Cyrillic}\p{Script=Greek}]|[\p{Script=Cyrillic}\p{Script=Greek}]\p{Script=Latin}/u;

const longest = 1024;
const maxDecodings = 3;

export const isSecretName = (name: string): boolean => secretWord.test(name);

/** Whether a text can be kept: it is short, speaks of no secret however it is spelled, and repeats none of `secrets`. */
export const isPlain = (text: string, secrets: readonly string[]): boolean => {
  // SQS takes no message with the last two.
  if (text.length > longest || !text.isWellFormed() || /[\ufffe\uffff]/.test(text)) return false;
  let spelled = text;
  for (let turn = 0; turn <= maxDecodings; turn++) {
    const plain = spelled.normalize("NFKC");
    if (/\p{Cf}/u.test(plain) || mixedAlphabets.test(plain) || userInfo.test(plain) || secretWord.test(plain))
      return false;
    if (secrets.some((secret) => plain.includes(secret)) || base64In(plain).some((part) => longSecretWord.test(part)))
      return false;
    const decoded = unescaped(plain);
    if (decoded === plain) return true;
    spelled = decoded;
  }
  return false;
};

const base64In = (text: string): readonly string[] =>
  [...text.matchAll(/[\w+/-]{8,}/g)].map(([part]) => Buffer.from(part, "base64").toString("latin1"));

/** Without backslashes, escapes of URLs, of JSON and of HTML. */
const unescaped = (text: string): string =>
  text
    .replace(/%([\da-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/\\+(?:u\{?|x\{?)([\da-f]{2,4})\}?/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/&#(\d{1,5});/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replaceAll("\\", "");
