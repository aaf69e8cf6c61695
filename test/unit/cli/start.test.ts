// What a command loads before it does anything: a library that only another command needs costs everybody its start.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

/** The packages and Node modules that are loaded with a file, without what it imports when it comes to that. */
async function loadedWith(entry: string): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: fileURLToPath(new URL('../../../', import.meta.url)),
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    plugins: [
      {
        name: 'later',
        setup({ onResolve }) {
          onResolve({ filter: /.*/ }, ({ kind, path }) =>
            kind === 'dynamic-import' ? { path, external: true } : null,
          );
        },
      },
    ],
  });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  const atOnce = imports.filter(({ external, kind }) => external && kind === 'import-statement');
  return [...new Set(atOnce.map(({ path }) => path))].sort();
}

it.each<[string, string[]]>([
  ['src/cli/main.ts', ['commander']],
  ['src/cli/config-file.ts', []],
  ['src/core/review.ts', []],
])('%s loads no package but those', async (entry, packages) => {
  expect(await loadedWith(entry)).toEqual(packages);
});

it('a preview without a configuration file loads no schema', async () => {
  const loaded = await loadedWith('src/cli/preview/preview.ts');
  expect(loaded).toContain('yaml');
  expect(loaded).not.toContain('zod');
});
