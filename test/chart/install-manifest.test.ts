import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { installManifest } from '../../tools/generate/install-manifest.ts';
import { chartPrograms } from '../support/chart-programs.ts';

const root = new URL('../../', import.meta.url);
const { available, helm } = chartPrograms();

describe.skipIf(!available)('deploy/', () => {
  it('install.yaml is what the chart renders (rewrite with: npm run generate -- --helm)', async () => {
    const { file, text } = await installManifest(helm);
    expect(await readFile(new URL(file, root), 'utf8')).toBe(text);
  });
});
