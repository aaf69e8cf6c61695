// Rewrites the generated parts of the chart and the documentation; with --helm also deploy/install.yaml, which only helm
// can render. The goldens are written by the tests that read them, which `npm run generate` runs as well.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { findBinaries } from '../programs/binaries.ts';
import { generatedChart } from './chart.ts';
import { generatedDocs } from './docs.ts';
import { installManifest } from './install-manifest.ts';
import { policyRecipes } from './policy-recipes.ts';

function write({ file, text }: { readonly file: string; readonly text: string }): void {
  writeFileSync(new URL(`../../${file}`, import.meta.url), text);
}

const say = (line: string) => console.error(line);
const { helm: withHelm } = parseArgs({ options: { helm: { type: 'boolean', default: false } } }).values;
for (const generate of [generatedChart, generatedDocs, policyRecipes]) generate().forEach(write);
say('wrote the generated parts of the chart, the documentation and the examples');
if (withHelm) {
  // The manifest is rendered from the chart as it is now.
  const { helm } = findBinaries(['helm']);
  write(await installManifest(helm));
  say('wrote deploy/install.yaml');
}
