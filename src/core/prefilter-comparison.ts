// A prefilter that is older than the catalogue hides pods from the webhook: nobody is told. This finds it.
import type { CatalogueRow } from './catalogue-row.ts';
import { FIXED_CONDITIONS, type MatchCondition } from './match-conditions.ts';
import { PREFILTER, PREFILTER_TEXT, prefilterOf } from './prefilter.ts';

/** How the conditions of a registered entry for pods stand to what the catalogue in force needs. */
export interface ConditionComparison {
  readonly prefilter: /** As it would be rendered now. */
    | 'same'
    /** There is none: every pod is sent to the webhook. */
    | 'absent'
    /** It knows all that is needed, and more. */
    | 'wider'
    /** It does not know some words of the rows in force: pods are missed. */
    | 'narrower'
    /** Its text is not the one that this version makes, so that nobody can say; treat it as narrower. */
    | 'unknown';
  /** The words that it does not know. */
  readonly missing: readonly string[];
  /** Why no prefilter can be made of the rows in force; one that is registered is then `narrower`. */
  readonly inexpressible: string | undefined;
  /** Conditions that are neither ours nor the same as ours: the administrator's own, each of which can only hide pods. */
  readonly others: readonly string[];
}

/** Compares what is registered for one entry with what these rows need. */
export function compareMatchConditions(
  registered: readonly MatchCondition[],
  rows: readonly CatalogueRow[],
): ConditionComparison {
  const needed = prefilterOf(rows);
  const found = registered.find(({ name }) => name === PREFILTER);
  const others = registered.filter((each) => each !== found && !isFixed(each)).map(({ name }) => name);
  const inexpressible = needed.ok ? undefined : needed.problem;
  const rest = { inexpressible, others };
  if (found === undefined) return { prefilter: 'absent', missing: [], ...rest };
  if (!needed.ok) return { prefilter: 'narrower', missing: [], ...rest };
  if (plain(found.expression) === plain(needed.expression)) return { prefilter: 'same', missing: [], ...rest };
  const [has, needs] = [wordsIn(found.expression), wordsIn(needed.expression)];
  if (has === undefined || needs === undefined) return { prefilter: 'unknown', missing: [], ...rest };
  const missing = [...needs].flatMap(([slot, words]) => words.filter((word) => !isKnown(slot, word, has)));
  return { prefilter: missing.length > 0 ? 'narrower' : 'wider', missing, ...rest };
}

function isFixed({ name, expression }: MatchCondition): boolean {
  return FIXED_CONDITIONS.some((fixed) => fixed.name === name && plain(fixed.expression) === plain(expression));
}

// Whoever stores or prints an expression may fold its lines.
function plain(expression: string): string {
  return expression.replace(/\s+/g, ' ').trim();
}

type Words = ReadonlyMap<string, readonly string[]>;

// What stands in the places of the lists; undefined when the text around them is another one.
function wordsIn(expression: string): Words | undefined {
  const text = plain(expression);
  const [head = '', ...rest] = plain(PREFILTER_TEXT).split('%');
  if (!text.startsWith(head)) return undefined;
  const words = new Map<string, string[]>();
  let at = head.length;
  // Names of lists and the text between them take turns.
  for (let index = 0; index < rest.length; index += 2) {
    const [slot = '', between = ''] = rest.slice(index, index + 2);
    const end = index + 2 === rest.length ? text.length - between.length : text.indexOf(between, at);
    if (end < at || !text.startsWith(between, end)) return undefined;
    words.set(slot, itemsOf(slot, text.slice(at, end)));
    at = end + between.length;
  }
  return words;
}

function itemsOf(slot: string, text: string): string[] {
  const separator = slot.startsWith('IMAGE_') ? '|' : slot === 'LABELS' ? /,\s*(?=\[)/ : /,\s*/;
  return text
    .split(separator)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function isKnown(slot: string, word: string, registered: Words): boolean {
  if (registered.get(slot)?.includes(word)) return true;
  const isImage = slot.startsWith('IMAGE_');
  return isImage && registered.get('IMAGE_PARTS')?.some((part) => word.includes(part)) === true;
}
