// The decision and what the plugin shows of it run in a browser, too: nothing they load may need Node.js.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

const ENTRIES = [
  'core/review.ts',
  'config/config.ts',
  'cli/manifests/decided.ts',
  'cli/preview/show.ts',
  'cli/explain/records.ts',
];

it.each(ENTRIES)('src/%s can be bundled for a browser', async (entry) => {
  const path = fileURLToPath(new URL(`../../src/${entry}`, import.meta.url));
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
