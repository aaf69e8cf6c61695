// The prefilter in a real API server: what it keeps from the webhook, what the largest pods cost, and that a pod which becomes
// a workload on its way is still seen.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { eventually } from '../../tools/process/eventually.ts';
import { outputOf } from '../../tools/process/run.ts';
import type { WebhookConfiguration } from '../../tools/webhook/configuration.ts';
import { apiClient, refusalOf } from '../support/api-client.ts';
import { BULKY, LARGEST } from '../support/bulky-pods.ts';
import { cluster, type RegisteredWebhook } from '../support/cluster.ts';
import { conditionFigures } from '../support/condition-figures.ts';
import { renamer, startInjector } from '../support/injector.ts';
import { initContainersOf, requestsRefused, reviewsAnswered } from '../support/webhook-view.ts';

const { available, kubeconfig, kubectl, apply, createNamespace, startWebhook } = cluster();
const OURS = /^(?:privileged|restricted)\.max-map-count\.io$/;
const SERVER = 'elasticsearch:8.19.0';

describe.skipIf(!available)('the prefilter', () => {
  const client = apiClient(kubeconfig);
  let webhook: RegisteredWebhook;
  let namespace: string;
  beforeAll(async () => {
    namespace = await createNamespace();
    // Only the pods of this test are counted, whatever controllers still do for another one.
    const matchLabels = { 'kubernetes.io/metadata.name': namespace };
    const change = (all: WebhookConfiguration): WebhookConfiguration => ({
      ...all,
      webhooks: all.webhooks.map((entry) => ({
        ...entry,
        namespaceSelector: { ...entry.namespaceSelector, matchLabels },
      })),
    });
    webhook = await startWebhook({ set: ['webhook.timeoutSeconds=30'], change, probeNamespace: namespace });
  });
  afterAll(() => webhook?.stop());

  /** Asks for a pod, and says what became of it, who was asked and what that took. */
  const ask = async (pod: JsonObject) => {
    const [before, reviews] = [await conditionFigures(kubectl, OURS), await reviewsAnswered(webhook)];
    const answer = await client.createPod(namespace, pod, { dryRun: true });
    const after = await conditionFigures(kubectl, OURS);
    const { excluded, errors, evaluations, seconds } = after;
    return {
      answer,
      calls: (await reviewsAnswered(webhook)) - reviews,
      excluded: excluded - before.excluded,
      errors: errors - before.errors,
      each: (seconds - before.seconds) / (evaluations - before.evaluations),
    };
  };
  const pod = (image: string): JsonObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'asked' },
    spec: { containers: [{ name: 'main', image }] },
  });

  it('keeps nginx from the webhook, and sends what may be a server', async () => {
    const nginx = await ask(pod('nginx:1.27'));
    expect([nginx.answer.status, nginx.calls, nginx.excluded, nginx.errors]).toEqual([201, 0, 1, 0]);
    const server = await ask(pod(SERVER));
    expect([server.answer.status, server.calls, server.errors]).toEqual([201, 1, 0]);
    expect(initContainersOf(server.answer.body)).toEqual(['max-map-count']);
    // A look-alike is for the webhook to judge.
    expect(await ask(pod('prom/elasticsearch-exporter:1'))).toMatchObject({ calls: 1, excluded: 0, errors: 0 });
  });

  it.each(Object.entries(BULKY))('is false, and no error, for a pod of %s', async (what, bulky) => {
    const { calls, excluded, errors, each } = await ask(bulky);
    console.log(`prefilter: a pod of ${what} takes ${(each * 1000).toFixed(1)} ms of conditions`);
    expect({ calls, excluded, errors }).toEqual({ calls: 0, excluded: 1, errors: 0 });
    // Several times what it takes on two busy cores; the API server's own limit is in the budget, which is no matter of time.
    expect(each).toBeLessThan(1);
  });

  it('sends the largest pod that the API server takes, which is beyond its bounds', async () => {
    expect(JSON.stringify(LARGEST).length).toBeGreaterThan(2.5 * 2 ** 20);
    const before = await requestsRefused(webhook);
    const { answer, errors } = await ask(LARGEST);
    expect(refusalOf(answer)).toBe('');
    // With its managed fields it is larger than what the webhook reads, and than what can be stored: only a dry run passes.
    expect(await requestsRefused(webhook)).toBe(before + 1);
    // What conditions take is not recorded when they are true.
    expect([answer.status, errors]).toEqual([201, 0]);
  });

  it.each([
    ['before ours, which sorts last: it is patched', 'aa-renamer', ['max-map-count']],
    // Why ours sorts last: a condition that was false once is not asked again.
    ['after ours: it is not seen', 'zzz-renamer', []],
  ])('of a pod that becomes a server by a webhook called %s', async (_what, name, expected) => {
    const injector = await startInjector(renamer(SERVER));
    try {
      outputOf(await apply(injector.configuration(name, namespace)));
      const inForce = async () => {
        const { body } = await client.createPod(namespace, pod('busybox'), { dryRun: true });
        expect(JSON.stringify(body.spec)).toContain(SERVER);
        return body;
      };
      const renamed = await eventually('waiting for the other webhook', inForce, { seconds: 20 });
      expect(initContainersOf(renamed)).toEqual(expected);
    } finally {
      outputOf(await kubectl(['delete', 'mutatingwebhookconfiguration', name]));
      injector.stop();
    }
  });
});
