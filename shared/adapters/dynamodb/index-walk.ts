import type { Instant } from "../../domain/job.ts";
import type { ListQuery } from "../../ports/job-store.ts";
import type { AwsCall } from "../aws-client/json-client.ts";
import type { Item } from "./job-item.ts";

export interface Walk {
  readonly call: AwsCall;
  readonly table: string;
  readonly query: ListQuery;
  /** How many entries to read at once. */
  readonly pageSize: number;
}

/** An entry of an index. */
export interface IndexEntry {
  readonly item: Item;
  /** Where a list that ends with it goes on. */
  readonly position: Position;
  /** Whether its job is of the services, the owner and the state that the list is about. */
  readonly isWanted: boolean;
}

export type Position = AllPosition | ActivePosition;

/** In the `list` index: the keys of an entry. */
export type AllPosition = Item;

/** In the `active` index: its part, and the last job of it that was given. */
export interface ActivePosition {
  readonly in: string;
  readonly since: Instant;
  readonly uid: string;
}
