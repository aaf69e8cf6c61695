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
  const isNeedy = decision.decision === 'patch' || crash?.line !== undefined;
  const decided = isNeedy ? (decision.value ?? 0) : 0;
  const value = crash?.line === undefined ? decided : toldBy({ line: crash.line, rows: crash.rows }, decided, settings);
  // Choosing a node is of no use to a guest kernel, and neither is changing one.
  const hasOwnKernel = evaluate(pod, { strategy: 'node-affinity' }, settings).reason === 'sandboxed';
  return { value, hasOwnKernel };
}

// The highest number of the line is what the product asks for: the other one is what the node has, and is too low.
function toldBy(
  { line, rows: names }: Words & { line: string },
  decided: number,
  { catalogue, level }: Settings,
): number {
  const targets = catalogue.rows.map((row) => ({ name: row.name, value: targetOf(row, undefined, level) }));
  const asked = Math.max(0, ...(line.match(/\d+/g) ?? []).map(Number));
  const ofRows = targets.filter(({ name }) => names.includes(name)).map(({ value }) => value);
  const base = decided > 0 ? decided : asked === 0 && ofRows.length > 0 ? Math.min(...ofRows) : 0;
  if (base > 0 && asked <= base) return base;
  const enough = [...catalogue.rows.map((row) => row.required), ...targets.map(({ value }) => value)];
  const least = Math.min(...enough.filter((value) => value >= asked));
  return Number.isFinite(least) ? least : 0;
}
