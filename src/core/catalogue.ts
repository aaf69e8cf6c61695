import { BUILT_IN } from './built-in-workloads.ts';
import { type CatalogueIndex, indexOf } from './catalogue-index.ts';
import { type CatalogueRow, compileRow, type ImageUser, patternsOf } from './catalogue-row.ts';
import { Names } from './names.ts';
import type { Workload } from './workload.ts';

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
  readonly serverVariables: Names<true>;
  /** What the variables of programs that use a server call it: `ES`, `OPENSEARCH`. */
  readonly clientNames: ReadonlySet<string>;
  readonly notRoot: readonly ImageUser[];
  readonly index: CatalogueIndex;
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
  toolWords: { anywhere: [], whole: [] },
  versions: [],
  checkedAtStart: [],
  dottedSettings: [],
  notRoot: [],
  crashLines: [],
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
  const rows = [...builtIn, ...added].map(compileRow);
  return {
    rows,
    byName: new Map(rows.map((row) => [row.name, row])),
    programs: new Set(rows.flatMap(({ programs }) => programs)),
    tools: new Set(rows.flatMap(({ tools }) => tools)),
    serverVariables: new Names(rows.flatMap(({ env, hints }) => [...env, ...hints.env]).map((name) => [name, true])),
    clientNames: new Set(rows.flatMap(({ clientNames }) => clientNames)),
    notRoot: rows.flatMap((row) => row.notRoot.map(({ images, from }) => ({ images: patternsOf(images), from }))),
    index: indexOf(rows),
  };
}
