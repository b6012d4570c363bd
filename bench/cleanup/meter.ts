import type { AwsCall } from "../../shared/aws/json-client.ts";

interface Consumed {
  readonly CapacityUnits?: number;
}

/** A call that asks for the capacity it consumes, and adds up what its reads and its writes did. */
export const metered = (call: AwsCall) => {
  const units = { read: 0, written: 0 };
  const reads = new Set(["GetItem", "BatchGetItem", "Query"]);
  return {
    units,
    reset: () => Object.assign(units, { read: 0, written: 0 }),
    call: (async (operation, input) => {
      const result = await call(operation, { ...input, ReturnConsumedCapacity: "TOTAL" });
      const consumed = [result.ConsumedCapacity ?? []].flat() as Consumed[];
      if (consumed.length === 0) throw new Error(`${operation} did not tell what it consumed`);
      for (const { CapacityUnits = 0 } of consumed) units[reads.has(operation) ? "read" : "written"] += CapacityUnits;
      return result;
    }) satisfies AwsCall as AwsCall,
  };
};
