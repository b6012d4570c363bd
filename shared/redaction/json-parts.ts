export interface Part {
  readonly kind: "name" | "value" | "base64" | "secret";
  readonly from: number;
  readonly to: number;
}

/**
 * The names and the plain values of a valid JSON text, and as one part whatever stands under a name that is hidden.
 * Without recursion, and without looking at a character more than a few times: a body can be as deep as it is long.
 */
export function* toProblemParts(json: string, hides: (name: string) => boolean): Generator<Part> {
  for (let at = 0; at < json.length; ) {
    if (/[\s,{}[\]]/.test(json.charAt(at))) {
      at++;
      continue;
    }
    const to = endOfValue(json, at);
    const colon = solid(json, to);
    if (json[colon] !== ":") {
      yield { kind: "value", from: at, to };
      at = to;
      continue;
    }
    yield { kind: "name", from: at, to };
    const name: string = JSON.parse(json.slice(at, to));
    at = solid(json, colon + 1);
    const kind = hides(name) ? "secret" : name === "data_base64" && json[at] === '"' ? "base64" : undefined;
    if (kind === undefined) continue;
    const end = endOfValue(json, at);
    yield { kind, from: at, to: end };
    at = end;
  }
}

const solid = (json: string, from: number): number => {
  let at = from;
  while (/\s/.test(json.charAt(at))) at++;
  return at;
};

const endOfValue = (json: string, from: number): number => {
  let at = from;
  let open = 0;
  do {
    const char = json.charAt(at);
    if (char === '"') at = endOfString(json, at);
    else if (/[[\]{}\s,:]/.test(char)) {
      if (char === "{" || char === "[") open++;
      if (char === "}" || char === "]") open--;
      at++;
    } else while (/[^[\]{}\s,:]/.test(json.charAt(at))) at++;
  } while (open > 0);
  return at;
};

const endOfString = (json: string, from: number): number => {
  let at = from + 1;
  while (json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
  return at + 1;
};
