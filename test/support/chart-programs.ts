import { inject } from 'vitest';

/** The programs that the tests of the chart run. */
export interface ChartPrograms {
  /** False where one of them is missing: the tests are to be skipped then. */
  readonly available: boolean;
  readonly helm: string;
  readonly promtool: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    chartPrograms: ChartPrograms;
  }
}

/** What test/chart/setup.ts found. */
export function chartPrograms(): ChartPrograms {
  return inject('chartPrograms');
}
