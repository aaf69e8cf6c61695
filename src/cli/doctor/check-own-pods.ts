import { type CheckResult, result, unknown } from './check-result.ts';
import type { OwnPod } from './own-pods.ts';
import type { WebhookSurvey } from './survey.ts';

/** Do the webhook's own pods run, and alone. */
export function checkOwnPods({ ownPods }: Pick<WebhookSurvey, 'ownPods'>): CheckResult[] {
  return [...ownPods].flatMap(([namespace, pods]) => {
    if (!pods.ok) return [unknown('own-pods', pods)];
    const troubles = pods.value.flatMap(troublesOf);
    if (troubles.length > 0) return troubles;
    const count = pods.value.length;
    const ready = count === 1 ? '1 pod of the webhook is ready' : `${count} pods of the webhook are ready`;
    if (count > 0) return [result('own-pods-ready', ready)];
    const message = `no pod of the webhook runs in namespace ${namespace}`;
    return [result('own-pods-down', message, `kubectl -n ${namespace} get deployments,replicasets,events`)];
  });
}

function troublesOf({ namespace, name, isReady, trouble, sidecars }: OwnPod): CheckResult[] {
  const logs = `kubectl -n ${namespace} describe pod ${name}; kubectl -n ${namespace} logs ${name} -c webhook`;
  const why = trouble === undefined ? '' : `: ${trouble}`;
  const down = result('own-pods-down', `pod ${namespace}/${name} of the webhook is not ready${why}`, logs);
  const mesh = result(
    'own-pods-sidecar',
    `pod ${namespace}/${name} of the webhook has ${sidecars.join(', ')} beside the server: a mesh's proxy ends the API server's calls with EOF`,
    'keep the pod out of the mesh: podLabels and podAnnotations of the chart, such as sidecar.istio.io/inject: "false" or linkerd.io/inject: disabled',
  );
  return [...(isReady ? [] : [down]), ...(sidecars.length > 0 ? [mesh] : [])];
}
