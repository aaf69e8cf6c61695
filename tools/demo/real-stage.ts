import type { ControlPlane } from '../control-plane/control-plane.ts';
import type { Kubectl } from '../control-plane/kubectl.ts';
import { eventually } from '../process/eventually.ts';
import { outputOf } from '../process/run.ts';
import { type Deployment, podsOf } from '../stand-in/replicas.ts';
import { EXAMPLE_FILE } from './example.ts';
import type { Pod } from './stage.ts';
import { type Stage, UNSEEN_LABELS, UNSEEN_NAMESPACE } from './stage.ts';

const POD_SECONDS = 30;

/**
 * The story on a real API server. Without a controller manager, which setup-envtest does not bring, the stage makes what it
 * would make: the ServiceAccounts, and the pods of the Deployments.
 */
export async function realStage({ kubectl }: ControlPlane, hasControllerManager: boolean): Promise<Stage> {
  const metadata = { name: UNSEEN_NAMESPACE, labels: UNSEEN_LABELS };
  await create(kubectl, 'default', { apiVersion: 'v1', kind: 'Namespace', metadata });
  if (!hasControllerManager) {
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
    for (const namespace of ['default', UNSEEN_NAMESPACE]) await create(kubectl, namespace, account);
  }
  return {
    async applyExample() {
      const applied = await kubectl(['apply', '-f', EXAMPLE_FILE]);
      return { printed: outputOf(applied), said: applied.stderr };
    },
    async podOf(deployment) {
      if (hasControllerManager) return foundPod(kubectl, deployment);
      const [pod = {}] = podsOf(deployment);
      return JSON.parse(await create(kubectl, 'default', pod)) as Pod;
    },
    async dryRun(pod, namespace = 'default') {
      const args = ['create', '--dry-run=server', '--namespace', namespace, '-o', 'json', '-f', '-'];
      const result = await kubectl(args, { input: JSON.stringify(pod) });
      return { pod: JSON.parse(outputOf(result)) as Pod, said: result.stderr };
    },
  };
}

/** Creates an object, and gives back its JSON. */
async function create(kubectl: Kubectl, namespace: string, object: object): Promise<string> {
  const args = ['create', '--namespace', namespace, '-o', 'json', '-f', '-'];
  return outputOf(await kubectl(args, { input: JSON.stringify(object) }));
}

function foundPod(kubectl: Kubectl, { metadata: { name }, spec }: Deployment): Promise<Pod> {
  const labels = Object.entries(spec.selector.matchLabels).map(([key, value]) => `${key}=${value}`);
  const find = async () => {
    const list = outputOf(await kubectl(['get', 'pods', '--selector', labels.join(), '-o', 'json']));
    const [pod] = (JSON.parse(list) as { items: Pod[] }).items;
    if (pod === undefined) throw new Error('there is none yet');
    return pod;
  };
  return eventually(`waiting for the pod of ${name}`, find, { seconds: POD_SECONDS });
}
