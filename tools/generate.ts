// Rewrites every generated file: the goldens of the cases and the generated parts of the documentation.
import { writeFileSync } from 'node:fs';
import { caseNames, goldenFile, goldenOf, readCase } from '../test/support/cases.ts';
import { generatedDocs } from './generated-docs.ts';

const docs = generatedDocs();
for (const name of caseNames) writeFileSync(goldenFile(name), goldenOf(readCase(name)));
for (const { file, text } of docs) writeFileSync(new URL(`../${file}`, import.meta.url), text);
console.error(`wrote the goldens of ${caseNames.length} cases and the generated parts of ${docs.length} documents`);
