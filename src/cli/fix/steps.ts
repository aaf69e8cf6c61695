import { get, text } from '../../core/json.ts';
import type { Kube } from '../../kube.ts';
import { refusalText } from '../cluster.ts';
import type { NodeToRaise, Plan } from './plan.ts';
import { restartRollout } from './rollout.ts';
import { podName, type Suspect } from './suspects.ts';

/** One request that changes something. */
export interface Step {
  /** What is changed: `pod search/es-0`. */
  readonly subject: string;
  /** What was done to it. */
  readonly done: string;
  /** Takes the step, or only asks the API server about it; the answer is what speaks against it, in one line. */
  readonly take: (dryRun: boolean) => Promise<string | undefined>;
}

/** The steps that need no node to be raised. */
export function stepsOf(kube: Kube, { rollouts, restarts }: Plan): Step[] {
  const rolling = rollouts.map(([{ controller }]): Step => {
    const take = (dryRun: boolean) => restartRollout(kube, controller, dryRun);
    return { subject: controller.name, done: 'restarted', take };
  });
  return [...rolling, ...restarts.map((pod) => deletion(kube, pod))];
}

/** The steps after a node was raised: its crashing pods need not wait for their next try. */
export function stepsAfter(kube: Kube, { pods }: NodeToRaise): Step[] {
  return pods.filter(({ isControlled }) => isControlled).map((pod) => deletion(kube, pod));
}

function deletion(kube: Kube, suspect: Suspect): Step {
  return { subject: podName(suspect), done: 'deleted', take: (dryRun) => deletePod(kube, suspect, dryRun) };
}

async function deletePod(kube: Kube, { pod, namespace, name }: Suspect, dryRun: boolean): Promise<string | undefined> {
  // Only this very pod: a StatefulSet may have made another of its name in the meantime. With a body the API server does not
  // look at the query, so a dry run is one by the body's word (k8s.io/apiserver, handlers/delete.go).
  const options = {
    preconditions: { uid: text(get(pod, 'metadata'), 'uid') ?? '' },
    ...(dryRun && { dryRun: ['All'] }),
  };
  const { status, body } = await kube.send({
    method: 'DELETE',
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`,
    body: { apiVersion: 'v1', kind: 'DeleteOptions', ...options },
  });
  const isGone = status === 404 || status === 409;
  return status > 299 && !isGone ? refusalText(status, body) : undefined;
}
