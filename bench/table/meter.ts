import type { AwsCall } from "../../shared/adapters/aws-client/json-client.ts";

interface Consumed {
  readonly CapacityUnits?: number;
}

type Call = readonly [operation: string, input: object];

/** A call that asks for the capacity it consumes, adds up what reads and writes did, and notes what was called. */
export const metered = (call: AwsCall) => {
  const reads = new Set(["GetItem", "BatchGetItem", "Query"]);
  const meter = {
    read: 0,
    written: 0,
    calls: [] as Call[],
    reset: () => void Object.assign(meter, { read: 0, written: 0, calls: [] }),
    call: (async (operation, input) => {
      meter.calls.push([operation, input]);
      const result = await call(operation, { ...input, ReturnConsumedCapacity: "TOTAL" });
      const consumed = [result.ConsumedCapacity ?? []].flat() as Consumed[];
      if (consumed.length === 0) throw new Error(`${operation} did not tell what it consumed`);
      for (const { CapacityUnits = 0 } of consumed) meter[reads.has(operation) ? "read" : "written"] += CapacityUnits;
      return result;
    }) satisfies AwsCall,
  };
  return meter;
};
