// Rewrites every generated file: the goldens of the cases, and the generated parts of the chart, deploy/ and the documentation.
import { writeFileSync } from 'node:fs';
import { caseNames, goldenFile, goldenOf, readCase } from '../../test/support/cases.ts';
import { findBinaries } from '../programs/binaries.ts';
import { generatedChartFiles } from './chart.ts';
import { generatedChart } from './chart-main.ts';
import { generatedDocs } from './docs.ts';
import { installManifest } from './install-manifest.ts';

function write({ file, text }: { readonly file: string; readonly text: string }): void {
  writeFileSync(new URL(`../../${file}`, import.meta.url), text);
}

const say = (line: string) => console.error(line);
for (const name of caseNames) writeFileSync(goldenFile(name), goldenOf(readCase(name)));
say(`wrote the goldens of ${caseNames.length} cases`);
for (const generate of [generatedChartFiles, generatedChart, generatedDocs]) generate().forEach(write);
// The manifest is rendered from the chart as it is now.
const { helm } = await findBinaries(['helm'], say);
write(await installManifest(helm));
say('wrote the generated parts of the chart, deploy/ and the documentation');
