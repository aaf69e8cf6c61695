import type { Decision } from '../../core/decision.ts';
import { evaluate } from '../../core/evaluate.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Settings } from '../../core/settings.ts';
import { targetOf } from '../../core/version.ts';
import type { Crash } from '../doctor/crash.ts';

/** What a pod that crashes needs of its node. */
export interface Demand {
  /** The value that is enough; 0 when nothing says that the pod needs one. */
  readonly value: number;
  /** True when the value of the node does not reach the pod, which runs on a kernel of its own. */
  readonly hasOwnKernel: boolean;
  readonly decision: Decision;
}

/**
 * What a pod needs: by the webhook's own decision, or by the line of its log. A tenant writes that line, so it only chooses
 * among the values of the catalogue and cannot ask for another number.
 */
export function demandOf(pod: JsonObject, crash: Pick<Crash, 'line' | 'rows'> | undefined, settings: Settings): Demand {
  const enforced: Settings = { ...settings, mode: 'enforce' };
  const decision = evaluate(pod, { strategy: 'init-container' }, enforced);
  // Choosing a node is of no use to a guest kernel, and neither is changing one.
  const hasOwnKernel = evaluate(pod, { strategy: 'node-affinity' }, enforced).reason === 'sandboxed';
  const decided = decision.decision === 'patch' || crash !== undefined ? (decision.value ?? 0) : 0;
  return {
    value: Math.max(decided, crash === undefined ? 0 : askedBy(crash, decided, settings)),
    hasOwnKernel,
    decision,
  };
}

// Longer numbers are no value of the kernel's.
const NUMBER = /\d{1,10}/g;

// The number of the line, if the catalogue knows it; else the least that one of the products with these words needs.
function askedBy(
  { line, rows: names }: Pick<Crash, 'line' | 'rows'>,
  decided: number,
  { catalogue, level }: Settings,
): number {
  const targets = catalogue.rows.map((row) => ({
    name: row.name,
    values: [row.required, targetOf(row, undefined, level)],
  }));
  const known = new Set(targets.flatMap(({ values }) => values));
  const numbers = (line.match(NUMBER) ?? []).map(Number);
  const named = numbers.filter((number) => known.has(number));
  if (named.length > 0 || decided > 0) return Math.max(0, ...named);
  // Less than it asks for is of no use, and more than a row has is nobody's to ask for.
  if (numbers.some((number) => number > Math.min(...known))) return 0;
  const least = targets.filter(({ name }) => names.includes(name)).map(({ values }) => Math.max(...values));
  return least.length > 0 ? Math.min(...least) : 0;
}
