import { expect, it } from 'vitest';
import { KERNEL_DEFAULT, type Stage } from '../stage.ts';

/** What a sysctl by hand does not survive. */
export function reboot({ chapter, type, value }: Stage): void {
  const text =
    'A reboot gives the value back to the kernel and starts the pods anew. Here both are done by hand: the default value is ' +
    'set, and the pod is deleted.';
  chapter('After a reboot', text, () => {
    it('the value is raised again', async () => {
      await type(`sysctl -w vm.max_map_count=${KERNEL_DEFAULT}`);
      await type('kubectl delete pod --selector app=elasticsearch');
      await type('kubectl rollout status deployment/elasticsearch --timeout=150s');
      expect(await type('kubectl logs deployment/elasticsearch --container max-map-count')).toBe(
        'max-map-count: vm.max_map_count raised from 65530 to 262144',
      );
      await type('sysctl vm.max_map_count');
      expect(value()).toBe(262144);
    });
  });
}
