import { DatabaseSync } from "node:sqlite";
import { randomFrom } from "./random.ts";
import type { Work } from "./work.ts";

export interface Total {
  readonly region: string;
  readonly orders: number;
  readonly cents: number;
}

const regions = ["north", "south", "east", "west"];
const rowsInBatch = 1000;

/** A table in memory with generated sales. Close it after use. */
export const salesTable = (): DatabaseSync => {
  const database = new DatabaseSync(":memory:");
  database.exec(`
    CREATE TABLE sales (id INTEGER PRIMARY KEY, region text, cents INTEGER);
    CREATE TABLE totals (region text PRIMARY KEY, orders INTEGER, cents INTEGER);`);
  return database;
};

/** Fills the table and adds it up by region, batch by batch. */
export function* aggregateSales(database: DatabaseSync, rows: number, seed: number): Work<readonly Total[]> {
  const random = randomFrom(seed);
  const insert = database.prepare("INSERT INTO sales (region, cents) VALUES (?, ?)");
  const addUp = database.prepare(`
    INSERT INTO totals SELECT region, count(*), sum(cents) FROM sales WHERE id > ? AND id <= ? GROUP BY region
    ON CONFLICT DO UPDATE SET orders = orders + excluded.orders, cents = cents + excluded.cents`);
  database.exec("DELETE FROM sales; DELETE FROM totals;");
  for (let done = 0; done < rows; done += rowsInBatch) {
    const upTo = Math.min(done + rowsInBatch, rows);
    database.exec("BEGIN");
    for (let row = done; row < upTo; row++)
      insert.run(regions[Math.floor(random() * regions.length)] ?? null, Math.floor(random() * 100_000));
    database.exec("COMMIT");
    yield `inserted ${upTo} of ${rows} rows`;
    addUp.run(done, upTo);
    yield `added up ${upTo} of ${rows} rows`;
  }
  const totals = database.prepare("SELECT region, orders, cents FROM totals ORDER BY region").all();
  return totals.map(({ region, orders, cents }) => ({
    region: String(region),
    orders: Number(orders),
    cents: Number(cents),
  }));
}
