import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { withProgress } from '../process/progress.ts';
import { moduleOf, PROGRAMS, type Program } from './programs.ts';
import type { Staging } from './staging.ts';
import { GO_MODULES, type GoModule, type PinnedModule } from './versions.ts';

const run = promisify(execFile);
const MOST_OUTPUT = 64 * 1024 * 1024;

/** How to build. */
export interface BuildOptions {
  readonly kubernetes: string | undefined;
  readonly staging: Staging;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Whether a Go toolchain answers on this machine. */
export async function hasGo(): Promise<boolean> {
  return run('go', ['version']).then(
    () => true,
    () => false,
  );
}

/** Builds programs with Go, those of one module in one go, and the modules side by side. */
export async function buildPrograms(programs: readonly Program[], options: BuildOptions): Promise<void> {
  const modules = new Map<string, [PinnedModule, Program[]]>();
  for (const program of programs) {
    const module = moduleOf(program, options.kubernetes);
    const [, others] = modules.get(module.folder) ?? [module, []];
    modules.set(module.folder, [module, [...others, program]]);
  }
  const results = await Promise.allSettled([...modules.values()].map((group) => buildModule(...group, options)));
  options.signal.throwIfAborted();
  const failure = results.find((result) => result.status === 'rejected');
  if (failure) throw failure.reason;
}

async function buildModule(module: PinnedModule, programs: readonly Program[], options: BuildOptions): Promise<void> {
  const { kubernetes, staging, say, signal } = options;
  const packages = programs.map((program) => PROGRAMS[program].package);
  const what = `building ${programs.join(', ')} ${module.version}`;
  const folder = staging.folder(module.name + module.version);
  const flags = ['-mod=readonly', '-trimpath', '-tags', GO_MODULES[module.name].tags, '-ldflags', linkerFlags(module)];
  await withProgress({ what, say }, async (progress) => {
    // Fetches what is not in Go's own cache yet, and counts.
    const list = await go(['list', '-mod=readonly', '-deps', ...packages], module.folder, signal);
    progress.expect(list.trim().split('\n').length);
    await goBuild([...flags, '-o', `${folder}/`, ...packages], module.folder, signal, () => progress.add(1));
  });
  for (const program of programs) staging.keep(program, join(folder, builtName(program)), kubernetes);
}

async function go(args: readonly string[], cwd: string, signal: AbortSignal): Promise<string> {
  const options = { cwd, signal, env: goEnvironment(), maxBuffer: MOST_OUTPUT };
  const { stdout } = await run('go', args, options).catch((cause: unknown) => {
    signal.throwIfAborted();
    const stderr = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : '';
    throw new Error(`go ${args[0]} failed in ${cwd}\n${lastLines(stderr.split('\n'))}`, { cause });
  });
  return stdout;
}

/** With -v Go prints the name of each package that it compiles. */
async function goBuild(
  args: readonly string[],
  cwd: string,
  signal: AbortSignal,
  onPackage: () => void,
): Promise<void> {
  const child = spawn('go', ['build', '-v', ...args], {
    cwd,
    env: goEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const stop = () => child.kill('SIGINT');
  signal.addEventListener('abort', stop);
  const lines: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line);
    onPackage();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  if (code !== 0) throw new Error(`go build failed in ${cwd}\n${lastLines(lines)}`);
}

function goEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, CGO_ENABLED: '0' };
}

/** Go names a program by the last word of its package that is not a major version. */
function builtName(program: Program): string {
  return PROGRAMS[program].package.split('/').findLast((word) => !/^v\d+$/.test(word)) ?? program;
}

/** Unreleased builds call themselves v0.0.0, which feature gates, kubectl's skew check and ECK's own start dislike. */
function linkerFlags({ name, version }: PinnedModule): string {
  const sets = Object.entries(versionVariables(name, version)).map(([variable, value]) => `-X ${variable}=${value}`);
  return ['-s -w', ...sets].join(' ');
}

function versionVariables(name: GoModule, version: string): Readonly<Record<string, string>> {
  const [major = '', minor = ''] = version.slice(1).split('.');
  const prefixed = (prefix: string, values: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [`${prefix}.${key}`, value]));
  if (name === 'kubernetes') {
    return prefixed('k8s.io/component-base/version', { gitVersion: version, gitMajor: major, gitMinor: minor });
  }
  if (name !== 'eck') return {};
  const build = { version: version.slice(1), buildHash: '00000000', buildSnapshot: 'false' };
  return prefixed('github.com/elastic/cloud-on-k8s/v3/pkg/about', { ...build, buildDate: '1970-01-01T00:00:00Z' });
}

function lastLines(lines: readonly string[]): string {
  return lines
    .filter((line) => line.trim() !== '')
    .slice(-15)
    .join('\n');
}
