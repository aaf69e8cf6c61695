import { builtInWorkloads } from '../../src/core/catalogue.ts';
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

/** The words that make a repository name a tool's; every row has them among its look-alikes. */
export function toolWords(): string {
  const inside = sharedLookAlikes().flatMap((pattern) => /^\*([^*]+)\*$/.exec(pattern)?.[1] ?? []);
  const whole = sharedLookAlikes().flatMap((pattern) => /^([^*]+)-\*$/.exec(pattern)?.[1] ?? []);
  const anywhere = inside.filter((word) => !/^[-_]/.test(word));
  return table(
    ['where in the name', 'words'],
    [
      ['anywhere', codes(anywhere)],
      ['as a whole word, between `-` or `_` or at an end', codes(whole)],
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

function sharedLookAlikes(): string[] {
  const [first, ...others] = builtInWorkloads;
  return (first?.notImages ?? []).filter((pattern) => others.every(({ notImages }) => notImages.includes(pattern)));
}

function detailsOf(row: Workload): string[] {
  const shared = sharedLookAlikes();
  const published = row.images.filter((pattern) => !isNameRule(pattern));
  const labels = Object.entries(row.labels).map(([label, value]) => `${label}: ${value}`);
  const ports = row.hints.ports.map((set) => code(set.join(' + '))).join(', ');
  const off = row.notRequired.map(switchOf).join(', ');
  const items: readonly (readonly [string, string])[] = [
    ['published images', codes(published)],
    ['name rule', codes(row.images.filter(isNameRule))],
    ['look-alikes besides the tool words', codes(row.notImages.filter((pattern) => !shared.includes(pattern)))],
    ['settings (`env`, `argument`)', codes(row.env)],
    ['data (`mount`)', codes(row.mounts)],
    ['operator labels (`label`)', codes(labels)],
    ['`env-hint`', codes(row.hints.env)],
    ['`ports`', ports],
    ['`container-name`, `app-label`', codes(row.hints.containers)],
    ['`image-hint`', codes(row.hints.images)],
    ['not required with', `${off}${row.bootstrapChecks ? ', single-node discovery, a loopback transport' : ''}`],
  ];
  return items.filter(([, value]) => value !== '').map(([name, value]) => `- ${name}: ${value}`);
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
