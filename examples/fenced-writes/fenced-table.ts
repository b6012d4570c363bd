import { DatabaseSync } from "node:sqlite";

/** Results by name, which only the newest worker of a job may write. */
export interface FencedTable {
  /** Returns false, and writes nothing, where another worker has taken over the job. */
  write(fence: Fence, name: string, value: string): boolean;
  read(name: string): string | undefined;
  close(): void;
}

/** Whose write it is. */
export interface Fence {
  readonly jobId: string;
  /** Of `runJob`: it grows with every incarnation of the job. */
  readonly fencingToken: string;
}

/** Opens the table. The check and the write are one transaction: between them nobody can take over. */
export const openFencedTable = (location: string): FencedTable => {
  const database = new DatabaseSync(location);
  database.exec(`
    CREATE TABLE IF NOT EXISTS fences (job text PRIMARY KEY, token text NOT NULL);
    CREATE TABLE IF NOT EXISTS results (name text PRIMARY KEY, value text NOT NULL);`);
  const raiseFence = database.prepare(`
    INSERT INTO fences VALUES (?, ?)
    ON CONFLICT DO UPDATE SET token = excluded.token WHERE excluded.token >= fences.token`);
  const put = database.prepare("INSERT OR REPLACE INTO results VALUES (?, ?)");
  const get = database.prepare("SELECT value FROM results WHERE name = ?");
  return {
    write: ({ jobId, fencingToken }, name, value) => {
      database.exec("BEGIN IMMEDIATE");
      const isNewest = raiseFence.run(jobId, fencingToken).changes === 1;
      if (isNewest) put.run(name, value);
      database.exec(isNewest ? "COMMIT" : "ROLLBACK");
      return isNewest;
    },
    read: (name) => get.get(name)?.value?.toString(),
    close: () => database.close(),
  };
};
