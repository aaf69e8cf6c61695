// `npm run check:workflows`: the workflows by actionlint (are they valid, and their shell with them) and by zizmor (are they
// safe). Both are fetched at the first run, into the user's cache: actionlint from the Go modules, zizmor from PyPI.
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { plain } from '../../src/input/plain.ts';
import { outputOf, run } from '../process/run.ts';
import { projectCache } from '../programs/cache.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ACTIONLINT = 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12';
const ZIZMOR = 'zizmor==1.32.0';

const say = (line: string) => console.error(`workflows: ${line}`);
process.exitCode = await main().catch((error: unknown) => {
  say(plain(error));
  return 1;
});

async function main(): Promise<number> {
  const actionlint = await obtain('actionlint', ACTIONLINT, (directory) =>
    run('go', ['install', ACTIONLINT], { env: { GOBIN: directory, GOFLAGS: '-mod=mod' } }),
  );
  const zizmor = await obtain('bin/zizmor', ZIZMOR, (directory) =>
    run('python3', ['-m', 'pip', 'install', '--quiet', '--no-input', '--target', directory, ZIZMOR]),
  );
  // Offline: the audits that ask GitHub would need a token, and would say something else every day.
  const checks: [string, string, string[]][] = [
    ['actionlint', actionlint, []],
    ['zizmor', zizmor, ['--offline', '--no-progress', '--persona=pedantic', '.github']],
  ];
  let isClean = true;
  for (const [name, program, args] of checks) {
    const { stdout, stderr, code } = await run('env', ['-C', ROOT, program, ...args]);
    if (code === 0) say(`${name} has nothing to say`);
    else {
      isClean = false;
      process.stdout.write(`${stdout}${stderr}`);
      say(`${name} found something (exit code ${code})`);
    }
  }
  return isClean ? 0 : 1;
}

/** The program's path, fetched by `get` where it is not there yet. */
async function obtain(
  name: string,
  version: string,
  get: (directory: string) => ReturnType<typeof run>,
): Promise<string> {
  const directory = join(projectCache(), 'workflows', version.replaceAll(/[^\w.-]+/g, '-'));
  const program = join(directory, name);
  const isThere = await access(program).then(
    () => true,
    () => false,
  );
  if (isThere) return program;
  say(`getting ${version}`);
  await mkdir(directory, { recursive: true });
  outputOf(await get(directory));
  await access(program);
  return program;
}
