import * as z from 'zod';
import { parsePattern } from './image.ts';
import { HIGHEST, LOWEST } from './kernel-range.ts';

const name = z.string().regex(/^[a-z0-9-]+$/, 'must consist of a-z, 0-9 and -');
const word = z.string().min(1);
const value = z.int().min(LOWEST).max(HIGHEST);
const version = z.string().regex(/^\d+(\.\d+)*$/, 'must be a version such as "8.16", in quotes');
const pattern = z
  .string()
  .refine(
    (text) => parsePattern(text) !== undefined,
    'must be [path/]repository[:tag-glob], with * as the only wildcard',
  );

const fileName = z.string().regex(/^[\w.-]+$/, 'must be the name of a program without its folder');
const prefix = z.string().regex(/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_$/, 'must be upper case and end in _, such as "ES_"');
const variableWord = z
  .string()
  .max(20)
  .regex(/^[A-Z][A-Z0-9]*$/, 'must be one word in upper case, such as "ES"');
const nameWord = z.string().regex(/^[a-z0-9-]+$/, 'must be a word of a-z, 0-9 and -');
const tagForm = z
  .string()
  .regex(
    /^[\w.*-]*\{(?:version|digits)\}[\w.*-]*$/,
    'must be a tag with {version} or {digits} in the place of the version, such as "be-{version}*"',
  )
  .refine((text) => text.split('*').length <= 3, 'must not have more than two *');
const crashWords = z
  .string()
  .max(200)
  .regex(
    /^[^*\s].*max_map_count/,
    'must begin with a word and name max_map_count, so that no other crash is taken for it',
  )
  .refine((text) => text.split('*').length <= 5, 'must not have more than four *');
const from = version.optional().meta({ description: 'First version of the range; from the beginning when absent.' });
const range = z.strictObject({
  from,
  before: version.optional().meta({ description: 'First version after the range; up to the newest when absent.' }),
});

