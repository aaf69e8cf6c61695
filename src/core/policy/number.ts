import type { CatalogueRow } from '../catalogue-row.ts';
import { stringLiteral } from '../cel.ts';
import { compareVersions } from '../version.ts';
import { imageRegex } from './image-regex.ts';
import { digitsBelow, versionsBelow } from './version-regex.ts';

/** The highest number that a row can ask for. */
export function mostOf({ required, recommended, earlier }: CatalogueRow): number {
  return Math.max(required, recommended?.value ?? 0, ...earlier.map((range) => range.required));
}

/**
 * What a server of the row needs, by its version, as `requiredOf` and `targetOf` of src/core/version.ts. Negative where the
 * version cannot be told here.
 */
export function numberExpression(row: CatalogueRow, server: string): string {
  const { required, recommended, earlier } = row;
  const most = mostOf(row);
  const higher = recommended && Math.max(required, recommended.value);
  const now = higher === undefined ? `${required}` : `(variables.recommended ? ${higher} : ${required})`;
  const since = recommended?.since;
  const bounds: Bound[] = [
    // A version below the range's beginning would have to be told apart, too.
    ...earlier.map((range) => {
      return { when: '', bound: range.before, number: range.from === undefined ? range.required : -most };
    }),
    ...(since === undefined ? [] : [{ when: 'variables.recommended && ', bound: since, number: required }]),
  ];
  const subject = subjectExpression(row, server);
  const steps = stepsFor(row, bounds, now).flatMap(({ when, regexes, number }) => {
    return regexes.length > 0 ? [`${when}${subject}.matches(${stringLiteral(regexes.join('|'))}) ? ${number} :`] : [];
  });
  return [...steps, now].join('\n  ');
}

interface Bound {
  /** In which cases it matters, as the beginning of a condition. */
  readonly when: string;
  readonly bound: string;
  readonly number: number;
}

interface Step {
  readonly when: string;
  readonly regexes: readonly string[];
  readonly number: number | string;
}

// The operator's label, behind a line break that no image has, else the image.
function subjectExpression({ hints }: CatalogueRow, server: string): string {
  if (hints.versionLabel === undefined) return `${server}.image`;
  const label = `variables.labels[?${stringLiteral(hints.versionLabel)}].orValue('')`;
  return `(${label}.matches('^[0-9]{1,9}(?:[.][0-9]{1,9}){0,4}') ? '\\n' + ${label} : ${server}.image)`;
}

function stepsFor(row: CatalogueRow, bounds: readonly Bound[], now: string): Step[] {
  const first: Step[] = [];
  const last: Step[] = [];
  const unknown = new Set<string>();
  for (const { when, bound, number } of bounds) {
    const below = versionsBelow(bound);
    if (below === undefined) continue;
    const labelled = row.hints.versionLabel === undefined ? [] : [`^\\n${below}(?:[^0-9].*)?$`];
    const plain = row.versions.filter(({ tags = [] }) => tags.length === 0);
    const open = plain.filter(({ from }) => from === undefined).map(({ images }) => tagged(images, below));
    const begun = plain.filter(({ from }) => from !== undefined && compareVersions(from, bound) < 0);
    for (const { images, from = '' } of begun) {
      const earlier = versionsBelow(from);
      // Lower than the first version that was ever published there: a mirror's own count.
      if (earlier !== undefined) unknown.add(tagged(images, earlier));
    }
    first.push(
      { when, regexes: [...labelled, ...open], number },
      { when, regexes: formRegexes(row, bound, below), number: -mostOf(row) },
    );
    last.push({ when, regexes: begun.map(({ images }) => tagged(images, below)), number });
  }
  return [...first, { when: '', regexes: [...unknown], number: now }, ...last];
}

function tagged(images: readonly string[], below: string): string {
  return imageRegex(images, { tag: `:v?${below}(?:[-_+][^/@]*)?(?:@.*)?$` });
}

// Which of several forms a tag has decides on its version: any that would make it a lower one is a doubt.
function formRegexes({ versions }: CatalogueRow, bound: string, below: string): string[] {
  return versions.flatMap(({ images, tags = [] }) => {
    return tags.map((form) => {
      const regex = form.replaceAll('.', '[.]').replaceAll('*', '[^/@]*');
      const tag = regex.replace('{version}', below).replace('{digits}', digitsBelow(bound));
      return imageRegex(images, { tag: `:${tag}(?:@.*)?$` });
    });
  });
}
