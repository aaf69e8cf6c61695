import { expect, it } from 'vitest';
import { podOf, podsOf } from '../pods.ts';
import type { Stage } from '../stage.ts';

// One more than needed: whoever writes what is needed without looking lowers it.
const JUST_HIGH = 262145;
const ALREADY_HIGH = 1048576;

/** What the webhook leaves alone. */
export function neighbours(stage: Stage): void {
  const { chapter, type, value } = stage;
  const text = 'Pods that need nothing get nothing, and where the value is high enough it stays as it is.';
  chapter('What is left alone', text, () => {
    it('the neighbour is untouched', async () => {
      await type('kubectl rollout status deployment/nginx --timeout=60s');
      const { metadata, spec } = await podOf(stage, 'nginx');
      expect(spec.initContainers).toBeUndefined();
      expect(spec.containers).toHaveLength(1);
      expect(metadata.annotations).toBeUndefined();
      const columns = 'NAME:.metadata.name,INIT:.spec.initContainers[*].name,ANNOTATIONS:.metadata.annotations';
      await type(`kubectl get pods --output custom-columns='${columns}'`);
    });

    it('a second Elasticsearch pod finds the value high enough and writes nothing', async () => {
      await type(`sysctl -w vm.max_map_count=${JUST_HIGH}`);
      await type('kubectl scale deployment/elasticsearch --replicas=2');
      await type('kubectl rollout status deployment/elasticsearch --timeout=150s');
      const second = (await podsOf(stage, 'elasticsearch')).at(-1)?.metadata.name;
      expect(await type(`kubectl logs ${second} --container max-map-count`)).toBe(
        `max-map-count: vm.max_map_count is ${JUST_HIGH}, which is enough (262144 is needed)`,
      );
      await type('sysctl vm.max_map_count');
      expect(value()).toBe(JUST_HIGH);
    });

    it('a higher value is not lowered', async () => {
      await type(`sysctl -w vm.max_map_count=${ALREADY_HIGH}`);
      await type('kubectl scale deployment/elasticsearch --replicas=1');
      await type('kubectl delete pod --selector app=elasticsearch');
      await type('kubectl rollout status deployment/elasticsearch --timeout=150s');
      expect(await type('kubectl logs deployment/elasticsearch --container max-map-count')).toBe(
        `max-map-count: vm.max_map_count is ${ALREADY_HIGH}, which is enough (262144 is needed)`,
      );
      await type('sysctl vm.max_map_count');
      expect(value()).toBe(ALREADY_HIGH);
    });
  });
}
