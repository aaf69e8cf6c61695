// The affinity that the webhook adds, carried out by the real scheduler.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { get, type Json } from '../../src/core/json.ts';
import { outputOf } from '../../tools/process/run.ts';
import { apiClient, refusalOf } from '../support/api-client.ts';
import { cluster, type RegisteredWebhook } from '../support/cluster.ts';
import { elasticsearch } from '../support/manifests.ts';
import { createNodes, nodeOf, TOLERATION } from '../support/nodes.ts';
import { appliedTo } from '../support/webhook-view.ts';

const { available, kubeconfig, apply, get: read, createNamespace, startWebhook } = cluster();
const LABEL = 'max-map-count.io/value';
const NODES = {
  'node-65530': { [LABEL]: '65530' },
  'node-262144': { [LABEL]: '262144' },
  'node-524288': { [LABEL]: '524288' },
  'node-1048576': { [LABEL]: '1048576' },
  'node-without': {},
  'node-abc': { [LABEL]: 'abc' },
};
const SONARQUBE = { name: 'sonarqube', image: 'sonarqube:lts-community' };

describe.skipIf(!available)('the affinity, with the real scheduler', () => {
  const client = apiClient(kubeconfig);
  let namespace: string;
  let count = 0;
  let removeNodes = async () => {};
  beforeAll(async () => {
    namespace = await createNamespace();
    removeNodes = await createNodes(client, NODES);
  });
  afterAll(async () => {
    await client.send('DELETE', `/api/v1/namespaces/${namespace}/pods?gracePeriodSeconds=0`);
    await removeNodes();
  });

  // Terms are changed only in pods that are made from a template.
  const ownedByTemplate = async () => {
    const selector = { matchLabels: { app: 'owner' } };
    const template = { metadata: { labels: { app: 'owner' } }, spec: { containers: [SONARQUBE] } };
    const spec = { replicas: 0, selector, template };
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'owner', namespace }, spec };
    outputOf(await apply(owner));
    const uid = get(get(await read('replicaset', 'owner', '-n', namespace), 'metadata'), 'uid') ?? '';
    return { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'owner', uid }] };
  };

  /** Creates a pod that asks for affinity, and says where the scheduler puts it. */
  const place = async (spec: Record<string, Json> = {}, more: Record<string, Json> = {}) => {
    count += 1;
    const name = `pod-${count}`;
    const metadata = { annotations: { 'max-map-count.io/strategy': 'node-affinity' }, ...more };
    const pod = elasticsearch(name, { metadata, spec: { tolerations: [TOLERATION], ...spec } });
    const answer = await client.createPod(namespace, pod);
    if (answer.status !== 201) throw new Error(refusalOf(answer));
    return { applied: appliedTo(answer.body), node: await nodeOf(client, namespace, name) };
  };
  /** Where the scheduler puts a pod that may only run on one node, for each node. */
  const placeOnEach = async (spec: Record<string, Json> = {}) => {
    const entries = Object.keys(NODES).map(async (node) => {
      return [node, (await place({ ...spec, nodeSelector: { 'kubernetes.io/hostname': node } })).node];
    });
    return Object.fromEntries(await Promise.all(entries));
  };
  const placeMany = async () => Promise.all(Array.from({ length: 6 }, () => place()));

  describe('required', () => {
    let webhook: RegisteredWebhook;
    beforeAll(async () => {
      webhook = await startWebhook();
    });
    afterAll(() => webhook?.stop());

    it.each([
      { product: 'Elasticsearch', spec: {}, enough: ['node-262144', 'node-524288', 'node-1048576'] },
      { product: 'SonarQube', spec: { containers: [SONARQUBE] }, enough: ['node-524288', 'node-1048576'] },
    ])('lets $product onto a node exactly when its label is high enough', async ({ spec, enough }) => {
      const expected = Object.keys(NODES).map((node) => [node, enough.includes(node) ? node : 'Unschedulable']);
      expect(await placeOnEach(spec)).toEqual(Object.fromEntries(expected));
    });

    it('chooses among the prepared nodes', async () => {
      for (const { applied, node } of await placeMany()) {
        expect(applied).toBe('node-affinity=262144');
        expect(['node-262144', 'node-524288', 'node-1048576']).toContain(node);
      }
    });

    it.each<[string, Json[], string]>([
      ['both of two terms', [on('node-65530'), on('node-524288')], 'node-524288'],
      ['both of two terms, neither of them with a prepared node', [on('node-65530'), on('node-abc')], 'Unschedulable'],
      ['a term of fields beside one of labels', [named('node-524288'), on('node-65530')], 'node-524288'],
      ['a term of fields that names an unprepared node', [named('node-65530'), on('node-524288')], 'node-524288'],
      ['a term beside an empty one, which matches nothing', [{}, on('node-262144')], 'node-262144'],
      ['a term of an unprepared node beside an empty one', [{}, on('node-65530')], 'Unschedulable'],
    ])('holds for %s', async (_terms, nodeSelectorTerms, expected) => {
      const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } };
      expect(await place({ affinity: { nodeAffinity: required } }, await ownedByTemplate())).toEqual({
        applied: 'node-affinity=262144',
        node: expected,
      });
    });
  });

  describe('preferred', () => {
    let webhook: RegisteredWebhook;
    beforeAll(async () => {
      webhook = await startWebhook({ config: { nodeAffinity: { mode: 'preferred' } } });
    });
    afterAll(() => webhook?.stop());

    it('lets a pod onto every node', async () => {
      expect(await placeOnEach()).toEqual(Object.fromEntries(Object.keys(NODES).map((node) => [node, node])));
    });

    it('chooses a prepared node where there is one', async () => {
      for (const { applied, node } of await placeMany()) {
        expect(applied).toBe('node-affinity=262144');
        expect(['node-262144', 'node-524288', 'node-1048576']).toContain(node);
      }
    });
  });
});

function on(node: string): Json {
  return { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] };
}

function named(node: string): Json {
  return { matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] };
}
