import { expect, it } from 'vitest';
import { eventually } from '../../../tools/process/eventually.ts';
import { type Environment, KERNEL_DEFAULT } from '../environment.ts';
import { podOf } from '../pods.ts';

/** How soon a value that something lowered must be back; the script of the DaemonSet looks every 30 s. */
const BACK_SECONDS = 60;

/** The other strategy. */
export function preparedNodes(environment: Environment): void {
  const { step, sh, value } = environment;
  const text =
    'In a namespace that forbids privileged containers, pods are sent to nodes that are prepared. A DaemonSet of the chart ' +
    'prepares them.';
  step('Prepared nodes', text, () => {
    it('the DaemonSet raises the value and labels the node', async () => {
      await sh('kubectl delete --filename e2e/manifests/elasticsearch.yaml');
      await sh(`sysctl -w vm.max_map_count=${KERNEL_DEFAULT}`);
      await sh(
        'helm upgrade max-map-count-webhook charts/max-map-count-webhook --namespace max-map-count \\\n' +
          '  --reuse-values --set preparedNodes.enabled=true --wait --timeout 300s | head --lines=1',
      );
      const labelled = await sh('kubectl get nodes --label-columns max-map-count.io/value');
      expect(value()).toBeGreaterThan(262144);
      expect(labelled).toMatch(new RegExp(` ${value()}$`, 'm'));
      await sh('kubectl max-map-count nodes');
    });

    it('Elasticsearch runs in a restricted namespace, with no privileged container', async () => {
      await sh('kubectl create namespace restricted');
      await sh('kubectl label namespace restricted pod-security.kubernetes.io/enforce=restricted');
      await sh('kubectl apply --namespace restricted --filename e2e/manifests/elasticsearch.yaml');
      await sh('kubectl rollout status --namespace restricted deployment/elasticsearch --timeout=300s');
      const { metadata, spec } = await podOf(environment, 'elasticsearch', 'restricted');
      expect(metadata.annotations).toEqual({ 'max-map-count.io/applied': 'node-affinity=262144' });
      expect(spec.initContainers).toBeUndefined();
      expect(spec.containers.some(({ securityContext }) => securityContext?.privileged)).toBe(false);
      const path = '.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution';
      await sh(`kubectl get pods --namespace restricted --output jsonpath='{.items[0]${path}}'`);
    });

    it(`a value that something lowers is back within ${BACK_SECONDS} s`, async () => {
      const prepared = value();
      await sh(`sysctl -w vm.max_map_count=${KERNEL_DEFAULT}`);
      const isBack = async () => {
        if (value() !== prepared) throw new Error(`it is ${value()}`);
      };
      await eventually('waiting for the value', isBack, { seconds: BACK_SECONDS });
      await sh('sysctl vm.max_map_count');
      const pods = 'daemonset/max-map-count-webhook-prepared-nodes --namespace max-map-count';
      expect(await sh(`kubectl logs ${pods} --container keep`)).toBe(
        `max-map-count: vm.max_map_count raised from ${KERNEL_DEFAULT} to ${prepared}`,
      );
    });
  });
}
