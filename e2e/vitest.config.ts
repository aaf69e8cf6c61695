import { defineConfig } from 'vitest/config';

// Both are started by e2e/replay.ts, on a machine that it has looked at.
export default defineConfig({
  test: {
    reporters: ['verbose'],
    projects: [
      { test: { name: 'sandbox', include: ['e2e/sandbox/sandbox.test.ts'], testTimeout: 60_000 } },
      {
        test: {
          name: 'scenario',
          include: ['e2e/scenario/scenario.test.ts'],
          // A server that starts on a busy machine takes its time; nothing here asserts one, but where it says so.
          testTimeout: 360_000,
          hookTimeout: 360_000,
        },
      },
    ],
    // In the scenario each step stands on the one before.
    bail: 1,
  },
});
