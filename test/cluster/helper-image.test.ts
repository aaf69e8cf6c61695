// Pull secrets of pods whose init container comes from a registry with a login: docs/helper-image.md.
import { describe, expect, it } from 'vitest';
import { get, objects } from '../../src/core/json.ts';
import { outputOf } from '../../tools/process/run.ts';
import { apiClient } from '../support/api-client.ts';
import { cluster } from '../support/cluster.ts';
import { elasticsearch } from '../support/manifests.ts';

const { available, kubectl, kubeconfig, createNamespace, startWebhook } = cluster();

describe.skipIf(!available)('a patched pod', () => {
  it.each<[string, object, string[]]>([
    ['has the pull secrets of its ServiceAccount', {}, ['of-the-account']],
    ['keeps its own', { imagePullSecrets: [{ name: 'of-the-pod' }] }, ['of-the-pod']],
  ])('%s', async (_what, spec, expected) => {
    const webhook = await startWebhook({ config: { initContainer: { image: 'registry.example.com/busybox:1.37' } } });
    const namespace = await createNamespace();
    const patch = JSON.stringify({ imagePullSecrets: [{ name: 'of-the-account' }] });
    outputOf(await kubectl(['patch', 'serviceaccount', 'default', '--namespace', namespace, '--patch', patch]));
    const pod = elasticsearch('es');
    const { body } = await apiClient(kubeconfig).createPod(namespace, {
      ...pod,
      spec: { ...Object(pod.spec), ...spec },
    });
    await webhook.stop();
    expect(objects(body.spec, 'initContainers').map(({ image }) => image)).toEqual([
      'registry.example.com/busybox:1.37',
    ]);
    expect(get(body.spec, 'imagePullSecrets')).toEqual(expected.map((name) => ({ name })));
  });
});
