import { highest, lowest } from './extremes.ts';
import { get, isObject, type Json, type JsonObject, objects, strings, text } from './json.ts';
import type { Operation } from './operation.ts';
import type { Placement } from './placement.ts';
import type { Pod } from './pod.ts';
import type { Settings } from './settings.ts';

type NodeAffinitySettings = Settings['nodeAffinity'];

/** The field of a node affinity's requirements. */
export const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
/** The field of a node affinity's preferences. */
export const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

/** The largest value that every node the pod may be scheduled to is labelled with at least; undefined when nothing says so. */
export function guaranteedBySelection(pod: Pod, label: string): number | undefined {
  const selected = integer(get(get(pod.spec, 'nodeSelector'), label));
  const terms = termsOf(pod).filter(matchesSomething);
  const perTerm = terms.map((term) => guaranteeOf(term, label));
  const byTerms = terms.length > 0 && perTerm.every((value) => value !== undefined) ? lowest(perTerm) : undefined;
  return selected === undefined ? byTerms : Math.max(selected, byTerms ?? selected);
}

/** Why a required affinity cannot be added without making the pod unschedulable, or undefined when it can. */
export function obstacle(pod: Pod, label: string, value: number): 'contradiction' | 'matches-nothing' | undefined {
  const selected = get(get(pod.spec, 'nodeSelector'), label);
  if (selected !== undefined && (integer(selected) ?? 0) < value) return 'contradiction';
  const terms = termsOf(pod);
  if (terms.length === 0) return undefined;
  const matching = terms.filter(matchesSomething);
  if (matching.length === 0) return 'matches-nothing';
  return matching.every((term) => expressionsOn(term, label).some((expression) => excludes(expression, value)))
    ? 'contradiction'
    : undefined;
}

/**
 * How affinity can be added. A pod that nobody re-creates from a template keeps the lists that its author wrote: whoever
 * compares it with them, an operator or `kubectl apply`, would find it changed for ever. A list of its own can be added, so
 * where only the other one is taken, a preference takes the place of the requirement; undefined where both are.
 */
export function affinityMode(
  pod: Pod,
  { isFromTemplate }: Pick<Placement, 'isFromTemplate'>,
  wanted: NodeAffinitySettings['mode'],
): NodeAffinitySettings['mode'] | undefined {
  if (isFromTemplate) return wanted;
  const isTaken = objects(nodeAffinityOf(pod), PREFERRED).length > 0;
  if (wanted === 'required' && termsOf(pod).length === 0) return wanted;
  return isTaken ? undefined : 'preferred';
}

/** True when the pod already prefers, with our weight and expression, nodes that are prepared for `value`. */
export function prefersPrepared(pod: Pod, label: string, value: number): boolean {
  return objects(nodeAffinityOf(pod), PREFERRED).some(({ weight, preference }) => {
    return (
      weight === 100 &&
      expressionsOn(preference, label).some((expression) => guaranteeOfExpression(expression) === value)
    );
  });
}

/** The operations that send the pod to nodes prepared for `value`, parents first; nothing that is there is removed. */
export function affinityOperations(pod: Pod, value: number, { label, mode }: NodeAffinitySettings): Operation[] {
  const expression = { key: label, operator: 'Gt', values: [String(value - 1)] };
  return mode === 'preferred'
    ? preferenceOperations(pod, { weight: 100, preference: { matchExpressions: [expression] } })
    : termOperations(pod, label, value, expression);
}

function preferenceOperations(pod: Pod, preference: Json): Operation[] {
  const list = get(nodeAffinityOf(pod), PREFERRED);
  if (Array.isArray(list))
    return [{ op: 'add', path: `/spec/affinity/nodeAffinity/${PREFERRED}/-`, value: preference }];
  return [addWithParents(pod.spec, ['affinity', 'nodeAffinity', PREFERRED], [preference])];
}

// Terms are alternatives: one left without our expression would let the pod onto any node that it matches. An empty term
// matches no node and must go on matching none.
function termOperations(pod: Pod, label: string, value: number, expression: Json): Operation[] {
  const path = `/spec/affinity/nodeAffinity/${REQUIRED}/nodeSelectorTerms`;
  const terms = get(get(nodeAffinityOf(pod), REQUIRED), 'nodeSelectorTerms');
  if (!Array.isArray(terms) || terms.length === 0) {
    const term = { matchExpressions: [expression] };
    return [addWithParents(pod.spec, ['affinity', 'nodeAffinity', REQUIRED, 'nodeSelectorTerms'], [term])];
  }
  return terms.flatMap((existing, index): Operation[] => {
    if (!matchesSomething(existing) || (guaranteeOf(existing, label) ?? 0) >= value) return [];
    const list = get(existing, 'matchExpressions');
    return Array.isArray(list)
      ? [{ op: 'add', path: `${path}/${index}/matchExpressions/-`, value: expression }]
      : [{ op: 'add', path: `${path}/${index}/matchExpressions`, value: [expression] }];
  });
}

/** One `add` under /spec that puts `value` at `keys`, creating the parents that are absent or null. */
function addWithParents(spec: JsonObject, keys: readonly string[], value: Json): Operation {
  let parent = spec;
  let depth = 0;
  for (const key of keys.slice(0, -1)) {
    const next = get(parent, key);
    if (!isObject(next)) break;
    parent = next;
    depth += 1;
  }
  const built = keys.slice(depth + 1).reduceRight<Json>((inner, key) => ({ [key]: inner }), value);
  return { op: 'add', path: `/spec/${keys.slice(0, depth + 1).join('/')}`, value: built };
}

function nodeAffinityOf(pod: Pod): Json | undefined {
  return get(get(pod.spec, 'affinity'), 'nodeAffinity');
}

function termsOf(pod: Pod): JsonObject[] {
  return objects(get(nodeAffinityOf(pod), REQUIRED), 'nodeSelectorTerms');
}

// kubernetes/component-helpers nodeaffinity: a term without expressions and fields matches no object.
function matchesSomething(term: Json): boolean {
  return objects(term, 'matchExpressions').length > 0 || objects(term, 'matchFields').length > 0;
}

function expressionsOn(term: unknown, label: string): JsonObject[] {
  return objects(term, 'matchExpressions').filter((expression) => text(expression, 'key') === label);
}

function guaranteeOf(term: Json, label: string): number | undefined {
  const values = expressionsOn(term, label).flatMap((expression) => guaranteeOfExpression(expression) ?? []);
  return highest(values);
}

function guaranteeOfExpression(expression: JsonObject): number | undefined {
  const written = strings(expression, 'values');
  const values = written.flatMap((value) => integer(value) ?? []);
  const least = lowest(values);
  if (least === undefined || values.length < written.length) return undefined;
  const operator = text(expression, 'operator');
  return operator === 'Gt' ? least + 1 : operator === 'In' ? least : undefined;
}

function excludes(expression: JsonObject, value: number): boolean {
  const values = strings(expression, 'values').map(integer);
  switch (text(expression, 'operator')) {
    case 'DoesNotExist':
      return true;
    case 'Lt':
      return (values[0] ?? 0) <= value;
    case 'In':
      return values.every((allowed) => (allowed ?? 0) < value);
    default:
      return false;
  }
}

// A node label counts when it is a plain decimal integer, as the scheduler's Gt reads it (strconv.ParseInt).
function integer(value: Json | undefined): number | undefined {
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}
