import { BUILT_IN } from './built-in-workloads.ts';
import { type ImagePattern, parsePattern } from './image.ts';
import type { Workload } from './workload.ts';

/** A row whose patterns are taken apart, so that a review only compares. */
export interface CatalogueRow extends Workload {
  readonly imagePatterns: readonly ImagePattern[];
  readonly notImagePatterns: readonly ImagePattern[];
  readonly hintImagePatterns: readonly ImagePattern[];
  /** What the name of an environment variable says of the row. */
  readonly envSignals: ReadonlyMap<string, 'env' | 'env-hint'>;
  readonly settingNames: SettingNames;
}

/** The names of the settings that can switch a row's need off, by every spelling that an image may read. */
export interface SettingNames {
  readonly dotted: ReadonlySet<string>;
  readonly upperCase: ReadonlyMap<string, string>;
}

/** Images that are known to run as another user than root from a version on. */
export interface ImageUser {
  readonly images: readonly ImagePattern[];
  readonly from: string | undefined;
}

/** The rows in force, compiled once: what the webhook, the command line and the tests look things up in. */
export interface Catalogue {
  /** In order. */
  readonly rows: readonly CatalogueRow[];
  readonly byName: ReadonlyMap<string, CatalogueRow>;
  /** Programs that start a server of some row. */
  readonly programs: ReadonlySet<string>;
  /** Command-line tools that a server's image holds beside it. */
  readonly tools: ReadonlySet<string>;
  /** Variables that a server of some row reads. */
  readonly serverVariables: ReadonlySet<string>;
  /** What the variables of programs that use a server call it: `ES`, `OPENSEARCH`. */
  readonly clientNames: ReadonlySet<string>;
  readonly notRoot: readonly ImageUser[];
}

// The defaults of the schema.
const NOTHING: Omit<Workload, 'name' | 'required' | 'hints'> = {
  images: [],
  notImages: [],
  env: [],
  mounts: [],
  labels: {},
  earlier: [],
  notRequired: [],
  bootstrapChecks: false,
  settingPrefixes: [],
  programs: [],
  tools: [],
  clientNames: [],
  notRoot: [],
};

/**
 * The built-in rows with every default filled in. Not by the schema, which would cost every start some megabytes and
 * milliseconds to find nothing wrong; a test holds the two equal.
 */
export const builtInWorkloads: readonly Workload[] = BUILT_IN.map((row) => ({
  ...NOTHING,
  ...row,
  hints: { env: [], ports: [], containers: [], images: [], ...row.hints },
}));

/**
 * The catalogue in force: the built-in rows without the disabled ones; a row of the administrator's replaces the
 * built-in row of the same name in its place, other rows follow.
 */
export function catalogueOf(workloads: readonly Workload[] = [], disabled: readonly string[] = []): Catalogue {
  const own = new Map(workloads.map((row) => [row.name, row]));
  const builtIn = builtInWorkloads.filter((row) => !disabled.includes(row.name)).map((row) => own.get(row.name) ?? row);
  const added = workloads.filter((row) => !builtIn.includes(row));
  const rows = [...builtIn, ...added].map(compile);
  return {
    rows,
    byName: new Map(rows.map((row) => [row.name, row])),
    programs: new Set(rows.flatMap(({ programs }) => programs)),
    tools: new Set(rows.flatMap(({ tools }) => tools)),
    serverVariables: new Set(rows.flatMap(({ env, hints }) => [...env, ...hints.env])),
    clientNames: new Set(rows.flatMap(({ clientNames }) => clientNames)),
    notRoot: rows.flatMap((row) => row.notRoot.map(({ images, from }) => ({ images: patternsOf(images), from }))),
  };
}

function compile(row: Workload): CatalogueRow {
  return {
    ...row,
    imagePatterns: patternsOf(row.images),
    notImagePatterns: patternsOf(row.notImages),
    hintImagePatterns: patternsOf(row.hints.images),
    settingNames: settingNames(row),
    envSignals: new Map([
      ...row.hints.env.map((variable) => [variable, 'env-hint'] as const),
      ...row.env.map((variable) => [variable, 'env'] as const),
    ]),
  };
}

function patternsOf(texts: readonly string[]): ImagePattern[] {
  return texts.flatMap((text) => parsePattern(text) ?? []);
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
  return { dotted: new Set(names), upperCase: new Map(upperCase) };
}
