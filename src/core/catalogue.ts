import * as z from 'zod';
import { type ImagePattern, parsePattern } from './image.ts';
import { type SettingNames, settingNames } from './server-settings.ts';
import { BUILT_IN } from './workloads.ts';

/** The kernel's default (DEFAULT_MAX_MAP_COUNT in linux/mm.h): asking for less than every node has would be a mistake. */
export const LOWEST = 65_530;
/** vm.max_map_count is a C int in the kernel. */
export const HIGHEST = 2_147_483_647;

const name = z.string().regex(/^[a-z0-9-]+$/, 'must consist of a-z, 0-9 and -');
const word = z.string().min(1);
const value = z.int().min(LOWEST).max(HIGHEST);
const version = z.string().regex(/^\d+(\.\d+)*$/, 'must be a version such as "8.16", in quotes');
const range = z.strictObject({ from: version.optional(), before: version.optional() });
const pattern = z
  .string()
  .refine(
    (text) => parsePattern(text) !== undefined,
    'must be [path/]repository[:tag-glob], with * as the only wildcard',
  );

/** The schema of one catalogue row, built in or the administrator's. */
export const workloadSchema = z.strictObject({
  name,
  title: word.optional(),
  images: z.array(pattern).default([]),
  notImages: z.array(pattern).default([]),
  env: z.array(word).default([]),
  mounts: z.array(z.string().startsWith('/')).default([]),
  labels: z.record(word, word).default({}),
  hints: z
    .strictObject({
      env: z.array(word).default([]),
      ports: z.array(z.array(z.int().min(1).max(65_535)).min(2)).default([]),
      containers: z.array(word).default([]),
      images: z.array(pattern).default([]),
      versionLabel: word.optional(),
    })
    .prefault({}),
  required: value,
  earlier: z
    .array(z.strictObject({ from: version.optional(), before: version, required: z.union([z.literal(0), value]) }))
    .default([]),
  recommended: z.strictObject({ value, since: version.optional() }).optional(),
  notRequired: z.array(z.strictObject({ setting: word, value: word, versions: z.array(range).optional() })).default([]),
  bootstrapChecks: z.boolean().default(false),
  source: word.optional(),
});

/** A catalogue row with every default filled in. */
export type Workload = z.output<typeof workloadSchema>;

/** A catalogue row as it is written: only `name` and `required` must be there. */
export type WorkloadInput = Pick<Workload, 'name' | 'required'> &
  Partial<Omit<Workload, 'hints'>> & { hints?: Partial<Workload['hints']> };

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
