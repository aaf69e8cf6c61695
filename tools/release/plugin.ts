import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pack } from './archive.ts';
import { buildExecutable, isOurs, PLATFORMS } from './executable.ts';
import { krewManifest, type PluginArchive } from './krew.ts';
import { proveExecutable } from './prove.ts';
import { type Release, sha256 } from './release.ts';
import { ROOT } from './versions.ts';

/** An archive per platform with the plugin as one program, one for whoever has Node.js, and Krew's manifest. */
export async function writePlugin({ folder, version, scratch, epoch, say }: Release): Promise<void> {
  const archives: PluginArchive[] = [];
  const archive = async (os: string, arch: string, directory: string, bin: string) => {
    await copyFile(join(ROOT, 'LICENSE'), join(directory, 'LICENSE'));
    const file = `kubectl-max_map_count-v${version}-${os}-${arch}.tar.gz`;
    const path = await pack(directory, ['LICENSE', bin], join(folder, file), { epoch });
    archives.push({ os, arch, file, bin, sha256: await sha256(path) });
    say(file);
  };
  for (const platform of PLATFORMS) {
    const directory = join(scratch, `${platform.os}-${platform.arch}`);
    const program = await buildExecutable(platform, directory);
    if (isOurs(platform)) await proveExecutable(program, scratch, say);
    await archive(
      platform.os,
      platform.arch,
      directory,
      platform.os === 'windows' ? 'kubectl-max_map_count.exe' : 'kubectl-max_map_count',
    );
  }
  const script = join(scratch, 'node');
  await mkdir(script);
  await copyFile(join(ROOT, 'dist/cli.js'), join(script, 'kubectl-max_map_count'));
  // It needs Node.js on PATH, which the manifest's caveat says.
  for (const arch of ['amd64', 'arm64']) await archive('darwin', arch, script, 'kubectl-max_map_count');
  const template = await readFile(join(ROOT, 'plugin.yaml'), 'utf8');
  await writeFile(join(folder, 'plugin.yaml'), krewManifest(template, version, archives));
}
