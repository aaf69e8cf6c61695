import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createAuthority } from '../../tools/control-plane/certificate.ts';
import { eventually } from '../../tools/process/eventually.ts';
import { outputOf, run } from '../../tools/process/run.ts';
import { CERT_MANAGER_CRDS } from '../support/cert-manager-crds.ts';
import * as chart from '../support/chart.ts';
import { cluster } from '../support/cluster.ts';

const SECONDS = 20;
const { certificate: authority } = await createAuthority('chart test');
const { available, binaries, kubeconfig, kubectl, createNamespace, get } = cluster();

describe.skipIf(!available)('the chart, on a real API server', () => {
  const { helm } = binaries;
  const ok = async (args: string[], input: unknown = '') =>
    outputOf(await kubectl(args, { input: JSON.stringify(input) }));

  beforeAll(async () => {
    await ok(['apply', '-f', '-'], list(CERT_MANAGER_CRDS));
    await ok([
      'wait',
      '--for=condition=Established',
      ...CERT_MANAGER_CRDS.map(({ metadata }) => `crd/${metadata.name}`),
    ]);
  });
  afterAll(async () => {
    await ok(['delete', '-f', '-'], list(CERT_MANAGER_CRDS));
  });

  /** Applies objects for the time of one test. */
  const apply = async (objects: readonly chart.KubernetesObject[]) => {
    onTestFinished(async () => {
      await ok(['delete', '--ignore-not-found', '-f', '-'], list(objects));
    });
    await ok(['apply', '--validate=strict', '-f', '-'], list(objects));
  };
  const storedWebhooks = async (name: string) => {
    const stored = (await get('mutatingwebhookconfiguration', name)) as chart.WebhookConfiguration;
    return stored.webhooks;
  };

  it.each<[string, chart.Values]>([
    ['certManager', {}],
    ['helm', { tls: { mode: 'helm' } }],
    ['existingSecret', chart.existingSecret(authority)],
  ])('is accepted with tls.mode %s, and its webhooks are stored as they were rendered', async (_mode, values) => {
    const objects = await chart.render({ helm, values, namespace: await createNamespace() });
    await apply(objects);
    const { metadata, webhooks } = chart.only<chart.WebhookConfiguration>(objects, 'MutatingWebhookConfiguration');
    expect(await storedWebhooks(metadata.name)).toEqual(webhooks);
  });

  it('runs under the restricted Pod Security profile', async () => {
    const namespace = await createNamespace({ 'pod-security.kubernetes.io/enforce': 'restricted' });
    const objects = await chart.render({ helm, namespace });
    await apply([chart.only(objects, 'ServiceAccount')]);
    const { template } = chart.only<chart.Deployment>(objects, 'Deployment').spec;
    await ok(createDry(namespace), pod(template.spec));
    const { stderr } = await kubectl(createDry(namespace), { input: JSON.stringify(pod()) });
    expect(stderr).toContain('violates PodSecurity "restricted:latest"');
  });

  it('keeps CA and certificate over upgrades, and leaves nothing behind', async () => {
    const call = { helm, kubeconfig, release: 'kept', namespace: await createNamespace() };
    const certificate = async () => ({
      secret: await get('secret', 'kept-max-map-count-webhook-helm-tls', '--namespace', call.namespace),
      webhooks: await storedWebhooks('zz-kept-max-map-count-webhook'),
    });
    outputOf(await chart.helm('install', { ...call, values: { tls: { mode: 'helm' } } }));
    const installed = await certificate();
    for (const replicas of [1, 3]) {
      outputOf(await chart.helm('upgrade', { ...call, values: { replicas, tls: { mode: 'helm' } } }));
      expect(await certificate()).toEqual(installed);
    }

    const uninstall = ['uninstall', 'kept', '--namespace', call.namespace];
    outputOf(await run(helm, uninstall, { env: { KUBECONFIG: kubeconfig } }));
    const kinds = (await ok(['api-resources', '--verbs=list,delete', '--output=name'])).trim().split('\n');
    const left = ['get', kinds.join(','), '--all-namespaces', '--output=name', '--selector'];
    const nothingLeft = async () => expect(await ok([...left, 'app.kubernetes.io/instance=kept'])).toBe('');
    await eventually('waiting until garbage is collected', nothingLeft, { seconds: SECONDS });
    expect(await ok([...left, 'name=kept,owner=helm'])).toBe('');
  });

  it('calls the path that a namespace asks for, and none for what is left out', async () => {
    const plain = await createNamespace();
    const restricted = await createNamespace({ 'pod-security.kubernetes.io/enforce': 'restricted' });
    const leftOut = [await createNamespace({ 'max-map-count.io/inject': 'disabled' }), await createNamespace()];
    const [, release = ''] = leftOut;
    const names = ['kube-system', plain, restricted, ...leftOut];
    const named = { key: 'kubernetes.io/metadata.name', operator: 'In', values: names };
    // Nobody answers, so that with Fail every call shows as a refusal that names the webhook.
    const webhook = { failurePolicy: 'Fail', namespaceSelector: { matchExpressions: [named] } };
    const objects = await chart.render({ helm, values: { webhook }, namespace: release });
    await apply([chart.only(objects, 'MutatingWebhookConfiguration')]);
    const called = async (namespace: string, object = pod()) => {
      const { stderr, code } = await kubectl(createDry(namespace), { input: JSON.stringify(object) });
      return /failed calling webhook "([^"]+)"/.exec(stderr)?.[1] ?? (code === 0 ? 'nobody' : stderr);
    };

    const isCalled = async () => expect(await called(plain)).toBe('privileged.max-map-count.io');
    await eventually('waiting until the API server calls the webhook', isCalled, { seconds: SECONDS });
    expect(await called(restricted)).toBe('restricted.max-map-count.io');
    for (const namespace of ['kube-system', ...leftOut]) expect(await called(namespace)).toBe('nobody');

    const container = { name: 'max-map-count', image: 'elasticsearch' };
    const applied = { annotations: { 'max-map-count.io/applied': 'init-container=262144' } };
    const mirror = { annotations: { 'kubernetes.io/config.mirror': 'x' } };
    expect(await called(plain, pod({ initContainers: [container] }, applied))).toBe('nobody');
    // What only looks like our patch is for the server to judge.
    expect(await called(plain, pod({ initContainers: [container] }))).toBe('privileged.max-map-count.io');
    expect(await called(plain, pod({ containers: [container] }, applied))).toBe('privileged.max-map-count.io');
    expect(await called(plain, pod({}, applied))).toBe('privileged.max-map-count.io');
    expect(await called(plain, pod({ nodeName: 'n' }, mirror))).toBe('nobody');
    expect(await called(plain, pod({ containers: [{ name: 'app', image: 'nginx' }] }))).toBe('nobody');
  });
});

function list(items: readonly unknown[]): object {
  return { apiVersion: 'v1', kind: 'List', items };
}

function createDry(namespace: string): string[] {
  return ['create', '--dry-run=server', '--validate=ignore', '--namespace', namespace, '-f', '-'];
}

function pod(spec: object = {}, metadata: object = {}): object {
  const containers = [{ name: 'app', image: 'elasticsearch' }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { generateName: 'chart-', ...metadata },
    spec: { containers, ...spec },
  };
}
