import { defineConfig } from 'vitest/config';
import { CLUSTER_TESTS } from '../compatibility/covered.ts';

// Started by tools/peers/run.ts. A server that starts on a busy machine takes its time; nothing here asserts one, but
// where it says so.
const limits = { testTimeout: 1_200_000, hookTimeout: 300_000 };

export default defineConfig({
  test: {
    reporters: ['verbose'],
    // In a story each step stands on the one before.
    bail: 1,
    projects: [
      { test: { name: 'cert-manager', include: ['test/peers/cert-manager.test.ts'], ...limits } },
      { test: { name: 'eck', include: ['test/peers/eck.test.ts'], ...limits } },
      {
        test: {
          name: 'kubernetes',
          include: [...CLUSTER_TESTS],
          globalSetup: ['test/cluster/setup.ts'],
          fileParallelism: false,
          ...limits,
        },
      },
    ],
  },
});
