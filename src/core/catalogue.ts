import { BUILT_IN } from './built-in-workloads.ts';
import { type ImagePattern, parsePattern } from './image.ts';
import { type SettingNames, settingNames } from './server-settings.ts';
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

/** The rows in force, in order. */
export type Catalogue = readonly CatalogueRow[];

/**
 * The built-in rows with every default filled in. Not by the schema, which would cost every start some megabytes and
 * milliseconds to find nothing wrong; a test holds the two equal.
 */
export const builtInWorkloads: readonly Workload[] = BUILT_IN.map((row) => ({
  images: [],
  notImages: [],
  env: [],
  mounts: [],
  labels: {},
  earlier: [],
  notRequired: [],
  bootstrapChecks: false,
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
  return [...builtIn, ...added].map(compile);
}

function compile(row: Workload): CatalogueRow {
  const patterns = (texts: readonly string[]) => texts.flatMap((text) => parsePattern(text) ?? []);
  return {
    ...row,
    imagePatterns: patterns(row.images),
    notImagePatterns: patterns(row.notImages),
    hintImagePatterns: patterns(row.hints.images),
    settingNames: settingNames(row),
    envSignals: new Map([
      ...row.hints.env.map((variable) => [variable, 'env-hint'] as const),
      ...row.env.map((variable) => [variable, 'env'] as const),
    ]),
  };
}
