import { readFileSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keepTranscript, readRecord, withLines, writeRecord } from '../compatibility/record.ts';
import { generatedDocs } from '../generate/docs.ts';
import { startSupervisor } from '../process/supervisor.ts';
import { moduleOf } from '../programs/programs.ts';
import { pinnedModule } from '../programs/versions.ts';
import { withServices } from './network.ts';
import type { Provisions, Wanted } from './parts.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');
const CONFIG = fileURLToPath(new URL('vitest.config.ts', import.meta.url));

/** Runs the tests in a network of their own and, when all went as it should, writes down what ran. The exit code. */
export async function runBeside(wanted: Wanted, provisions: Provisions, signal: AbortSignal): Promise<number> {
  const supervisor = await startSupervisor();
  signal.addEventListener('abort', () => void supervisor.stop());
  try {
    const { directory } = supervisor;
    const file = join(directory, 'provisions.json');
    const transcript = join(directory, 'transcript.json');
    await writeFile(file, JSON.stringify({ ...provisions, transcript }));
    const results = join(directory, 'results.json');
    const projects = [...wanted.parts, ...(wanted.kubernetes ? ['kubernetes'] : [])];
    const [command, args] = withServices([process.execPath, ...vitest(projects, results)]);
    const assets = { KUBEBUILDER_ASSETS: dirname(provisions.binaries['kube-apiserver']) };
    const env = { ...(wanted.kubernetes && assets), PEERS_PROVISIONS: file, TMPDIR: directory };
    const code = await supervisor.show('peers', command, args, env);
    if (code === 0) note(wanted, passedFiles(results), transcript);
    return code === 0 ? 0 : 1;
  } finally {
    await supervisor.stop();
  }
}

function vitest(projects: readonly string[], results: string): string[] {
  const reporters = ['--reporter=verbose', '--reporter=json', `--outputFile.json=${results}`];
  const chosen = projects.flatMap((project) => ['--project', project]);
  return [VITEST, 'run', '--root', ROOT, '--config', CONFIG, ...chosen, ...reporters];
}

function passedFiles(results: string): string[] {
  const { testResults } = JSON.parse(readFileSync(results, 'utf8')) as {
    testResults: readonly { name: string; status: string }[];
  };
  return testResults.filter(({ status }) => status === 'passed').map(({ name }) => relative(ROOT, name));
}

function note({ parts, kubernetes }: Wanted, passed: readonly string[], transcript: string): void {
  for (const part of parts) keepTranscript(part, transcript);
  const day = new Date().toISOString().slice(0, 10);
  const { version } = moduleOf('kube-apiserver', kubernetes);
  const names = parts.map((part) => [`${part} ${pinnedModule(part).version}`, day]);
  const record = withLines(readRecord(), version, passed, day);
  writeRecord({ ...record, parts: { ...record.parts, ...Object.fromEntries(names) } });
  for (const { file, text } of generatedDocs()) writeFileSync(join(ROOT, file), text);
}
