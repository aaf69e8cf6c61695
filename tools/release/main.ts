// `npm run release`: everything that a release consists of, in the folder release/, and nothing published. Publishing is
// for .github/workflows/release.yml, which takes the same folder.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { plain } from '../../src/input/plain.ts';
import { readText } from '../../src/input/read-text.ts';
import { makeReleaseFolder } from './folder.ts';
import type { StandIns } from './release.ts';
import { bump, ROOT } from './versions.ts';

const USAGE = `usage: npm run release -- --dry-run [--without-images | --stand-ins FILE]
       npm run release -- --bump X.Y.Z

  --dry-run         makes release/ from a clean tree and publishes nothing
  --without-images  leaves the images out, where their base images cannot be pulled
  --stand-ins FILE  JSON: local images for the Dockerfile's base images, {root, images: {amd64: {NAME: IMAGE}, arm64: ...}}
  --bump            writes another version everywhere; then run npm run generate -- --helm`;

const say = (line: string) => console.error(`release: ${line}`);
process.exitCode = await main().catch((error: unknown) => {
  say(plain(error));
  return 1;
});

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      'dry-run': { type: 'boolean' },
      'without-images': { type: 'boolean' },
      'stand-ins': { type: 'string' },
      bump: { type: 'string' },
    },
  });
  if (values.bump !== undefined) {
    for (const file of bump(values.bump, new Date().toISOString().slice(0, 10))) say(`wrote ${file}`);
    say('now run: npm run generate -- --helm');
    return 0;
  }
  if (!values['dry-run']) {
    console.error(USAGE);
    return 2;
  }
  const folder = join(ROOT, 'release');
  const file = values['stand-ins'];
  const standIns = file === undefined ? undefined : (JSON.parse(readText(file, 1)) as StandIns);
  const withoutImages = values['without-images'] ?? false;
  const missing = await makeReleaseFolder({ folder, say, withoutImages, standIns });
  for (const name of readdirSync(folder).sort()) {
    console.log(`${String(statSync(join(folder, name)).size).padStart(10)}  ${name}`);
  }
  for (const { sentence } of missing) say(sentence);
  return missing.every(({ isWanted }) => isWanted) ? 0 : 1;
}
