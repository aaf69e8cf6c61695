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
      // Generous, because the cluster tests run beside these on few cores; nothing here asserts a time.
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 } },
      // helm and promtool, and no cluster.
      {
        test: {
          name: 'chart',
          include: ['test/chart/**/*.test.ts'],
          globalSetup: ['test/chart/setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      // The built server as it runs in a cluster, one flood at a time.
      {
        test: {
          name: 'server',
          include: ['test/server/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      // The built page in a real browser.
      {
        test: {
          name: 'playground',
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
