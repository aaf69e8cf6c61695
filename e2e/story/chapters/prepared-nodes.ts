import { expect, it } from 'vitest';
import { eventually } from '../../../tools/process/eventually.ts';
import { podOf } from '../pods.ts';
import { KERNEL_DEFAULT, type Stage } from '../stage.ts';

/** How soon a value that something lowered must be back; the script of the DaemonSet looks every 30 s. */
const BACK_SECONDS = 60;

/** The other strategy. */
export function preparedNodes(stage: Stage): void {
  const { chapter, type, value } = stage;
  const text =
    'In a namespace that forbids privileged containers, pods are sent to nodes that are prepared. A DaemonSet of the chart ' +
    'prepares them.';
  chapter('Prepared nodes', text, () => {
    it('the DaemonSet raises the value and labels the node', async () => {
      await type('kubectl delete --filename e2e/manifests/elasticsearch.yaml');
      await type(`sysctl -w vm.max_map_count=${KERNEL_DEFAULT}`);
      await type(
        'helm upgrade max-map-count-webhook charts/max-map-count-webhook --namespace max-map-count \\\n' +
          '  --reuse-values --set preparedNodes.enabled=true --wait --timeout 120s | head --lines=1',
      );
      const labelled = await type('kubectl get nodes --label-columns max-map-count.io/value');
      expect(value()).toBeGreaterThan(262144);
      expect(labelled).toMatch(new RegExp(` ${value()}$`, 'm'));
      await type('kubectl max-map-count nodes');
    });

    it('Elasticsearch runs in a restricted namespace, with no privileged container', async () => {
      await type('kubectl create namespace restricted');
      await type('kubectl label namespace restricted pod-security.kubernetes.io/enforce=restricted');
      await type('kubectl apply --namespace restricted --filename e2e/manifests/elasticsearch.yaml');
      await type('kubectl rollout status --namespace restricted deployment/elasticsearch --timeout=150s');
      const { metadata, spec } = await podOf(stage, 'elasticsearch', 'restricted');
      expect(metadata.annotations).toEqual({ 'max-map-count.io/applied': 'node-affinity=262144' });
      expect(spec.initContainers).toBeUndefined();
      expect(spec.containers.some(({ securityContext }) => securityContext?.privileged)).toBe(false);
      const path = '.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution';
      await type(`kubectl get pods --namespace restricted --output jsonpath='{.items[0]${path}}'`);
    });

    it(`a value that something lowers is back within ${BACK_SECONDS} s`, async () => {
      const prepared = value();
      await type(`sysctl -w vm.max_map_count=${KERNEL_DEFAULT}`);
      const isBack = async () => {
        if (value() !== prepared) throw new Error(`it is ${value()}`);
      };
      await eventually('waiting for the value', isBack, { seconds: BACK_SECONDS });
      await type('sysctl vm.max_map_count');
      const pods = 'daemonset/max-map-count-webhook-prepared-nodes --namespace max-map-count';
      expect(await type(`kubectl logs ${pods} --container keep`)).toBe(
        `max-map-count: vm.max_map_count raised from ${KERNEL_DEFAULT} to ${prepared}`,
      );
    });
  });
}
