import { expect, it } from 'vitest';
import { eventually } from '../../../tools/process/eventually.ts';
import { WAIT_FOR_CRASH_LOOP } from '../crash-loop.ts';
import { type Environment, KERNEL_DEFAULT } from '../environment.ts';
import { podOf } from '../pods.ts';

const RAISING = '--namespace kube-system --selector app.kubernetes.io/name=max-map-count-fix';

/** The cure at night, with nothing installed. */
export function fixedByHand(environment: Environment): void {
  const { step, sh, value } = environment;
  const text =
    'No webhook yet, and nobody has a login on the node. `fix` says what it would do, then raises the value by a pod that is ' +
    'gone afterwards, and deletes the crashing pod so that the next one starts at once.';
  step('The first help', text, () => {
    it('--dry-run changes nothing', async () => {
      // Those of the step before may still be about to go.
      await sh('kubectl wait pod --selector app=elasticsearch --for=delete --timeout=60s');
      await sh('kubectl apply --filename e2e/manifests/elasticsearch.yaml');
      await sh(WAIT_FOR_CRASH_LOOP);
      const { name } = (await podOf(environment, 'elasticsearch')).metadata;
      const said = await sh('kubectl max-map-count fix deployment/elasticsearch --dry-run');
      expect(said).toContain('node node-1 raised to at least 262144 (server dry run)');
      expect(said).toContain(`pod default/${name} deleted (server dry run)`);
      expect(value()).toBe(KERNEL_DEFAULT);
      expect((await podOf(environment, 'elasticsearch')).metadata.name).toBe(name);
    });

    it('the value is raised once, and Elasticsearch becomes ready', async () => {
      const { name } = (await podOf(environment, 'elasticsearch')).metadata;
      const said = await sh('kubectl max-map-count fix deployment/elasticsearch --yes');
      expect(said).toContain('node node-1: max-map-count: vm.max_map_count raised from 65530 to 262144');
      expect(said).toContain(`pod default/${name} deleted`);
      expect(value()).toBe(262144);
      await sh('kubectl rollout status deployment/elasticsearch --timeout=150s');
      const { metadata, spec } = await podOf(environment, 'elasticsearch');
      expect(metadata.name).not.toBe(name);
      expect(spec.initContainers).toBeUndefined();
    });

    it('nothing of it is left, and there is nothing more to do', async () => {
      await eventually(
        'waiting for the pod to go',
        async () => expect(await sh(`kubectl get pods ${RAISING} --output name`)).toBe(''),
        { seconds: 10 },
      );
      await sh('kubectl max-map-count fix deployment/elasticsearch --yes');
      await sh('kubectl delete --filename e2e/manifests/elasticsearch.yaml');
      await sh(`sysctl -w vm.max_map_count=${KERNEL_DEFAULT}`);
    });
  });
}
