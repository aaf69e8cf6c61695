import { execFile } from 'node:child_process';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PROGRAMS, type Program } from './programs.ts';
import { GO_MODULES, versionOf } from './versions.ts';

const run = promisify(execFile);
const MOST_OUTPUT = 64 * 1024 * 1024;

/** Whether a Go toolchain answers on this machine. */
export async function hasGo(): Promise<boolean> {
  return run('go', ['version']).then(
    () => true,
    () => false,
  );
}

/** Builds one program to `target`; an interrupted or parallel build never leaves a broken file there. */
export async function buildProgram(program: Program, target: string): Promise<void> {
  const { module, package: goPackage } = PROGRAMS[program];
  const unfinished = `${target}.${process.pid}`;
  await mkdir(dirname(target), { recursive: true });
  const goModule = GO_MODULES[module];
  const tags = 'tags' in goModule ? goModule.tags : '';
  const flags = ['-mod=readonly', '-trimpath', '-tags', tags, '-ldflags', await linkerFlags(program), '-o', unfinished];
  try {
    await run('go', ['build', ...flags, goPackage], {
      cwd: dirname(fileURLToPath(goModule.goMod)),
      env: { ...process.env, CGO_ENABLED: '0' },
      maxBuffer: MOST_OUTPUT,
    });
    await rename(unfinished, target);
  } catch (cause) {
    await rm(unfinished, { force: true });
    throw new Error(`could not build ${program}\n${lastWords(cause)}`, { cause });
  }
}

/** Unreleased builds call themselves v0.0.0, which the API server's feature gates and kubectl's skew check dislike. */
async function linkerFlags(program: Program): Promise<string> {
  if (PROGRAMS[program].module !== 'kubernetes') return '-s -w';
  const version = await versionOf('kubernetes');
  const [major, minor] = version.slice(1).split('.');
  const values = { gitVersion: version, gitMajor: major, gitMinor: minor };
  const sets = Object.entries(values).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);
  return ['-s -w', ...sets].join(' ');
}

function lastWords(cause: unknown): string {
  const stderr = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : '';
  return stderr.trim().split('\n').slice(-15).join('\n') || String(cause);
}
