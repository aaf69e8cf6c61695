// The parts of the chart that are made from the code: scripts, the catalogue's numbers, the configuration's block of
// values.yaml, the schema of the values, and the table of them in the README.
import { readFileSync } from 'node:fs';
import { builtInWorkloads } from '../../src/core/catalogue.ts';
import { raiseScript } from '../../src/core/init-container.ts';
import { policyPieces } from '../../src/core/policy/policy.ts';
import { prefilterFile } from './prefilter-file.ts';
import { withConfig } from './values-config.ts';
import { valuesSchemaText } from './values-schema-text.ts';
import { valuesTable } from './values-table.ts';

/** Stands in the chart's scripts for the value. */
export const PLACEHOLDER = '@VALUE@';

const CHART = 'charts/max-map-count-webhook';
// Any number that occurs nowhere else in the script.
const EXAMPLE = 1_234_567_890;

/** The chart's generated files: paths in the repository, and their whole contents. */
export function generatedChart(): { readonly file: string; readonly text: string }[] {
  const values = withConfig(read('values.yaml'));
  return [
    { file: `${CHART}/files/raise.sh`, text: raiseScript(EXAMPLE).replaceAll(String(EXAMPLE), PLACEHOLDER) },
    { file: `${CHART}/files/admission-policy.json`, text: `${JSON.stringify(policyPieces(), null, 2)}\n` },
    { file: `${CHART}/files/workloads.json`, text: `${JSON.stringify(numbers(), null, 2)}\n` },
    { file: `${CHART}/files/prefilter.json`, text: prefilterFile() },
    { file: `${CHART}/values.yaml`, text: values },
    { file: `${CHART}/values.schema.json`, text: valuesSchemaText(values) },
    { file: `${CHART}/README.md`, text: withTable(read('README.md'), valuesTable(values)) },
  ];
}

function read(name: string): string {
  return readFileSync(new URL(`../../${CHART}/${name}`, import.meta.url), 'utf8');
}

function numbers(): { name: string; required: number; recommended: number }[] {
  return builtInWorkloads.map(({ name, required, recommended }) => ({
    name,
    required,
    recommended: recommended?.value ?? required,
  }));
}

function withTable(readme: string, values: string): string {
  const [before, rest] = readme.split('<!-- values -->\n');
  const after = rest?.split('<!-- /values -->\n')[1];
  if (before === undefined || after === undefined) throw new Error(`${CHART}/README.md has no place for the values`);
  return `${before}<!-- values -->\n\n${values}\n\n<!-- /values -->\n${after}`;
}
