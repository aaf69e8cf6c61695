import { expect, it } from 'vitest';
import { WAIT_FOR_CRASH_LOOP } from '../crash-loop.ts';
import { type Environment, KERNEL_DEFAULT } from '../environment.ts';

/** The article's beginning. */
export function withoutWebhook({ step, sh, value }: Environment): void {
  const text = 'A node whose kernel has its default value. Elasticsearch does not start there; its neighbour does.';
  step('Without the webhook', text, () => {
    it('the node has the value of an unchanged kernel', async () => {
      await sh('sysctl vm.max_map_count');
      expect(value()).toBe(KERNEL_DEFAULT);
    });

    it('Elasticsearch reaches CrashLoopBackOff', async () => {
      await sh('kubectl apply --filename e2e/manifests/elasticsearch.yaml --filename e2e/manifests/nginx.yaml');
      await sh(WAIT_FOR_CRASH_LOOP);
      expect(await sh('kubectl get pods')).toMatch(/elasticsearch-\S+ +0\/1 +CrashLoopBackOff/);
    });

    it("its log holds the article's line as the only failed check", async () => {
      const log = await sh('kubectl logs deployment/elasticsearch | grep --after-context=1 "bootstrap checks failed"');
      expect(log).toBe(
        'ERROR: [1] bootstrap checks failed\n' +
          '[1]: max virtual memory areas vm.max_map_count [65530] is too low, increase to at least [262144]',
      );
    });

    it('the neighbour runs, and nothing has changed the value', async () => {
      await sh('kubectl rollout status deployment/nginx --timeout=60s');
      expect(value()).toBe(KERNEL_DEFAULT);
      await sh('kubectl delete --filename e2e/manifests/elasticsearch.yaml --filename e2e/manifests/nginx.yaml');
    });
  });
}
