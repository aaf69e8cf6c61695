// The OpenSearch operator's bootstrap pod. Its module cannot be had from the Go proxy, so it is played as it was seen
// running beside the webhook (2.8.0 and 3.x): it applies the pod that it wants, again and again, and where the API server
// says that this changes immutable fields, 3.x deletes the pod and makes a new one.
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { outputOf } from '../../tools/process/run.ts';
import { cluster, type RegisteredWebhook } from '../support/cluster.ts';

const { available, kubectl, createNamespace, get, startWebhook } = cluster();
const ROUNDS = 3;
const OWNER = {
  apiVersion: 'opensearch.org/v1',
  kind: 'OpenSearchCluster',
  name: 'search',
  uid: 'played',
  controller: true,
};

describe.skipIf(!available)('the bootstrap pod of the OpenSearch operator, with strategy node-affinity', () => {
  let webhook: RegisteredWebhook;
  beforeAll(async () => {
    webhook = await startWebhook({ set: ['podSecurity.privilegedNamespaces=node-affinity'] });
  });
  afterAll(() => webhook?.stop());

  const remove = async (namespace: string) => {
    const pod = ['pod', 'search-bootstrap-0', '--namespace', namespace];
    outputOf(await kubectl(['delete', ...pod, '--force', '--grace-period=0']));
  };

  /** Plays the operator's reconciler, and says how often it made the pod anew. */
  const reconcile = async (pod: object, namespace: string, rounds = ROUNDS): Promise<number> => {
    const input = JSON.stringify(pod);
    const apply = () => kubectl(['apply', '--namespace', namespace, '-f', '-'], { input });
    outputOf(await apply());
    let recreated = 0;
    for (let round = 0; round < rounds; round += 1) {
      const { code, stderr } = await apply();
      if (code === 0) continue;
      if (!stderr.includes('pod updates may not change fields')) throw new Error(stderr);
      recreated += 1;
      await remove(namespace);
      outputOf(await apply());
    }
    return recreated;
  };

  it.each([
    ['owned by an OpenSearchCluster', [OWNER]],
    ['that nobody owns', []],
  ])('%s, with terms of its own, is not made anew for ever', async (_whose, ownerReferences) => {
    const term = { matchExpressions: [{ key: 'agentpool', operator: 'In', values: ['search'] }] };
    const namespace = await createNamespace();
    expect(await reconcile(bootstrap({ nodeAffinity: required([term]) }, ownerReferences), namespace)).toBe(0);
  });

  it('keeps whatever terms and preferences it brings', async () => {
    const expression = fc.constantFrom<JsonObject>(
      { key: 'agentpool', operator: 'In', values: ['search', 'data'] },
      { key: 'disk', operator: 'Exists' },
      { key: 'gpu', operator: 'DoesNotExist' },
    );
    const field = { key: 'metadata.name', operator: 'In', values: ['node-1'] };
    const term = fc
      .record({ expressions: fc.array(expression, { maxLength: 2 }), fields: fc.boolean() })
      .map(({ expressions, fields }) => ({
        ...(expressions.length > 0 && { matchExpressions: expressions }),
        ...(fields && { matchFields: [field] }),
      }));
    const preference = fc.record({
      weight: fc.integer({ min: 1, max: 100 }),
      preference: term.filter((one) => Object.keys(one).length > 0),
    });
    const affinity = fc.record({
      terms: fc.array(term, { minLength: 1, maxLength: 3 }),
      preferences: fc.array(preference, { maxLength: 2 }),
      owned: fc.boolean(),
    });
    const namespace = await createNamespace();
    await fc.assert(
      fc.asyncProperty(affinity, async ({ terms, preferences, owned }) => {
        const preferred = preferences.length > 0 && { preferredDuringSchedulingIgnoredDuringExecution: preferences };
        const pod = bootstrap({ nodeAffinity: { ...required(terms), ...preferred } }, owned ? [OWNER] : []);
        expect(await reconcile(pod, namespace, 1)).toBe(0);
        await remove(namespace);
      }),
      { numRuns: 10, endOnFailure: true },
    );
  });

  it('without terms of its own is not made anew either', async () => {
    const namespace = await createNamespace();
    expect(await reconcile(bootstrap({}, [OWNER]), namespace)).toBe(0);
    expect(await get('pod', 'search-bootstrap-0', '--namespace', namespace)).toHaveProperty('metadata');
  });
});

function required(nodeSelectorTerms: readonly object[]): object {
  return { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } };
}

function bootstrap(affinity: object, ownerReferences: readonly object[]): object {
  const image = 'docker.io/opensearchproject/opensearch:3.1.0';
  const env = [{ name: 'cluster.initial_cluster_manager_nodes', value: 'search-bootstrap-0' }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'search-bootstrap-0', labels: { 'opster.io/opensearch-cluster': 'search' }, ownerReferences },
    spec: { affinity, containers: [{ name: 'opensearch', image, env, ports: [{ containerPort: 9200 }] }] },
  };
}
