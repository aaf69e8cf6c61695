// A prefilter that is older than the catalogue hides pods from the webhook: nobody is told. This finds it.
import type { CatalogueRow } from './catalogue-row.ts';
import { NEVER_MATCHES } from './cel.ts';
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
  const missing = needs.filter((each) => !isKnown(each, has)).map(({ word }) => word);
  return { prefilter: missing.length > 0 ? 'narrower' : 'wider', missing, ...rest };
}

function isFixed({ name, expression }: MatchCondition): boolean {
  return FIXED_CONDITIONS.some((fixed) => fixed.name === name && plain(fixed.expression) === plain(expression));
}

// Whoever stores or prints an expression may fold its lines.
function plain(expression: string): string {
  return expression.replace(/\s+/g, ' ').trim();
}

interface Word {
  readonly slot: string;
  readonly word: string;
}

// What stands in the places of the lists; undefined when the text around them is another one.
function wordsIn(expression: string): Word[] | undefined {
  const pattern = plain(PREFILTER_TEXT)
    .split('%')
    .map((part, index) => (index % 2 === 0 ? part.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : `(?<${part}>.*?)`))
    // A list without words is a line less.
    .join(' *');
  const lists = new RegExp(`^${pattern}$`).exec(plain(expression))?.groups;
  return lists && Object.entries(lists).flatMap(([slot, text]) => itemsOf(slot, text).map((word) => ({ slot, word })));
}

function itemsOf(slot: string, text: string): string[] {
  const separator = slot.startsWith('IMAGE_') ? '|' : slot === 'LABELS' ? /,\s*(?=\[)/ : /,\s*/;
  const items = text.split(separator).map((item) => item.trim());
  return items.filter((item) => item !== '' && item !== NEVER_MATCHES);
}

function isKnown({ slot, word }: Word, registered: readonly Word[]): boolean {
  const isImage = slot.startsWith('IMAGE_');
  const isSame = (other: Word) => other.slot === slot && other.word === word;
  return registered.some((other) => isSame(other) || (isImage && covers(other, word)));
}

function covers({ slot, word: part }: Word, word: string): boolean {
  return slot === 'IMAGE_PARTS' && word.includes(part);
}
