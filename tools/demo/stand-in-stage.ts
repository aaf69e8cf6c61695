import { podsOf } from '../stand-in/replicas.ts';
import { createStandIn } from '../stand-in/stand-in.ts';
import type { Labels, WebhookConfiguration } from '../webhook/configuration.ts';
import { exampleDeployments } from './example.ts';
import type { Created, Stage } from './stage.ts';
import { UNSEEN_LABELS, UNSEEN_NAMESPACE } from './stage.ts';

/** The story without an API server: a stand-in decides which webhooks are called, and calls them. */
export function standInStage(configuration: WebhookConfiguration): Stage {
  const namespaces = new Map<string, Labels>([
    ['default', {}],
    [UNSEEN_NAMESPACE, UNSEEN_LABELS],
  ]);
  const standIn = createStandIn(configuration, namespaces);
  const create = async (pod: object, namespace: string, dryRun: boolean): Promise<Created> => {
    const outcome = await standIn.createPod(namespace, pod, { dryRun });
    const said = outcome.warnings.map((warning) => `Warning: ${warning}\n`).join('');
    return { pod: outcome.pod as unknown as Created['pod'], said };
  };
  return {
    async applyExample() {
      const names = exampleDeployments().map(({ metadata }) => `deployment.apps/${metadata.name} created\n`);
      return { printed: names.join(''), said: '' };
    },
    async podOf(deployment) {
      const [pod = {}] = podsOf(deployment);
      return (await create(pod, 'default', false)).pod;
    },
    dryRun: (pod, namespace = 'default') => create(pod, namespace, true),
  };
}
