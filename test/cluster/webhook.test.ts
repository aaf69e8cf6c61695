// The built server behind a real API server, registered as the chart registers it.
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { objects, text } from '../../src/core/json.ts';
import { eventually } from '../../tools/process/eventually.ts';
import { outputOf } from '../../tools/process/run.ts';
import { RELEASE_NAMESPACE } from '../../tools/webhook/configuration.ts';
import { apiClient, comparablePod } from '../support/api-client.ts';
import { only, render, type WebhookConfiguration } from '../support/chart.ts';
import { cluster, type RegisteredWebhook } from '../support/cluster.ts';
import { elasticsearch } from '../support/manifests.ts';
import { appliedTo, initContainersOf, reviewsAnswered, reviewsRecalled, withoutOurs } from '../support/webhook-view.ts';

const { available, binaries, kubeconfig, kubectl, get, createNamespace, creationOf, startWebhook } = cluster();
const EXAMPLE = fileURLToPath(new URL('../../examples/elk.yaml', import.meta.url));
const APPLIED = 'init-container=262144';
const ADDED =
  /^max-map-count: added the privileged init container max-map-count, which raises vm\.max_map_count to 262144/;
const INIT = { name: 'prepare', image: 'busybox:1.37.0', command: ['true'] };

describe.skipIf(!available)('the webhook, on a real API server', () => {
  const client = apiClient(kubeconfig);
  let webhook: RegisteredWebhook;
  let namespace: string;
  let unseen: string;
  beforeAll(async () => {
    [webhook, namespace, unseen] = await Promise.all([
      startWebhook(),
      createNamespace(),
      createNamespace({ 'max-map-count.io/inject': 'disabled' }),
    ]);
  });
  afterAll(() => webhook?.stop());

  /** The pods with a label, when there are as many as expected. */
  const podsOf = (app: string, count: number) =>
    eventually(
      `waiting for ${count} pods of ${app}`,
      async () => {
        const list = await get('pods', '--namespace', namespace, '--selector', `app=${app}`);
        const pods = objects(list, 'items');
        expect(pods).toHaveLength(count);
        return pods;
      },
      { seconds: 20 },
    );

  /** What some work returns, and how many reviews the webhook answered meanwhile. */
  const countingCalls = async <T>(work: () => Promise<T>) => {
    const before = await reviewsAnswered(webhook);
    return { result: await work(), calls: (await reviewsAnswered(webhook)) - before };
  };

  it('patches the ELK pod of the example, applied unchanged, and leaves the nginx pod beside it alone', async () => {
    outputOf(await kubectl(['apply', '--namespace', namespace, '-f', EXAMPLE]));
    const podOf = async (app: string) => (await podsOf(app, 1))[0] ?? {};
    const [elk, nginx] = [await podOf('elk'), await podOf('nginx')];
    expect([initContainersOf(elk), appliedTo(elk)]).toEqual([['max-map-count'], APPLIED]);
    expect([initContainersOf(nginx), appliedTo(nginx)]).toEqual([[], undefined]);
  });

  it.each([
    ['no init containers', {}, []],
    ['an empty list of init containers', { initContainers: [] }, []],
    ['several', { initContainers: [INIT, { ...INIT, name: 'copy' }] }, ['prepare', 'copy']],
    [
      'a native sidecar first',
      {
        initContainers: [
          { ...INIT, restartPolicy: 'Always' },
          { ...INIT, name: 'copy' },
        ],
      },
      ['prepare', 'copy'],
    ],
  ])('comes first and changes nothing else in a pod with %s', async (what, spec, others) => {
    const pod = elasticsearch(what.replaceAll(' ', '-'), { spec });
    const { status, body } = await client.createPod(namespace, pod);
    expect(status).toBe(201);
    expect([initContainersOf(body), appliedTo(body)]).toEqual([['max-map-count', ...others], APPLIED]);
    const untouched = await client.createPod(unseen, pod);
    expect(comparablePod(withoutOurs(body))).toEqual(comparablePod(untouched.body));
  });

  it('judges the replicas of a Deployment no more from the third on, although the token of each is on a volume of its own', async () => {
    const before = await reviewsRecalled(webhook);
    const args = ['create', 'deployment', 'replicas', '--image=sebp/elk', '--replicas=4', '--namespace', namespace];
    outputOf(await kubectl(args));
    const pods = await podsOf('replicas', 4);
    expect(pods.map(initContainersOf)).toEqual(Array(4).fill(['max-map-count']));
    const tokens = pods.flatMap((pod) => objects(pod.spec, 'volumes').map((volume) => text(volume, 'name')));
    expect(new Set(tokens).size).toBe(4);
    expect((await reviewsRecalled(webhook)) - before).toBe(2);
  });

  // The API server counts what it adds itself, too: that of 1.30 repeats the AppArmor profile of our container.
  it.each([0, 40, 100, 200])('keeps a pod whose annotations have room for %d bytes more', async (room) => {
    const padding = 'x'.repeat(256 * 1024 - 'padding'.length - room);
    const pod = elasticsearch(`room-for-${room}`, { metadata: { annotations: { padding } } });
    const { status, body } = await client.createPod(namespace, pod);
    expect([status, initContainersOf(body)]).toEqual([201, ['max-map-count']]);
  });

  it('returns the patched pod of a server-side dry run, and creates nothing', async () => {
    const input = JSON.stringify(elasticsearch('dry'));
    const args = ['create', '--dry-run=server', '--namespace', namespace, '--output=json', '-f', '-'];
    const pod = JSON.parse(outputOf(await kubectl(args, { input })));
    expect([initContainersOf(pod), appliedTo(pod)]).toEqual([['max-map-count'], APPLIED]);
    expect((await kubectl(['get', 'pod', 'dry', '--namespace', namespace])).stderr).toContain('NotFound');
  });

  it('says through kubectl what it did, and says nothing about other pods', async () => {
    const run = (name: string, image: string) => kubectl(['run', name, `--image=${image}`, '--namespace', namespace]);
    const [elk, nginx] = [await run('said', 'sebp/elk'), await run('unsaid', 'nginx')];
    expect([elk.code, elk.stdout.trim(), nginx.stderr]).toEqual([0, 'pod/said created', '']);
    const [line = '', ...others] = elk.stderr.trim().split('\n');
    expect(line.replace(/^Warning: /, '')).toMatch(ADDED);
    expect([line.startsWith('Warning: '), others]).toEqual([true, []]);
  });

  it('leaves its decision in the audit log', async () => {
    await client.createPod(namespace, elasticsearch('audited'));
    const { annotations = {} } = await creationOf('audited');
    const own = Object.entries(annotations).filter(([key]) => key.startsWith('privileged.max-map-count.io/'));
    expect(Object.fromEntries(own)).toEqual({
      'privileged.max-map-count.io/decision': 'patch',
      'privileged.max-map-count.io/reason': 'injected',
      'privileged.max-map-count.io/workload': 'elasticsearch',
      'privileged.max-map-count.io/value': '262144',
      'privileged.max-map-count.io/strategy': 'init-container',
    });
  });

  it('is called once for a new pod, and not at all for one that carries its patch', async () => {
    const first = await countingCalls(() => client.createPod(namespace, elasticsearch('once')));
    const { metadata: _, ...patched } = first.result.body;
    const pod = { ...patched, metadata: { name: 'again', annotations: { 'max-map-count.io/applied': APPLIED } } };
    const second = await countingCalls(() => client.createPod(namespace, pod));
    expect([first.calls, second.calls]).toEqual([1, 0]);
    expect([second.result.status, second.result.warnings]).toEqual([201, []]);
    expect(initContainersOf(second.result.body)).toEqual(['max-map-count']);
  });

  it('is not called for kube-system, nor where the namespace opted out', async () => {
    for (const leftOut of [unseen, 'kube-system']) {
      const { result, calls } = await countingCalls(() =>
        client.createPod(leftOut, elasticsearch('left-out'), { dryRun: true }),
      );
      expect([result.status, calls, initContainersOf(result.body)], leftOut).toEqual([201, 0, []]);
    }
  });

  it('is registered as the chart renders it, but for the URL in place of the Service', async () => {
    const values = { tls: { mode: 'helm' } };
    const release = { release: 'max-map-count-webhook', namespace: RELEASE_NAMESPACE };
    const rendered = only<WebhookConfiguration>(
      await render({ helm: binaries.helm, values, ...release }),
      'MutatingWebhookConfiguration',
    );
    const { name } = rendered.metadata;
    const stored = (await get('mutatingwebhookconfiguration', name)) as typeof webhook.configuration;
    const paths = rendered.webhooks.map(({ clientConfig }) => clientConfig.service.path);
    expect(stored.webhooks.map(({ clientConfig }) => clientConfig.url)).toEqual(
      paths.map((path) => webhook.url + path),
    );
    const withoutClient = (entry: object) => ({ ...entry, clientConfig: undefined });
    expect(stored.webhooks.map(withoutClient)).toEqual(rendered.webhooks.map(withoutClient));
  });
});
