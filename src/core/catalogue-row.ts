import { type ImagePattern, parsePattern } from './image.ts';
import { Names } from './names.ts';
import type { Workload } from './workload.ts';

/** A row whose patterns are taken apart, so that a review only compares. */
export interface CatalogueRow extends Workload {
  /** The repositories that the product is published under. */
  readonly publishedPatterns: readonly ImagePattern[];
  /** The rules about names. */
  readonly namePatterns: readonly ImagePattern[];
  readonly notImagePatterns: readonly ImagePattern[];
  readonly hintImagePatterns: readonly ImagePattern[];
  /** Images whose own start script checks the value, whatever the settings say. */
  readonly checkedPatterns: readonly ImagePattern[];
  /** Images that read a setting only under its dotted name. */
  readonly dottedPatterns: readonly ImagePattern[];
  /** Finds a word of a tool in a repository name; undefined when the row has none. */
  readonly toolName: RegExp | undefined;
  readonly versioned: readonly VersionedImages[];
  /** Every port that the server is known to listen on. */
  readonly ownPorts: ReadonlySet<number>;
  /** What the name of an environment variable says of the row. */
  readonly envSignals: Names<'env' | 'env-hint'>;
  readonly settingNames: SettingNames;
}

/** The names of the settings that can switch a row's need off, by every spelling that an image may read. */
export interface SettingNames {
  readonly dotted: Names<true>;
  /** The dotted name, by any spelling. */
  readonly spellings: Names<string>;
}

/** Images whose tags are the product's version. */
export interface VersionedImages {
  readonly images: readonly ImagePattern[];
  /** How their tags hold it; none when they start with it. */
  readonly tags: readonly { readonly form: RegExp; readonly isDigits: boolean }[];
  /** The first version that was published there. */
  readonly from: string | undefined;
}

/** Images that are known to run as another user than root from a version on. */
export interface ImageUser {
  readonly images: readonly ImagePattern[];
  readonly from: string | undefined;
}

/** Takes the patterns of a row apart. */
export function compileRow(row: Workload): CatalogueRow {
  return {
    ...row,
    publishedPatterns: patternsOf(row.images).filter(({ isExact }) => isExact),
    namePatterns: patternsOf(row.images).filter(({ isExact }) => !isExact),
    notImagePatterns: patternsOf(row.notImages),
    hintImagePatterns: patternsOf(row.hints.images),
    checkedPatterns: patternsOf(row.checkedAtStart),
    dottedPatterns: patternsOf(row.dottedSettings),
    toolName: toolName(row.toolWords),
    versioned: row.versions.map(({ images, tags, from }) => ({
      images: patternsOf(images),
      tags: (tags ?? []).map(tagForm),
      from,
    })),
    ownPorts: new Set(row.hints.ports.flat()),
    settingNames: settingNames(row),
    envSignals: new Names<'env' | 'env-hint'>([
      ...row.hints.env.map((variable) => [variable, 'env-hint'] as const),
      ...row.env.map((variable) => [variable, 'env'] as const),
    ]),
  };
}

/** The patterns in texts that the schema has accepted. */
export function patternsOf(texts: readonly string[]): ImagePattern[] {
  return texts.map((text) => parsePattern(text) as ImagePattern);
}

function toolName({ anywhere, whole }: Workload['toolWords']): RegExp | undefined {
  const words = [...anywhere, ...(whole.length > 0 ? [`(?<![a-z0-9])(?:${whole.join('|')})(?![a-z0-9])`] : [])];
  return words.length > 0 ? new RegExp(words.join('|')) : undefined;
}

function tagForm(text: string): VersionedImages['tags'][number] {
  const source = text
    .replaceAll('.', '\\.')
    .replaceAll('*', '.*')
    .replace('{version}', '(\\d+(?:\\.\\d+)*)')
    .replace('{digits}', '(\\d{3})');
  return { form: new RegExp(`^${source}$`), isDigits: text.includes('{digits}') };
}

const HOSTS = ['host', 'bind_host', 'publish_host'];
const BOOTSTRAP_SETTINGS = [
  'discovery.type',
  ...HOSTS.flatMap((host) => [`transport.${host}`, `network.${host}`, `http.${host}`]),
];

// Those that the row names, and those of the bootstrap check where it has one.
function settingNames({ notRequired, bootstrapChecks, settingPrefixes }: Workload): SettingNames {
  const names = [...notRequired.map(({ setting }) => setting), ...(bootstrapChecks ? BOOTSTRAP_SETTINGS : [])];
  const upperCase = names.flatMap((name) => {
    const upper = name.toUpperCase().replaceAll('.', '_');
    return ['', ...settingPrefixes].map((prefix) => [`${prefix}${upper}`, name] as const);
  });
  return {
    dotted: new Names(names.map((name) => [name, true])),
    spellings: new Names([...upperCase, ...names.map((name) => [name, name] as const)]),
  };
}
