import { expect, it } from 'vitest';
import { codeBlocks, readText } from '../../../test/support/markdown.ts';
import { ELASTICSEARCH } from '../../images/images.ts';
import type { Environment } from '../environment.ts';
import { podOf } from '../pods.ts';

/** The remedy. */
export function withWebhook(environment: Environment): void {
  const { step, sh, value } = environment;
  const text =
    'The chart is installed as the README says for clusters without cert-manager. Then the same file is applied, unchanged.';
  step('With the webhook', text, () => {
    it('helm installs it, and its pods run on the node', async () => {
      await sh(`${installCommand()} --wait --timeout 300s`);
      const pods = await sh('kubectl get pods --namespace max-map-count');
      expect(pods.match(/ 1\/1 +Running /g)).toHaveLength(2);
      expect(await sh('helm test max-map-count-webhook --namespace max-map-count --logs | tail --lines=1')).toContain(
        'The webhook patches pods of namespace default',
      );
    });

    it('the init container raises the value, and Elasticsearch becomes ready', async () => {
      await sh('kubectl apply --filename e2e/manifests/elasticsearch.yaml --filename e2e/manifests/nginx.yaml');
      await sh('kubectl rollout status deployment/elasticsearch --timeout=300s');
      expect(await sh('kubectl logs deployment/elasticsearch --container max-map-count')).toBe(
        'max-map-count: vm.max_map_count raised from 65530 to 262144',
      );
      await sh('sysctl vm.max_map_count');
      expect(value()).toBe(262144);
    });

    it('it answers on its port', async () => {
      const { metadata } = await podOf(environment, 'elasticsearch');
      const path = `/api/v1/namespaces/default/pods/${metadata.name}:9200/proxy/`;
      const answer = JSON.parse(await sh(`kubectl get --raw ${path}`)) as { version: { number: string } };
      expect(answer.version.number).toBe(ELASTICSEARCH);
    });
  });
}

/** The README's own, so that what is shown there is what is run here. */
function installCommand(): string {
  const commands = codeBlocks(readText('README.md'), 'sh').filter((block) => block.includes('--set tls.mode=helm'));
  const [command] = commands;
  if (command === undefined || commands.length > 1) throw new Error("which one is the README's command?");
  return command.trimEnd();
}
