import * as z from 'zod/mini';
import { described } from './described.ts';
import { parsePattern } from './image.ts';
import { HIGHEST, LOWEST } from './kernel-range.ts';

const name = z.string().check(z.regex(/^[a-z0-9-]+$/, 'must consist of a-z, 0-9 and -'));
const word = z.string().check(z.minLength(1));
const value = z.int().check(z.minimum(LOWEST), z.maximum(HIGHEST));
const version = z.string().check(z.regex(/^\d+(\.\d+)*$/, 'must be a version such as "8.16", in quotes'));
const pattern = z
  .string()
  .check(
    z.refine(
      (text) => parsePattern(text) !== undefined,
      'must be [path/]repository[:tag-glob], with * as the only wildcard',
    ),
  );

const fileName = z.string().check(z.regex(/^[\w.-]+$/, 'must be the name of a program without its folder'));
const prefix = z
  .string()
  .check(z.regex(/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_$/, 'must be upper case and end in _, such as "ES_"'));
const variableWord = z
  .string()
  .check(z.maxLength(20))
  .check(z.regex(/^[A-Z][A-Z0-9]*$/, 'must be one word in upper case, such as "ES"'));
const nameWord = z.string().check(z.regex(/^[a-z0-9-]+$/, 'must be a word of a-z, 0-9 and -'));
const tagForm = z
  .string()
  .check(
    z.regex(
      /^[\w.*-]*\{(?:version|digits)\}[\w.*-]*$/,
      'must be a tag with {version} or {digits} in the place of the version, such as "be-{version}*"',
    ),
  )
  .check(z.refine((text) => text.split('*').length <= 3, 'must not have more than two *'));
const crashWords = z
  .string()
  .check(z.maxLength(200))
  .check(
    z.regex(
      /^[^*\s].*max_map_count/,
      'must begin with a word and name max_map_count, so that no other crash is taken for it',
    ),
  )
  .check(z.refine((text) => text.split('*').length <= 5, 'must not have more than four *'));
const from = described(z.optional(version), 'First version of the range; from the beginning when absent.');
const range = z.strictObject({
  from,
  before: described(z.optional(version), 'First version after the range; up to the newest when absent.'),
});

