import { defineConfig } from 'vitest/config';
import { leftOutReporter } from './test/support/left-out.ts';

export default defineConfig({
  test: {
    reporters: ['default', leftOutReporter()],
    // `npm run coverage`: a branch of the core that no test meets is a rule that could be deleted unseen.
    coverage: {
      provider: 'v8',
      include: ['src/core/**'],
      reporter: [['text', { skipFull: true }]],
      thresholds: { functions: 100, lines: 100, statements: 100, branches: 100 },
    },
    projects: [
      // As many files at once as there are cores; nothing here asserts a time. Most groups below come after, one by one, because
      // some of them do, and they have processes of their own beside them.
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      // helm and promtool, and no cluster.
      {
        test: {
          name: 'chart',
          sequence: { groupOrder: 1 },
          include: ['test/chart/**/*.test.ts'],
          globalSetup: ['test/chart/setup.ts'],
          maxWorkers: '100%',
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      // The built server as it runs in a cluster, in one file. Most of its time it waits for connections to be closed, and what other
      // programs take is left out of its times, so the unit tests may run beside it.
      {
        test: {
          name: 'server',
          include: ['test/server/**/*.test.ts'],
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      // The built page in a real browser.
      {
        test: {
          name: 'playground',
          sequence: { groupOrder: 3 },
          include: ['test/playground/**/*.test.ts'],
          globalSetup: ['test/playground/setup.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      // One process, one file at a time: they share a real control plane, and a laptop has few cores.
      {
        test: {
          name: 'cluster',
          sequence: { groupOrder: 4 },
          include: ['test/cluster/**/*.test.ts'],
          globalSetup: ['test/cluster/setup.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
