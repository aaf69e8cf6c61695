import { builtInWorkloads } from '../../src/core/catalogue.ts';
import { TOOL_WORDS } from '../../src/core/tool-words.ts';
import type { Workload } from '../../src/core/workload.ts';
import { code, codes, table } from './markdown.ts';

/** The numbers of every built-in row. */
export function catalogueTable(): string {
  const rows = builtInWorkloads.map((row) => [
    code(row.name),
    titleOf(row),
    String(row.required),
    row.earlier.map(earlierOf).join('; '),
    recommendedOf(row),
    row.source === undefined ? '' : `[source](${row.source})`,
  ]);
  return table(['row', 'product', 'required', 'earlier versions', 'recommended', 'number from'], rows);
}

/** What is required and recommended per product, for the front page; the headings are the page's language. */
export function productTable(headings: readonly [string, string, string]): string {
  return table(
    headings,
    builtInWorkloads.map((row) => [
      titleOf(row),
      String(row.required),
      row.recommended ? String(row.recommended.value) : '',
    ]),
  );
}

/** Everything else that a built-in row holds. */
export function rowDetails(): string {
  return builtInWorkloads
    .map((row) => `**${titleOf(row)}** (${code(row.name)})\n\n${detailsOf(row).join('\n')}`)
    .join('\n\n');
}

/** The words that make a repository name a tool's; the built-in rows share them. */
export function toolWords(): string {
  return table(
    ['where in the name', 'words'],
    [
      ['anywhere', codes(TOOL_WORDS.anywhere)],
      ['as a whole word, between `-`, `_`, `.` or at an end', codes(TOOL_WORDS.whole)],
    ],
  );
}

function titleOf({ title, name }: Workload): string {
  return title ?? name;
}

function earlierOf({ from, before, required }: Workload['earlier'][number]): string {
  const range = from === undefined ? `before ${before}` : `${from} to before ${before}`;
  return `${range}: ${required === 0 ? 'none' : required}`;
}

function recommendedOf({ recommended }: Workload): string {
  if (!recommended) return '';
  return recommended.since === undefined
    ? String(recommended.value)
    : `${recommended.value} since ${recommended.since}`;
}

type Detail = readonly [name: string, value: string];
type Details<Keys extends string> = Record<Keys, (row: Workload) => readonly Detail[]>;

// What the catalogue's table shows, and where the number comes from.
type InTable = 'name' | 'title' | 'required' | 'earlier' | 'recommended' | 'source';

// By key, so that the compiler asks for the words of a new one.
const HINT_DETAILS: Details<keyof Workload['hints']> = {
  env: ({ hints }) => [['`env-hint`', codes(hints.env)]],
  ports: ({ hints }) => [['`ports`', hints.ports.map((set) => code(set.join(' + '))).join(', ')]],
  containers: ({ hints }) => [['`container-name`, `app-label`', codes(hints.containers)]],
  images: ({ hints }) => [['`image-hint`', codes(hints.images)]],
  versionLabel: ({ hints }) => [['label of the version', codes(hints.versionLabel ? [hints.versionLabel] : [])]],
};

const ROW_DETAILS: Details<Exclude<keyof Workload, InTable>> = {
  images: ({ images }) => [
    ['published images', codes(images.filter((pattern) => !isNameRule(pattern)))],
    ['name rule', codes(images.filter(isNameRule))],
  ],
  notImages: ({ notImages }) => [['look-alikes besides the tool words', codes(notImages)]],
  // They have a table of their own.
  toolWords: () => [],
  versions: ({ versions }) => [['images whose tags are its version', versions.map(versionsOf).join('; ')]],
  env: ({ env }) => [['settings (`env`, `argument`)', codes(env)]],
  mounts: ({ mounts }) => [['data (`mount`)', codes(mounts)]],
  labels: ({ labels }) => [
    ['operator labels (`label`)', codes(Object.entries(labels).map(([label, value]) => `${label}: ${value}`))],
  ],
  hints: (row) => Object.values(HINT_DETAILS).flatMap((details) => details(row)),
  programs: ({ programs }) => [['programs that start it', codes(programs)]],
  tools: ({ tools }) => [['tools in its image (`tool-command`)', codes(tools)]],
  settingPrefixes: ({ settingPrefixes }) => [['settings as variables begin with', codes(settingPrefixes)]],
  clientNames: ({ clientNames }) => [['its clients call it (`client-setting`)', codes(clientNames)]],
  notRequired: ({ notRequired, bootstrapChecks }) => {
    const checks = bootstrapChecks ? ['single-node discovery', 'a loopback transport'] : [];
    return [['not required with', [...notRequired.map(switchOf), ...checks].join(', ')]];
  },
  bootstrapChecks: () => [],
  checkedAtStart: ({ checkedAtStart }) => [
    ['images that check in any case, so that these do not excuse', codes(checkedAtStart)],
  ],
  dottedSettings: ({ dottedSettings }) => [['images that read dotted names only', codes(dottedSettings)]],
  notRoot: ({ notRoot }) => [
    ['images that do not run as root', notRoot.map(({ images, from }) => userOf(images, from)).join('; ')],
  ],
  crashLines: ({ crashLines }) => [
    ['says when the value is too low', crashLines.map(({ words, source }) => linked(words, source)).join(', ')],
  ],
};

function linked(words: string, source: string | undefined): string {
  return source === undefined ? code(words) : `${code(words)} ([source](${source}))`;
}

function detailsOf(row: Workload): string[] {
  const items = Object.values(ROW_DETAILS).flatMap((details) => details(row));
  return items.filter(([, value]) => value !== '').map(([name, value]) => `- ${name}: ${value}`);
}

function versionsOf({ images, tags, from }: Workload['versions'][number]): string {
  const form = tags === undefined ? '' : ` as ${codes(tags)}`;
  return `${codes(images)}${form}${from === undefined ? '' : ` from ${from} on`}`;
}

function userOf(images: readonly string[], from: string | undefined): string {
  return from === undefined ? codes(images) : `${codes(images)} from ${from} on`;
}

function switchOf({ setting, value, versions = [] }: Workload['notRequired'][number]): string {
  const ranges = versions.map(({ from, before }) => {
    return [from === undefined ? '' : `from ${from}`, before === undefined ? '' : `before ${before}`].join(' ').trim();
  });
  return `${code(`${setting}=${value}`)}${ranges.length > 0 ? ` (${ranges.join('; ')})` : ''}`;
}

function isNameRule(pattern: string): boolean {
  return (pattern.split(':')[0] ?? '').includes('*');
}
