import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where the repository lies. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const X_Y_Z = '\\d+\\.\\d+\\.\\d+(?:-[0-9A-Za-z.-]+)?';

interface Place {
  readonly file: string;
  /** What stands before a version there; every match counts. */
  readonly before: string;
  readonly least: number;
}

/** Everywhere that the project's version is written; generated files follow from these. */
const PLACES: readonly Place[] = [
  { file: 'package.json', before: '^  "version": "', least: 1 },
  { file: 'package-lock.json', before: '^  (?:    )?"(?:name": "max-map-count-webhook",\\n +"version)": "', least: 2 },
  { file: 'charts/max-map-count-webhook/Chart.yaml', before: '^(?:version|appVersion): ', least: 2 },
  {
    file: 'charts/max-map-count-webhook/Chart.yaml',
    before: 'ghcr\\.io/max-map-count-webhook/max-map-count-webhook:',
    least: 1,
  },
  { file: 'plugin.yaml', before: '^  version: v', least: 1 },
  { file: 'plugin.yaml', before: '/releases/download/v', least: 1 },
  { file: 'plugin.yaml', before: '/kubectl-max_map_count-v', least: 1 },
  { file: 'deploy/kustomization.yaml', before: '^    newTag: ', least: 1 },
  { file: 'deploy/install.yaml', before: 'app\\.kubernetes\\.io/version: ', least: 1 },
  { file: 'deploy/install.yaml', before: 'ghcr\\.io/max-map-count-webhook/max-map-count-webhook:', least: 1 },
  { file: 'README.md', before: '--build-arg VERSION=', least: 1 },
  { file: 'README.md', before: 'registry\\.example\\.com/max-map-count-webhook:', least: 2 },
  { file: 'README.zh-CN.md', before: '--build-arg VERSION=', least: 1 },
  { file: 'README.zh-CN.md', before: 'registry\\.example\\.com/max-map-count-webhook:', least: 2 },
  { file: 'docs/cli.md', before: '^version: ', least: 1 },
  { file: 'docs/verify.md', before: '(?:--detach |refs/tags/)v', least: 3 },
  { file: 'docs/verify.md', before: 'ghcr\\.io/\\S+/max-map-count-webhook:', least: 4 },
];

/** One place where a version is written, and which. */
export interface Mention {
  readonly file: string;
  readonly version: string;
}

/** Every mention of the project's version; throws when one that should be there is not. */
export function mentions(read = readFile): Mention[] {
  return PLACES.flatMap(({ file, before, least }) => {
    const found = [...read(file).matchAll(new RegExp(`(?<=${before})${X_Y_Z}`, 'gm'))].map(([version]) => version);
    if (found.length < least) throw new Error(`${file}: no version after ${before}`);
    return found.map((version) => ({ file, version }));
  });
}

/** The version of package.json; throws when another file says otherwise. */
export function agreedVersion(read = readFile): string {
  const [first, ...others] = mentions(read);
  const odd = others.find(({ version }) => version !== first?.version);
  if (first === undefined) throw new Error('package.json has no version');
  if (odd)
    throw new Error(
      `${odd.file} says ${odd.version}, package.json says ${first.version}: npm run release -- --bump X.Y.Z`,
    );
  return first.version;
}

/** Writes another version everywhere, and a heading for it into the changelog; gives the files that have changed. */
export function bump(version: string, today: string): string[] {
  if (!new RegExp(`^${X_Y_Z}$`).test(version)) throw new Error(`--bump: ${version} is no version such as 1.2.3`);
  const current = agreedVersion();
  if (version === current) throw new Error(`--bump: the version is ${version} already`);
  const changed = new Map<string, string>();
  for (const { file, before } of PLACES) {
    const text = changed.get(file) ?? readFile(file);
    changed.set(file, text.replace(new RegExp(`(?<=${before})${X_Y_Z}`, 'gm'), version));
  }
  const changelog = readFile('CHANGELOG.md');
  changed.set(
    'CHANGELOG.md',
    changelog.replace(/^## \[Unreleased\]\n/m, `## [Unreleased]\n\n## [${version}] - ${today}\n`),
  );
  for (const [file, text] of changed) writeFileSync(`${ROOT}${file}`, text);
  return [...changed.keys()];
}

function readFile(file: string): string {
  return readFileSync(`${ROOT}${file}`, 'utf8');
}
