// Bundles each entry point into one file under dist/ that needs no node_modules.
import { chmod, readFile, rm } from 'node:fs/promises';
import { build } from 'esbuild';

const root = new URL('..', import.meta.url).pathname;
const { version } = JSON.parse(await readFile(`${root}package.json`, 'utf8')) as { version: string };
const entries = { server: 'src/server/main.ts' };

await rm(`${root}dist`, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: entries,
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node22.19',
  format: 'esm',
  sourcemap: true,
  legalComments: 'eof',
  define: { 'process.env.MAX_MAP_COUNT_WEBHOOK_VERSION': JSON.stringify(version) },
  // CommonJS dependencies call require() for built-in modules; an ES module has none unless it makes one.
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
  },
});
for (const name of Object.keys(entries)) await chmod(`${root}dist/${name}.js`, 0o755);
