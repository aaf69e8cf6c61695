import { expect, it } from 'vitest';
import type { Environment } from '../environment.ts';
import { podOf, podsOf } from '../pods.ts';

// One more than needed: whoever writes what is needed without looking lowers it.
const JUST_HIGH = 262145;
const ALREADY_HIGH = 1048576;

/** What the webhook leaves alone. */
export function neighbours(environment: Environment): void {
  const { step, sh, value } = environment;
  const text = 'Pods that need nothing get nothing, and where the value is high enough it stays as it is.';
  step('What is left alone', text, () => {
    it('the neighbour is untouched', async () => {
      await sh('kubectl rollout status deployment/nginx --timeout=60s');
      const { metadata, spec } = await podOf(environment, 'nginx');
      expect(spec.initContainers).toBeUndefined();
      expect(spec.containers).toHaveLength(1);
      expect(metadata.annotations).toBeUndefined();
      const columns = 'NAME:.metadata.name,INIT:.spec.initContainers[*].name,ANNOTATIONS:.metadata.annotations';
      await sh(`kubectl get pods --output custom-columns='${columns}'`);
    });

    it('a second Elasticsearch pod finds the value high enough and writes nothing', async () => {
      await sh(`sysctl -w vm.max_map_count=${JUST_HIGH}`);
      await sh('kubectl scale deployment/elasticsearch --replicas=2');
      await sh('kubectl rollout status deployment/elasticsearch --timeout=300s');
      const second = (await podsOf(environment, 'elasticsearch')).at(-1)?.metadata.name;
      expect(await sh(`kubectl logs ${second} --container max-map-count`)).toBe(
        `max-map-count: vm.max_map_count is ${JUST_HIGH}, which is enough (262144 is needed)`,
      );
      await sh('sysctl vm.max_map_count');
      expect(value()).toBe(JUST_HIGH);
    });

    it('a higher value is not lowered', async () => {
      await sh(`sysctl -w vm.max_map_count=${ALREADY_HIGH}`);
      await sh('kubectl scale deployment/elasticsearch --replicas=1');
      await sh('kubectl delete pod --selector app=elasticsearch');
      await sh('kubectl rollout status deployment/elasticsearch --timeout=300s');
      expect(await sh('kubectl logs deployment/elasticsearch --container max-map-count')).toBe(
        `max-map-count: vm.max_map_count is ${ALREADY_HIGH}, which is enough (262144 is needed)`,
      );
      await sh('sysctl vm.max_map_count');
      expect(value()).toBe(ALREADY_HIGH);
    });
  });
}
