import { fault } from "./fault.ts";

export const timingFaults = [fault({ name: "none", hasFired: () => true })];
