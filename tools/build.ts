// Bundles each entry point into one file under dist/ that needs no node_modules.
import { chmod, readFile, rm } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';

const root = new URL('..', import.meta.url).pathname;
const { version } = JSON.parse(await readFile(`${root}package.json`, 'utf8')) as { version: string };
const entries = {
  server: 'src/server/main.ts',
  cli: 'src/cli/main.ts',
  'node-agent': 'src/node-agent/main.ts',
  rotate: 'src/rotate/main.ts',
};

// What dependencies load at start and we never call: half of the bundle, and 8 MB of the server's memory.
const UNUSED: Readonly<Record<string, string>> = {
  // express re-exports its parsers; reviews are read by src/server/body.ts.
  'body-parser': 'export const json = undefined, raw = undefined, text = undefined, urlencoded = undefined;',
  // The list of all media types by file name; we send JSON and plain text.
  'mime-db': 'export default {};',
  // Messages in forty languages.
  '../locales/index.js': 'export {};',
  // The generated API client and its HTTP library: the command line reads kubeconfigs with @kubernetes/client-node and sends
  // its few requests with node:https (src/kube.ts).
  undici: 'export const Agent = undefined, ProxyAgent = undefined;',
  './gen/index.js': 'export const createConfiguration = undefined, ServerConfiguration = undefined;',
  // It gets kubeconfigs that were read already.
  'js-yaml': 'export default {};',
};

const leaveOut: Plugin = {
  name: 'leave-out-what-is-never-called',
  setup({ onResolve, onLoad }) {
    onResolve(
      { filter: /^(?:body-parser|mime-db|undici|js-yaml|\.\.\/locales\/index\.js|\.\/gen\/index\.js)$/ },
      ({ path }) => ({
        path,
        namespace: 'unused',
      }),
    );
    onLoad({ filter: /.*/, namespace: 'unused' }, ({ path }) => ({ contents: UNUSED[path] ?? '', loader: 'js' }));
  },
};

// An import of one of Node's own modules stands at the top of a bundle and is loaded at its start, also when only a part
// needs it that is never called: TLS, HTTP and child processes cost `version` a tenth of a second. A require is lazy.
const requireBuiltIns: Plugin = {
  name: 'load-node-modules-when-they-are-needed',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(?:node:)?[a-z_]+(?:\/[a-z]+)?$/ }, ({ path, kind, namespace }) => {
      const isImport = kind === 'import-statement' || kind === 'dynamic-import';
      return isBuiltin(path) && isImport && namespace !== 'built-in' ? { path, namespace: 'built-in' } : undefined;
    });
    onLoad({ filter: /.*/, namespace: 'built-in' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
    }));
  },
};

// commander loads it at start, for subcommands that are programs of their own; we have none.
const withoutPrograms: Plugin = {
  name: 'no-subcommand-is-a-program',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) => {
      return /[\\/]commander[\\/]/.test(importer) ? { path: 'child_process', namespace: 'no-programs' } : undefined;
    });
    onLoad({ filter: /.*/, namespace: 'no-programs' }, () => ({ contents: 'module.exports = {};' }));
  },
};

const shared: BuildOptions = {
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  // Older than what we support: the distributions' Node 20 is past its end, but still there when someone is in a hurry.
  target: 'node20',
  format: 'esm',
  sourcemap: true,
  // Names stay as they are, for whoever reads a stack trace.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'eof',
  define: { 'process.env.MAX_MAP_COUNT_WEBHOOK_VERSION': JSON.stringify(version) },
  // CommonJS dependencies call require() for built-in modules; an ES module has none unless it makes one.
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
  },
};

const { cli, ...services } = entries;

/** How the plugin is bundled. */
export const pluginOptions: BuildOptions = {
  ...shared,
  entryPoints: { cli },
  plugins: [leaveOut, withoutPrograms, requireBuiltIns],
};

/** Writes dist/, and says what went into each bundle. */
export async function buildBundles(): Promise<Metafile['outputs']> {
  await rm(`${root}dist`, { recursive: true, force: true });
  const outputs: Metafile['outputs'] = {};
  for (const options of [{ ...shared, entryPoints: services, plugins: [leaveOut] }, pluginOptions]) {
    Object.assign(outputs, (await build({ ...options, metafile: true })).metafile.outputs);
  }
  for (const name of Object.keys(entries)) await chmod(`${root}dist/${name}.js`, 0o755);
  return outputs;
}

if (import.meta.main) await buildBundles();
