import * as z from 'zod';
import { parsePattern } from './image.ts';

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

const fileName = z.string().regex(/^[\w.-]+$/, 'must be the name of a program without its folder');
const prefix = z.string().regex(/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_$/, 'must be upper case and end in _, such as "ES_"');
const variableWord = z.string().regex(/^[A-Z][A-Z0-9]*$/, 'must be one word in upper case, such as "ES"');

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
  settingPrefixes: z.array(prefix).default([]),
  programs: z.array(fileName).default([]),
  tools: z.array(fileName).default([]),
  clientNames: z.array(variableWord).default([]),
  notRoot: z.array(z.strictObject({ images: z.array(pattern).min(1), from: version.optional() })).default([]),
  source: word.optional(),
});

/** A catalogue row with every default filled in. */
export type Workload = z.output<typeof workloadSchema>;

/** A catalogue row as it is written: only `name` and `required` must be there. */
export type WorkloadInput = Pick<Workload, 'name' | 'required'> &
  Partial<Omit<Workload, 'hints'>> & { hints?: Partial<Workload['hints']> };