/** The schema of one catalogue row, built in or the administrator's; the sentences are those of the documents. */
export const workloadSchema = z.strictObject({
  name: name.meta({ description: 'Name of the row: a-z, 0-9 and `-`.' }),
  title: word.optional().meta({ description: 'The product’s name for people; the row’s name when absent.' }),
  images: z.array(pattern).default([]).meta({
    description: 'Repository patterns `[path/]repository[:tag-glob]`. A `*` in the repository makes it a name rule.',
  }),
  notImages: z
    .array(pattern)
    .default([])
    .meta({ description: 'Patterns of look-alikes: a veto for images that also match `images`.' }),
  env: z
    .array(word)
    .default([])
    .meta({ description: 'Settings that only the server reads: variables, or names in its arguments.' }),
  mounts: z.array(z.string().startsWith('/')).default([]).meta({ description: 'Where the server keeps its data.' }),
  labels: z
    .record(word, word)
    .default({})
    .meta({ description: 'Pod labels that an operator sets, with the value; `*` stands for any characters.' }),
  hints: z
    .strictObject({
      env: z
        .array(word)
        .default([])
        .meta({ description: 'Variables that the server reads, but its command-line tools too.' }),
      ports: z
        .array(z.array(z.int().min(1).max(65_535)).min(1))
        .default([])
        .meta({ description: 'Sets of ports; a whole set of two or more says more than one of its ports.' }),
      containers: z
        .array(word)
        .default([])
        .meta({ description: 'What the container, or `app.kubernetes.io/name`, is usually called.' }),
      images: z
        .array(pattern)
        .default([])
        .meta({ description: 'Short repository names that the product goes by, and other things too. A hint.' }),
      versionLabel: word.optional().meta({ description: 'Pod label that holds the product’s version.' }),
    })
    .prefault({}),
  required: value.meta({ description: 'The value below which the product refuses to start.' }),
  earlier: z
    .array(
      z.strictObject({
        from,
        before: version.meta({ description: 'First version after the range.' }),
        required: z
          .union([z.literal(0), value])
          .meta({ description: 'The number for the range; 0 when these versions need nothing.' }),
      }),
    )
    .default([])
    .meta({ description: 'Version ranges with another number; the first that fits counts.' }),
  recommended: z
    .strictObject({
      value: value.meta({ description: 'The higher value that the vendor asks for; used with `level: recommended`.' }),
      since: version.optional().meta({ description: 'First version that it is recommended for; all when absent.' }),
    })
    .optional(),
  notRequired: z
    .array(
      z.strictObject({
        setting: word.meta({ description: 'Dotted name of the setting.' }),
        value: word.meta({ description: 'The value that switches the need off, in lower case.' }),
        versions: z
          .array(range)
          .optional()
          .meta({ description: 'Version ranges that read the setting; all versions when absent.' }),
      }),
    )
    .default([])
    .meta({ description: 'Settings that let the server start at any value.' }),
  bootstrapChecks: z.boolean().default(false).meta({
    description:
      'True for servers with Elasticsearch’s bootstrap checks: single-node discovery and a loopback transport switch the need off.',
  }),
  settingPrefixes: z
    .array(prefix)
    .default([])
    .meta({ description: 'What the image puts before the upper-case name of a setting, such as `ES_`.' }),
  programs: z
    .array(fileName)
    .default([])
    .meta({ description: 'Programs that start the server, without their folder.' }),
  tools: z.array(fileName).default([]).meta({
    description: 'Command-line tools in the server’s image: a container that runs only these is no server.',
  }),
  clientNames: z.array(variableWord).default([]).meta({
    description: 'What the variables of its clients call it: `ES` stands for `ES_URL`, `APP_ES_HOSTS` and the like.',
  }),
  toolWords: z
    .strictObject({
      anywhere: z
        .array(nameWord)
        .default([])
        .meta({ description: 'Words that make a repository name a tool’s, wherever they stand in it.' }),
      whole: z
        .array(nameWord)
        .default([])
        .meta({ description: 'Short ones, which count only between `-`, `_`, `.` or the ends.' }),
    })
    .prefault({}),
  versions: z
    .array(
      z.strictObject({
        images: z.array(pattern).min(1).meta({ description: 'Their patterns.' }),
        tags: z.array(tagForm).optional().meta({
          description:
            'How their tags hold it, with `{version}` in its place (or `{digits}`: 742 is 7.4.2); at the start when absent.',
        }),
        from: version.optional().meta({
          description: 'The first version that was published there: a lower number counts something else.',
        }),
      }),
    )
    .default([])
    .meta({ description: 'Images whose tags are the product’s version; of all others the version is not known.' }),
  checkedAtStart: z.array(pattern).default([]).meta({
    description: 'Images whose start script checks the value itself, so that single-node discovery does not excuse.',
  }),
  dottedSettings: z
    .array(pattern)
    .default([])
    .meta({ description: 'Images that read a setting only under its dotted name.' }),
  notRoot: z
    .array(
      z.strictObject({
        images: z.array(pattern).min(1).meta({ description: 'Their patterns.' }),
        from: version.optional().meta({ description: 'First version that does; all when absent.' }),
      }),
    )
    .default([])
    .meta({ description: 'Images that are known to run as another user than root.' }),
  crashLines: z
    .array(
      z.strictObject({
        words: crashWords.meta({ description: 'The words; `*` stands for any characters.' }),
        source: word.optional().meta({ description: 'Where they were seen.' }),
      }),
    )
    .default([])
    .meta({
      description: 'What the product writes in one line of its log when it stops because the value is too low.',
    }),
  source: word.optional().meta({ description: 'Where the number comes from.' }),
});

/** A catalogue row with every default filled in. */
export type Workload = z.output<typeof workloadSchema>;

/** A catalogue row as it is written: only `name` and `required` must be there. */
export type WorkloadInput = Pick<Workload, 'name' | 'required'> &
  Partial<Omit<Workload, 'hints'>> & { hints?: Partial<Workload['hints']> };
