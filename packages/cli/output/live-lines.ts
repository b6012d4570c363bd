import type { Terminal } from "./terminal.ts";

export interface LiveLines {
  /** Shows a line in place of the one of the same key. */
  set(key: string, line: string): void;
  /** Takes the lines away. */
  end(): void;
}

/** On a terminal, one line for each key that is written over; elsewhere nothing, since logs keep every line. */
export const liveLines = (stream: NodeJS.WriteStream, { isLive, columns }: Terminal): LiveLines => {
  const lines = new Map<string, string>();
  let shown = 0;
  const clear = () => (shown === 0 ? "" : `\u001b[${shown}A\u001b[0J`);
  return {
    set(key, line) {
      if (!isLive) return;
      lines.set(key, line.slice(0, columns - 1));
      stream.write(`${clear()}${[...lines.values()].map((each) => `${each}\n`).join("")}`);
      shown = lines.size;
    },
    end() {
      if (isLive) stream.write(clear());
    },
  };
};
