// The API server calls a webhook again when something changed the pod after it: the token of the pod's ServiceAccount,
// or another webhook. Whatever the order and the number of calls, a pod ends with one patch of ours.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { get, type JsonObject, objects } from '../../src/core/json.ts';
import { eventually } from '../../tools/process/eventually.ts';
import { outputOf } from '../../tools/process/run.ts';
import type { WebhookConfiguration } from '../../tools/webhook/configuration.ts';
import { apiClient } from '../support/api-client.ts';
import { apiServerLog } from '../support/api-server-log.ts';
import { cluster, type RegisteredWebhook } from '../support/cluster.ts';
import { ISTIO, LINKERD, type Manner, OTHER, startInjector } from '../support/injector.ts';
import { elasticsearch } from '../support/manifests.ts';
import { appliedTo, initContainersOf, reviewsAnswered } from '../support/webhook-view.ts';

const { available, kubeconfig, kubectl, apply, createNamespace, creationOf, startWebhook } = cluster();
const TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount';
const OURS = 'max-map-count';

describe.skipIf(!available)('a pod that changes after the webhook was called', () => {
  const client = apiClient(kubeconfig);

  /** Creates a pod, and says how often the webhook was called for it. */
  const create = async (webhook: RegisteredWebhook, namespace: string, pod: JsonObject) => {
    const before = await reviewsAnswered(webhook);
    const answer = await client.createPod(namespace, pod);
    expect(answer.status).toBe(201);
    return { ...answer, pod: answer.body, calls: (await reviewsAnswered(webhook)) - before };
  };

  /** Does some work while another webhook inserts its init container into the pods of a namespace. */
  const besideInjector = async <T>(
    name: string,
    namespace: string,
    work: () => Promise<T>,
    manner?: Manner,
  ): Promise<T> => {
    const injector = await startInjector(manner);
    try {
      outputOf(await apply(injector.configuration(name, namespace)));
      const nginx = { metadata: { name: 'probe' }, spec: { containers: [{ name: 'nginx', image: 'nginx' }] } };
      const inForce = async () => {
        const { body } = await client.createPod(namespace, nginx, { dryRun: true });
        expect(initContainersOf(body)).toHaveLength(manner?.own.length ?? 1);
      };
      await eventually('waiting for the other webhook', inForce, { seconds: 20 });
      return await work();
    } finally {
      outputOf(await kubectl(['delete', 'mutatingwebhookconfiguration', name]));
      injector.stop();
    }
  };

  describe('with the match conditions of the chart', () => {
    let webhook: RegisteredWebhook;
    beforeAll(async () => {
      webhook = await startWebhook();
    });
    afterAll(() => webhook?.stop());

    it('has the token of its ServiceAccount after one call', async () => {
      const { pod, calls } = await create(webhook, await createNamespace(), elasticsearch('token'));
      expect([initContainersOf(pod), mountsOf(pod), calls]).toEqual([[OURS], [TOKEN], 1]);
    });

    it.each([
      { order: 'before', configuration: 'aa-injector', expected: [OURS, OTHER] },
      { order: 'after', configuration: 'zzz-injector', expected: [OTHER, OURS] },
    ])('has one container of each webhook when another inserts its own $order ours', async (row) => {
      const namespace = await createNamespace();
      await besideInjector(row.configuration, namespace, async () => {
        const { pod, calls } = await create(webhook, namespace, elasticsearch('es'));
        expect([initContainersOf(pod), calls]).toEqual([row.expected, 1]);
      });
    });
  });

  // Both sort before ours, as they are named by their charts.
  describe('beside a mesh', () => {
    let webhook: RegisteredWebhook;
    beforeAll(async () => {
      webhook = await startWebhook();
    });
    afterAll(() => webhook?.stop());

    it.each<[string, string, Manner, readonly string[]]>([
      [
        'Istio as it is by default',
        'istio-sidecar-injector',
        { ...ISTIO, reinvocationPolicy: 'Never' },
        [OURS, 'istio-init', 'istio-proxy'],
      ],
      [
        'Istio that asks to be called again',
        'istio-sidecar-injector',
        { ...ISTIO, reinvocationPolicy: 'IfNeeded' },
        ['istio-init', 'istio-proxy', OURS],
      ],
      ['Linkerd', 'linkerd-proxy-injector-webhook-config', LINKERD, [OURS, 'linkerd-init']],
    ])('of %s runs before the server, and is called once', async (_mesh, name, manner, expected) => {
      const namespace = await createNamespace();
      const work = async () => {
        const { pod, calls } = await create(webhook, namespace, elasticsearch('es'));
        expect([initContainersOf(pod), calls]).toEqual([expected, 1]);
      };
      await besideInjector(name, namespace, work, manner);
    });
  });

  describe('without match conditions', () => {
    let webhook: RegisteredWebhook;
    beforeAll(async () => {
      webhook = await startWebhook({ change: withoutMatchConditions });
    });
    afterAll(() => webhook?.stop());

    it('gets one init container from two calls, and its author one warning', async () => {
      const { directory } = inject('controlPlane');
      const before = apiServerLog(directory);
      const { pod, calls, warnings } = await create(webhook, await createNamespace(), elasticsearch('twice'));
      expect([initContainersOf(pod), appliedTo(pod), calls]).toEqual([[OURS], 'init-container=262144', 2]);
      expect(warnings).toHaveLength(1);
      const { annotations = {} } = await creationOf('twice');
      expect(annotations['privileged.max-map-count.io/reason']).toBe('injected');
      expect(apiServerLog(directory).slice(before.length)).not.toContain('Failed to set admission audit annotation');
    });

    it('gets one expression of affinity from two calls, and its author one warning', async () => {
      const namespace = await createNamespace();
      const metadata = { annotations: { 'max-map-count.io/strategy': 'node-affinity' } };
      const asked = elasticsearch('affine', { metadata });
      const { pod, calls, warnings } = await besideInjector('zzz-injector', namespace, () =>
        create(webhook, namespace, asked),
      );
      expect([initContainersOf(pod), appliedTo(pod), calls]).toEqual([[OTHER], 'node-affinity=262144', 2]);
      expect(warnings).toHaveLength(1);
      expect(get(get(pod.spec, 'affinity'), 'nodeAffinity')).toEqual({
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'max-map-count.io/value', operator: 'Gt', values: ['262143'] }] },
          ],
        },
      });
    });
  });
});

/** Where the first init container mounts something. */
function mountsOf(pod: JsonObject): unknown[] {
  const [first] = objects(pod.spec, 'initContainers');
  return objects(first, 'volumeMounts').map(({ mountPath }) => mountPath);
}

function withoutMatchConditions(configuration: WebhookConfiguration): WebhookConfiguration {
  return { ...configuration, webhooks: configuration.webhooks.map((entry) => ({ ...entry, matchConditions: [] })) };
}
