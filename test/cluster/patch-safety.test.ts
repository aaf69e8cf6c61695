// Patches must never turn a good pod away, or make it differ for ever from what its author wrote: on the real API server.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { get, type JsonObject, objects } from '../../src/core/json.ts';
import { outputOf } from '../../tools/process/run.ts';
import { apiClient, refusalOf } from '../support/api-client.ts';
import { cluster, type RegisteredWebhook } from '../support/cluster.ts';
import { elasticsearch } from '../support/manifests.ts';
import { appliedTo, initContainersOf } from '../support/webhook-view.ts';

const { available, kubeconfig, apply, get: read, createNamespace, startWebhook } = cluster();
const LIMIT = 256 * 1024;

describe.skipIf(!available)('a patch, on the real API server', () => {
  const client = apiClient(kubeconfig);
  let webhook: RegisteredWebhook;
  let namespace: string;
  beforeAll(async () => {
    webhook = await startWebhook();
    namespace = await createNamespace();
  });
  afterAll(() => webhook?.stop());

  const create = async (pod: JsonObject) => {
    const answer = await client.createPod(namespace, pod);
    if (answer.status !== 201) throw new Error(refusalOf(answer));
    return answer.body;
  };

  it.each([
    ['filled to the last byte', LIMIT, undefined],
    ['filled up to one byte too few for ours', LIMIT - 'max-map-count.io/applied'.length - 20, undefined],
    [
      'with just enough room',
      LIMIT - 'max-map-count.io/applied'.length - 'init-container=262144'.length,
      'init-container=262144',
    ],
  ])('adds no annotation that would not fit: %s', async (_, bytes, applied) => {
    const key = 'author.example/notes';
    // Two bytes a character.
    const fill = bytes - key.length;
    const notes = 'é'.repeat(Math.floor(fill / 2)) + 'x'.repeat(fill % 2);
    const pod = await create(elasticsearch(`notes-${bytes}`, { metadata: { annotations: { [key]: notes } } }));
    expect([initContainersOf(pod), appliedTo(pod)]).toEqual([['max-map-count'], applied]);
  });

  it.each([
    ['fields of the pod', {}, 'fields'],
    [
      'the older annotation of the container',
      { 'container.apparmor.security.beta.kubernetes.io/elasticsearch': 'localhost/server-only' },
      'annotation',
    ],
  ])('keeps the profiles that are made for the server off the script: %s', async (_, annotations, name) => {
    const profile = { type: 'Localhost', localhostProfile: 'server-only' };
    const securityContext = name === 'fields' ? { appArmorProfile: profile, seccompProfile: profile } : {};
    const pod = await create(
      elasticsearch(`profile-${name}`, { metadata: { annotations }, spec: { securityContext } }),
    );
    const [first] = objects(pod.spec, 'initContainers');
    const security = get(first, 'securityContext');
    expect(get(security, 'appArmorProfile')).toEqual({ type: 'Unconfined' });
    expect(get(security, 'seccompProfile')).toEqual({ type: 'Unconfined' });
  });

  it('lets a bare pod with terms of its own be applied again', async () => {
    const terms = [{ matchExpressions: [{ key: 'pool', operator: 'In', values: ['search'] }] }];
    const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } };
    const metadata = { namespace, annotations: { 'max-map-count.io/strategy': 'node-affinity' } };
    const pod = elasticsearch('applied', { metadata, spec: { affinity: { nodeAffinity: required } } });
    outputOf(await apply(pod));
    const made = await read('pod', 'applied', '-n', namespace);
    expect(appliedTo(made as JsonObject)).toBe('node-affinity=262144');
    expect(get(get(get(made, 'spec'), 'affinity'), 'nodeAffinity')).toEqual({
      ...required,
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 100,
          preference: { matchExpressions: [{ key: 'max-map-count.io/value', operator: 'Gt', values: ['262143'] }] },
        },
      ],
    });
    expect(outputOf(await apply(pod))).toMatch(/unchanged/);
  });
});
