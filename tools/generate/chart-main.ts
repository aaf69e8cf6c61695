// The parts of the chart that are made from the code: the schema of its values and the table of them in its README.
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { valuesSchema } from './values-schema.ts';
import { valuesTable } from './values-table.ts';

const CHART = 'charts/max-map-count-webhook';

/** The chart's generated files: paths in the repository, and their whole contents. */
export function generatedChart(): { readonly file: string; readonly text: string }[] {
  const schema = z.toJSONSchema(valuesSchema, { io: 'input', target: 'draft-7' });
  const titled = { title: 'Values of the max-map-count-webhook chart', ...schema };
  return [
    { file: `${CHART}/values.schema.json`, text: `${JSON.stringify(titled, null, 2)}\n` },
    { file: `${CHART}/README.md`, text: withTable(read('README.md'), valuesTable(read('values.yaml'))) },
  ];
}

function read(name: string): string {
  return readFileSync(new URL(`../../${CHART}/${name}`, import.meta.url), 'utf8');
}

function withTable(readme: string, values: string): string {
  const [before, rest] = readme.split('<!-- values -->\n');
  const after = rest?.split('<!-- /values -->\n')[1];
  if (before === undefined || after === undefined) throw new Error(`${CHART}/README.md has no place for the values`);
  return `${before}<!-- values -->\n\n${values}\n\n<!-- /values -->\n${after}`;
}
