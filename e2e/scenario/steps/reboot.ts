import { expect, it } from 'vitest';
import { type Environment, KERNEL_DEFAULT } from '../environment.ts';

/** What a sysctl by hand does not survive. */
export function reboot({ step, sh, value }: Environment): void {
  const text =
    'A reboot gives the value back to the kernel and starts the pods anew. Here both are done by hand: the default value is ' +
    'set, and the pod is deleted.';
  step('After a reboot', text, () => {
    it('the value is raised again', async () => {
      await sh(`sysctl -w vm.max_map_count=${KERNEL_DEFAULT}`);
      await sh('kubectl delete pod --selector app=elasticsearch');
      await sh('kubectl rollout status deployment/elasticsearch --timeout=300s');
      expect(await sh('kubectl logs deployment/elasticsearch --container max-map-count')).toBe(
        'max-map-count: vm.max_map_count raised from 65530 to 262144',
      );
      await sh('sysctl vm.max_map_count');
      expect(value()).toBe(262144);
    });
  });
}
