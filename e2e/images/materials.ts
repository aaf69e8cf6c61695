import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, cp } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { nodeFrom } from '../../tools/release/node.ts';
import type { Run } from './run.ts';

/** Something that an image is made of and that does not lie in this repository. */
export type Material =
  /** root.tar: a Debian system with these packages and what they need. `extract` runs none of their scripts. */
  | {
      readonly kind: 'debian';
      readonly suite: string;
      readonly variant: 'minbase' | 'extract';
      readonly packages: readonly string[];
      /** Debian's name of another architecture than this machine's, for `extract` only. */
      readonly architecture?: string;
    }
  /** node: the Node.js that runs this, or the same version from an npm package that has it for another platform. */
  | { readonly kind: 'node'; readonly npmPackage?: string }
  /** npm: the npm that runs this. */
  | { readonly kind: 'npm' }
  /** authorities.pem: whom this machine trusts. */
  | { readonly kind: 'authorities' }
  /** A file from Maven Central, or the mirror that Maven is set up for. */
  | { readonly kind: 'maven'; readonly artifact: string; readonly file: string; readonly sha512: string };

const AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';

/** Puts a material into a directory. */
export async function lay(material: Material, directory: string, run: Run): Promise<void> {
  switch (material.kind) {
    case 'debian': {
      const { suite, variant, packages, architecture } = material;
      const include = packages.length > 0 ? [`--include=${packages.join(',')}`] : [];
      const foreign = architecture === undefined ? [] : [`--architectures=${architecture}`];
      await run('mmdebstrap', [`--variant=${variant}`, ...foreign, ...include, suite, join(directory, 'root.tar')]);
      return;
    }
    case 'node': {
      const { npmPackage } = material;
      return copyFile(
        npmPackage === undefined ? process.execPath : await nodeFrom(npmPackage),
        join(directory, 'node'),
      );
    }
    case 'npm':
      return cp(npmFolder(), join(directory, 'npm'), { recursive: true });
    case 'authorities':
      return copyFile(process.env.NODE_EXTRA_CA_CERTS || AUTHORITIES, join(directory, 'authorities.pem'));
    case 'maven': {
      const { artifact, file, sha512 } = material;
      await run('mvn', ['-B', '-q', 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${directory}`]);
      const found = await hashOf(join(directory, file));
      if (found !== sha512) throw new Error(`${artifact} has the SHA-512 ${found}, not ${sha512}`);
      return;
    }
    default:
      return material satisfies never;
  }
}

/** npm tells the programs that it runs where it is. */
function npmFolder(): string {
  const script = process.env.npm_execpath;
  if (!script?.endsWith('npm-cli.js')) throw new Error('start this with `npm run e2e`: npm is put into an image');
  return dirname(dirname(script));
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