/** The schema of one catalogue row, built in or the administrator's; the sentences are those of the documents. */
export const workloadSchema = z.strictObject({
  name: described(name, 'Name of the row: a-z, 0-9 and `-`.'),
  title: described(z.optional(word), 'The product’s name for people; the row’s name when absent.'),
  images: described(
    z._default(z.array(pattern), []),
    'Repository patterns `[path/]repository[:tag-glob]`. A `*` in the repository makes it a name rule.',
  ),
  notImages: described(
    z._default(z.array(pattern), []),
    'Patterns of look-alikes: a veto for images that also match `images`.',
  ),
  env: described(
    z._default(z.array(word), []),
    'Settings that only the server reads: variables, or names in its arguments.',
  ),
  mounts: described(z._default(z.array(z.string().check(z.startsWith('/'))), []), 'Where the server keeps its data.'),
  labels: described(
    z._default(z.record(word, word), {}),
    'Pod labels that an operator sets, with the value; `*` stands for any characters.',
  ),
  hints: z.prefault(
    z.strictObject({
      env: described(z._default(z.array(word), []), 'Variables that the server reads, but its command-line tools too.'),
      ports: described(
        z._default(z.array(z.array(z.int().check(z.minimum(1), z.maximum(65_535))).check(z.minLength(1))), []),
        'Sets of ports; a whole set of two or more says more than one of its ports.',
      ),
      containers: described(
        z._default(z.array(word), []),
        'What the container, or `app.kubernetes.io/name`, is usually called.',
      ),
      images: described(
        z._default(z.array(pattern), []),
        'Short repository names that the product goes by, and other things too. A hint.',
      ),
      versionLabel: described(z.optional(word), 'Pod label that holds the product’s version.'),
    }),
    {},
  ),
  required: described(value, 'The value below which the product refuses to start.'),
  earlier: described(
    z._default(
      z.array(
        z.strictObject({
          from,
          before: described(version, 'First version after the range.'),
          required: described(
            z.union([z.literal(0), value]),
            'The number for the range; 0 when these versions need nothing.',
          ),
        }),
      ),
      [],
    ),
    'Version ranges with another number; the first that fits counts.',
  ),
  recommended: z.optional(
    z.strictObject({
      value: described(value, 'The higher value that the vendor asks for; used with `level: recommended`.'),
      since: described(z.optional(version), 'First version that it is recommended for; all when absent.'),
    }),
  ),
  notRequired: described(
    z._default(
      z.array(
        z.strictObject({
          setting: described(word, 'Dotted name of the setting.'),
          value: described(word, 'The value that switches the need off, in lower case.'),
          versions: described(
            z.optional(z.array(range)),
            'Version ranges that read the setting; all versions when absent.',
          ),
        }),
      ),
      [],
    ),
    'Settings that let the server start at any value.',
  ),
  bootstrapChecks: described(
    z._default(z.boolean(), false),
    'True for servers with Elasticsearch’s bootstrap checks: single-node discovery and a loopback transport switch the need off.',
  ),
  settingPrefixes: described(
    z._default(z.array(prefix), []),
    'What the image puts before the upper-case name of a setting, such as `ES_`.',
  ),
  programs: described(z._default(z.array(fileName), []), 'Programs that start the server, without their folder.'),
  tools: described(
    z._default(z.array(fileName), []),
    'Command-line tools in the server’s image: a container that runs only these is no server.',
  ),
  clientNames: described(
    z._default(z.array(variableWord), []),
    'What the variables of its clients call it: `ES` stands for `ES_URL`, `APP_ES_HOSTS` and the like.',
  ),
  toolWords: z.prefault(
    z.strictObject({
      anywhere: described(
        z._default(z.array(nameWord), []),
        'Words that make a repository name a tool’s, wherever they stand in it.',
      ),
      whole: described(
        z._default(z.array(nameWord), []),
        'Short ones, which count only between `-`, `_`, `.` or the ends.',
      ),
    }),
    {},
  ),
  versions: described(
    z._default(
      z.array(
        z.strictObject({
          images: described(z.array(pattern).check(z.minLength(1)), 'Their patterns.'),
          tags: described(
            z.optional(z.array(tagForm)),
            'How their tags hold it, with `{version}` in its place (or `{digits}`: 742 is 7.4.2); at the start when absent.',
          ),
          from: described(
            z.optional(version),
            'The first version that was published there: a lower number counts something else.',
          ),
        }),
      ),
      [],
    ),
    'Images whose tags are the product’s version; of all others the version is not known.',
  ),
  checkedAtStart: described(
    z._default(z.array(pattern), []),
    'Images whose start script checks the value itself, so that single-node discovery does not excuse.',
  ),
  dottedSettings: described(z._default(z.array(pattern), []), 'Images that read a setting only under its dotted name.'),
  notRoot: described(
    z._default(
      z.array(
        z.strictObject({
          images: described(z.array(pattern).check(z.minLength(1)), 'Their patterns.'),
          from: described(z.optional(version), 'First version that does; all when absent.'),
        }),
      ),
      [],
    ),
    'Images that are known to run as another user than root.',
  ),
  crashLines: described(
    z._default(
      z.array(
        z.strictObject({
          words: described(crashWords, 'The words; `*` stands for any characters.'),
          source: described(z.optional(word), 'Where they were seen.'),
        }),
      ),
      [],
    ),
    'What the product writes in one line of its log when it stops because the value is too low.',
  ),
  source: described(z.optional(word), 'Where the number comes from.'),
});

/** A catalogue row with every default filled in. */
export type Workload = z.output<typeof workloadSchema>;

/** A catalogue row as it is written: only `name` and `required` must be there. */
export type WorkloadInput = Pick<Workload, 'name' | 'required'> &
  Partial<Omit<Workload, 'hints'>> & { hints?: Partial<Workload['hints']> };
