import { defineConfig } from "vitest/config";

// A mutant is run against every test that reaches it: these are the tests that are fast, in one process and without a
// server. Tests of functions start a DynamoDB server; the property tests of the state model take seconds.
export default defineConfig({
  test: {
    include: ["test/shared/{domain,protocols,validation,auth}/**/*.test.ts", "test/wire/captured-signatures.test.ts"],
    setupFiles: ["test/support/fixed-seed.ts"],
    testTimeout: 10_000,
  },
});
