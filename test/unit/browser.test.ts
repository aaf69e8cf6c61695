// The decision and what the plugin shows of it run in a browser, too: nothing they load may need Node.js.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

const ENTRIES = [
  'src/core/review.ts',
  'src/config/config.ts',
  'src/cli/manifests/decided.ts',
  'src/cli/preview/show.ts',
  'src/cli/explain/records.ts',
  'src/cli/share/without-values.ts',
  'playground/worker.ts',
  'src/policy/evaluate.ts',
  'src/core/policy/policy.ts',
];

it.each(ENTRIES)('%s can be bundled for a browser', async (entry) => {
  const path = fileURLToPath(new URL(`../../${entry}`, import.meta.url));
  const bundle = await build({
    entryPoints: [path],
    bundle: true,
    write: false,
    platform: 'browser',
    logLevel: 'silent',
  });
  expect(bundle.errors).toEqual([]);
  expect(bundle.outputFiles[0]?.text).not.toMatch(/\bprocess\.(?!env\.LOG|emitWarning)/);
});

it('a module that needs Node.js cannot', async () => {
  const path = fileURLToPath(new URL('../../src/cli/manifests/sources.ts', import.meta.url));
  await expect(build({ entryPoints: [path], bundle: true, write: false, platform: 'browser', logLevel: 'silent' }))
    .rejects //
    .toThrow('Could not resolve "node:fs"');
});
