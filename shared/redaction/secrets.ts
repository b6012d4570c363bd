export const placeholder = "[redacted]";
/** Shorter values stand in other words by chance. */
export const shortest = 4;
export const maxStart = 16;

/**
 * What must not be kept, by its first characters only: so that a text is searched in a time that depends on its length
 * and not on how many secrets there are and how alike.
 */
export class Secrets {
  /** Whether some were taken out before, which base64 can conceal. */
  areMissing = false;
  /** Whether a secret that starts so goes on after it. */
  readonly #starts = new Map<string, boolean>();
  readonly #heads = new Set<string>();
  #lengths: readonly number[] = [];

  add(value: string): void {
    const text = value.trim().slice(0, maxStart + 1);
    if (text.length < shortest || text === placeholder || text === "redacted") return;
    for (const spelling of spellings(text)) {
      const start = spelling.slice(0, maxStart);
      this.#starts.set(start, spelling.length > maxStart || this.#starts.get(start) === true);
      this.#heads.add(start.slice(0, shortest));
      if (!this.#lengths.includes(start.length)) this.#lengths = [...this.#lengths, start.length].sort((a, b) => b - a);
    }
  }

  /** Without any secret; without whatever follows a long one, since only its start is known. */
  scrub(text: string): string {
    let kept = "";
    let end = 0;
    for (let at = 0; at + shortest <= text.length; ) {
      const length = this.#heads.has(text.slice(at, at + shortest)) ? this.#lengthAt(text, at) : 0;
      if (length > 0) {
        kept += text.slice(end, at) + placeholder;
        end = at + length;
      }
      at += Math.max(length, 1);
    }
    return kept + text.slice(end);
  }

  #lengthAt(text: string, at: number): number {
    const length = this.#lengths.find((each) => this.#starts.has(text.slice(at, at + each)));
    if (length === undefined) return 0;
    return this.#starts.get(text.slice(at, at + length)) ? text.length - at : length;
  }
}

/** As it is, and as other texts spell it: JSON within JSON, URLs, and texts without their backslashes. */
const spellings = (text: string): ReadonlySet<string> => {
  const once = JSON.stringify(text).slice(1, -1);
  const plain = text.replaceAll("\\", "");
  const all = [text, once, JSON.stringify(once).slice(1, -1), encodeURIComponent(text.toWellFormed()), plain];
  return new Set(all.filter(({ length }) => length >= shortest));
};
