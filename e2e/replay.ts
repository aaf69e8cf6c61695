import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import packageJson from '../package.json' with { type: 'json' };
import { progress } from '../tools/demo/terminal.ts';
import { startSupervisor } from '../tools/process/supervisor.ts';
import { obtainBinaries } from '../tools/programs/obtain.ts';
import type { Transcript } from '../tools/proof/transcript.ts';
import { buildImages } from './images/build.ts';
import { renderProof } from './proof.ts';
import { PROGRAMS, type Provisions } from './provisions.ts';
import { ROOT } from './root.ts';
import { readSettings } from './sandbox/kernel-settings.ts';
import { runInSandbox } from './sandbox/sandbox.ts';

/** As the README builds, pushes and installs it. */
const OWN_IMAGE = `registry.example.com/max-map-count-webhook:${packageJson.version}`;
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');
const CONFIG = fileURLToPath(new URL('vitest.config.ts', import.meta.url));
const PROOF = join(ROOT, 'docs/proof.md');

/**
 * Builds what the scenario needs, runs it in a sandbox and writes docs/proof.md when all went as it should, which the answer
 * says. However it ends, the machine is as before; throws when that cannot be done.
 */
export async function replay(): Promise<boolean> {
  const binaries = await obtainBinaries(PROGRAMS, { say: progress });
  // What the scenario relies on, and what the user of this machine relies on.
  if (spawnSync(process.execPath, vitest('sandbox'), { stdio: 'inherit' }).status !== 0) return false;
  const before = readSettings();
  const supervisor = await startSupervisor();
  let stoppedBy: string | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      stoppedBy = signal;
      void supervisor.stop();
    });
  }
  try {
    const archives = await buildImages(supervisor, OWN_IMAGE, progress);
    const provisions: Provisions = { binaries, archives, transcript: join(supervisor.directory, 'transcript.json') };
    const file = join(supervisor.directory, 'provisions.json');
    await writeFile(file, JSON.stringify(provisions));
    const scenario = [process.execPath, ...vitest('scenario')];
    if ((await runInSandbox(supervisor, scenario, { E2E_PROVISIONS: file })) !== 0) return false;
    await writeFile(PROOF, renderProof(JSON.parse(await readFile(provisions.transcript, 'utf8')) as Transcript));
    progress('wrote docs/proof.md');
    return true;
  } catch (error) {
    if (stoppedBy === undefined) throw error;
    return false;
  } finally {
    await supervisor.stop();
    expectSame(before, readSettings());
    if (stoppedBy !== undefined) progress(`stopped by ${stoppedBy}; everything is put back`);
  }
}

function vitest(project: string): string[] {
  return [VITEST, 'run', '--root', ROOT, '--config', CONFIG, '--project', project];
}

function expectSame(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): void {
  const changed = Object.keys(before).filter((name) => before[name] !== after[name]);
  if (changed.length === 0) return;
  const list = changed.map((name) => `${name.replaceAll('/', '.')}=${before[name]}`).join(' ');
  throw new Error(`these settings of the kernel are not what they were: sysctl -w ${list}`);
}
