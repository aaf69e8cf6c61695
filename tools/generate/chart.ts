import { builtInWorkloads } from '../../src/core/catalogue.ts';
import { raiseScript } from '../../src/core/init-container.ts';

/** Stands in the chart's scripts for the value. */
export const PLACEHOLDER = '@VALUE@';

const CHART = 'charts/max-map-count-webhook/files';
// Any number that occurs nowhere else in the script.
const EXAMPLE = 1_234_567_890;

/** The chart's files that are made from the source: paths below the repository, and their contents. */
export function generatedChartFiles(): { file: string; text: string }[] {
  const values = builtInWorkloads.map(({ name, required, recommended }) => ({
    name,
    required,
    recommended: recommended?.value ?? required,
  }));
  return [
    { file: `${CHART}/raise.sh`, text: raiseScript(EXAMPLE).replaceAll(String(EXAMPLE), PLACEHOLDER) },
    { file: `${CHART}/workloads.json`, text: `${JSON.stringify(values, null, 2)}\n` },
  ];
}
