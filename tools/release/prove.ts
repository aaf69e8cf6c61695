import { cp, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { outputOf, run } from '../process/run.ts';
import { ROOT } from './versions.ts';

/** Command lines that together read every case of the tests and touch every command that needs no cluster. */
const LINES: readonly (readonly string[])[] = [
  ['version'],
  ['help'],
  ['catalogue', '-o', 'json'],
  ['render', 'config'],
  ['preview', '-f', 'examples', '-o', 'yaml'],
  ['explain', '-f', 'examples/elk.yaml', '-o', 'json'],
  ['preview', '-f', 'test/cases/image', '-o', 'patch'],
  ['preview', '-f', 'no-such-file'],
];

/** Throws unless the program prints and returns what the script does, and runs where there is nothing but the C libraries. */
export async function proveExecutable(program: string, scratch: string, say: (line: string) => void): Promise<void> {
  const here = (command: string, args: readonly string[]) => run('env', ['-C', ROOT, command, ...args]);
  for (const line of LINES) {
    const script = await here(process.execPath, ['dist/cli.js', ...line]);
    const single = await here(program, line);
    if (JSON.stringify(single) !== JSON.stringify(script))
      throw new Error(`${program} ${line.join(' ')}: not what dist/cli.js prints`);
  }
  say(`the program prints what the script prints, for ${LINES.length} command lines`);
  say(await runInEmptyRoot(program, join(scratch, 'root')));
}

/** A root directory with the program, the libraries that it names, one manifest, and no Node.js. */
async function runInEmptyRoot(program: string, root: string): Promise<string> {
  const libraries = outputOf(await run('ldd', [program])).match(/\/\S+\.so\S*/g) ?? [];
  await mkdir(root);
  for (const file of libraries) {
    await mkdir(join(root, dirname(file)), { recursive: true });
    await cp(file, join(root, file), { dereference: true });
  }
  await cp(program, join(root, 'plugin'));
  await cp(join(ROOT, 'examples/elk.yaml'), join(root, 'elk.yaml'));
  const inRoot = await run('unshare', [
    '--map-root-user',
    `--root=${root}`,
    '/plugin',
    'preview',
    '-f',
    '/elk.yaml',
  ]).catch(({ message }: Error) => ({ stdout: '', stderr: message, code: 1 }));
  if (/unshare/.test(inRoot.stderr)) return `not run in an empty root: ${inRoot.stderr.trim()}`;
  if (!outputOf(inRoot).includes('max-map-count')) throw new Error('in an empty root the program prints no patch');
  return 'the program runs in an empty root with its libraries and without Node.js';
}
