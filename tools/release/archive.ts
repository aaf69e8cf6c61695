import { join } from 'node:path';
import { outputOf, run } from '../process/run.ts';

/**
 * Packs files of a directory so that the same content gives the same bytes: sorted names, one time, one owner, and no
 * time or name in the compressed file's head. Needs GNU tar.
 */
export async function pack(
  directory: string,
  names: readonly string[],
  target: string,
  { epoch, compress = true }: { readonly epoch: number; readonly compress?: boolean },
): Promise<string> {
  const same = ['--sort=name', '--format=gnu', '--owner=0', '--group=0', '--numeric-owner', `--mtime=@${epoch}`];
  const modes = '--mode=u=rwX,go=rX';
  const tar = compress ? target.replace(/\.t?gz$/, '') : target;
  outputOf(await run('tar', [...same, modes, '-C', directory, '-cf', tar, ...names]));
  if (!compress) return target;
  outputOf(await run('gzip', ['--force', '--no-name', '-9', '--suffix', target.slice(tar.length), tar]));
  return target;
}

/** Unpacks an archive and packs it again with {@link pack}: helm writes the time of day into its own. */
export async function repack(archive: string, scratch: string, epoch: number): Promise<string> {
  outputOf(await run('tar', ['-C', scratch, '-xzf', archive]));
  const names = outputOf(await run('ls', ['-A', scratch]))
    .trim()
    .split('\n');
  return pack(scratch, names, join(archive), { epoch });
}
