#!/usr/bin/env node
/** Starts main.ts. What Node makes of TypeScript is kept from one start to the next: it takes longer than all the rest. */
import { enableCompileCache } from "node:module";

enableCompileCache();
await import("./main.ts");
