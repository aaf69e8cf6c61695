import { get, objects, text } from '../../core/json.ts';
import type { Kube } from '../../kube.ts';
import { refusalText } from '../cluster.ts';
import type { Controller } from '../doctor/controller.ts';

const PLURALS: Readonly<Record<string, string>> = {
  Deployment: 'deployments',
  StatefulSet: 'statefulsets',
  DaemonSet: 'daemonsets',
};

/** Why a restart of the workload would not replace its pods, in one line; undefined when it would. */
export async function rolloutProblem(kube: Kube, controller: Controller): Promise<string | undefined> {
  if (!Object.hasOwn(PLURALS, controller.kind)) return `when it suits: ${controller.restart}`;
  const { status, body } = await kube.send({ path: pathOf(controller) });
  if (status > 299) return refusalText(status, body);
  const spec = get(body, 'spec');
  const owner = objects(get(body, 'metadata'), 'ownerReferences').find(
    (reference) => get(reference, 'controller') === true,
  );
  if (owner !== undefined)
    return `${text(owner, 'kind')} ${text(owner, 'name')} manages ${controller.name}: restart it there`;
  if (text(get(spec, 'updateStrategy'), 'type') === 'OnDelete')
    return `its updateStrategy is OnDelete: delete its pods one by one`;
  return get(spec, 'paused') === true
    ? `it is paused: kubectl -n ${controller.namespace} rollout resume deployment/${controller.workload}`
    : undefined;
}

/** Restarts a workload as `kubectl rollout restart` does; the answer is what went wrong, in one line. */
export async function restartRollout(kube: Kube, controller: Controller, dryRun: boolean): Promise<string | undefined> {
  const annotations = { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() };
  const { status, body } = await kube.send({
    method: 'PATCH',
    path: `${pathOf(controller)}${dryRun ? '?dryRun=All' : ''}`,
    contentType: 'application/merge-patch+json',
    body: { spec: { template: { metadata: { annotations } } } },
  });
  return status > 299 ? refusalText(status, body) : undefined;
}

function pathOf({ kind, namespace, workload }: Controller): string {
  return `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/${PLURALS[kind]}/${encodeURIComponent(workload)}`;
}
