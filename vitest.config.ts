// unit: offline, fast, no root. system: real brokers, hosts and files, one file at a time.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      // They share no state, so starting anew for each file would only cost time: 43 s instead of 14.
      { test: { name: "unit", include: ["tests/unit/**/*.test.ts"], isolate: false, maxWorkers: 2 } },
      {
        test: {
          name: "system",
          globalSetup: "tests/system/setup.ts",
          include: ["tests/system/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
