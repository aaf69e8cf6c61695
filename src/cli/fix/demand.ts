import type { Decision } from '../../core/decision.ts';
import { evaluate } from '../../core/evaluate.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Settings } from '../../core/settings.ts';
import { targetOf } from '../../core/version.ts';

/** What a pod needs of its node. */
export interface Demand {
  /** The value that is enough; 0 when nothing says that the pod needs one. */
  readonly value: number;
  /** True when the value of the node does not reach the pod, which runs on a kernel of its own. */
  readonly hasOwnKernel: boolean;
}

/** What is known of a pod. */
interface Known {
  readonly decision: Decision;
  /** What it said when it crashed; undefined when it does not crash. */
  readonly crash: Words | undefined;
}

/** The line of a log about the value, and the catalogue rows whose words it has. */
interface Words {
  readonly line: string | undefined;
  readonly rows: readonly string[];
}

/** The webhook's own decision on a pod, where it may add its container. */
export function decisionOn(pod: JsonObject, settings: Settings): Decision {
  return evaluate(pod, { strategy: 'init-container' }, { ...settings, mode: 'enforce' });
}

/**
 * What a pod needs: by the webhook's own decision, or by the line of its log. A tenant writes that line, so it only chooses
 * among the values of the catalogue and cannot ask for another number.
 */
export function demandOf(pod: JsonObject, { decision, crash }: Known, settings: Settings): Demand {
  const line = crash?.line;
  const decided = decision.decision === 'patch' || line !== undefined ? (decision.value ?? 0) : 0;
  const asked = line === undefined ? 0 : askedBy(line, decided > 0 ? [] : (crash?.rows ?? []), settings);
  // Choosing a node is of no use to a guest kernel, and neither is changing one.
  const hasOwnKernel = evaluate(pod, { strategy: 'node-affinity' }, settings).reason === 'sandboxed';
  return { value: Math.max(decided, asked), hasOwnKernel };
}

// Longer numbers are no value of the kernel's.
const NUMBER = /\d{1,10}/g;

// The number of the line, if the catalogue knows it; else the least that one of the products with these words needs.
function askedBy(line: string, names: readonly string[], { catalogue, level }: Settings): number {
  const targets = catalogue.rows.map((row) => {
    return { name: row.name, values: [row.required, targetOf(row, undefined, level)] };
  });
  const known = new Set(targets.flatMap(({ values }) => values));
  const named = (line.match(NUMBER) ?? []).map(Number).filter((number) => known.has(number));
  if (named.length > 0) return Math.max(...named);
  const least = targets.filter(({ name }) => names.includes(name)).map(({ values }) => Math.max(...values));
  return least.length > 0 ? Math.min(...least) : 0;
}
