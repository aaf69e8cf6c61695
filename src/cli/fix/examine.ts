import { get, objects, text } from '../../core/json.ts';
import type { Kube } from '../../kube.ts';
import { type Again, again } from './again.ts';
import { rolloutProblem } from './rollout.ts';
import type { Suspect } from './suspects.ts';

/** A suspect with what the API server says of it. */
export interface Examined extends Suspect {
  /** What would become of the pod if it were made anew. */
  readonly again: Again;
  /** Why it cannot be helped: nothing can run on its node, or a restart would not replace it. One line. */
  readonly obstacle: string | undefined;
}

/** Asks the API server about each suspect; pods of one workload are alike, so one is asked for all. */
export async function examine(kube: Kube, suspects: readonly Suspect[]): Promise<Examined[]> {
  const [outcomes, obstacles] = [new Map<string, Again>(), new Map<string, string | undefined>()];
  const examined: Examined[] = [];
  for (const suspect of suspects) {
    const { pod, controller, node, crash, demand } = suspect;
    const isNeedy = demand.value > 0;
    const outcome = outcomes.get(controller.name) ?? (isNeedy ? await again(kube, pod) : UNTOUCHED);
    outcomes.set(controller.name, outcome);
    const isCured = outcome.outcome === 'patched' && suspect.isControlled;
    const where = crash ? `node ${node}` : controller.name;
    if (isNeedy && isCured === (crash === undefined) && !obstacles.has(where)) {
      obstacles.set(where, crash ? await nodeProblem(kube, node) : await rolloutProblem(kube, controller));
    }
    examined.push({ ...suspect, again: outcome, obstacle: obstacles.get(where) });
  }
  return examined;
}

const UNTOUCHED: Again = { outcome: 'untouched' };

// Whoever may not read nodes learns it from the pod, which then waits.
async function nodeProblem(kube: Kube, node: string): Promise<string | undefined> {
  const { status, body } = await kube.send({ path: `/api/v1/nodes/${encodeURIComponent(node)}` });
  if (status === 404) return `there is no node ${node} any more`;
  if (status > 299) return undefined;
  const ready = objects(get(body, 'status'), 'conditions').find(({ type }) => type === 'Ready');
  if (ready === undefined || text(ready, 'status') === 'True') return undefined;
  return `node ${node} is not ready, so nothing can be done there: ${text(ready, 'message') ?? 'its kubelet does not answer'}`;
}
