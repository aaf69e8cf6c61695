import { writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { CheckResult } from '../../src/cli/doctor/check-result.ts';
import { createAuthority } from '../../tools/control-plane/certificate.ts';
import { eventually } from '../../tools/process/eventually.ts';
import { outputOf } from '../../tools/process/run.ts';
import { renderWebhookConfiguration, type WebhookConfiguration } from '../../tools/webhook/configuration.ts';
import { installPlugin, pluginCaller } from '../support/cli-plugin.ts';
import { cluster } from '../support/cluster.ts';

const { available, binaries, kubectl, kubeconfig, apply, createNamespace, startWebhook } = cluster();
const authority = await createAuthority('doctor test');

describe.skipIf(!available)('doctor, on a real API server', () => {
  const plugin = installPlugin();
  const maxMapCount = pluginCaller(kubectl, plugin);
  const undo: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0)) await step();
  });
  afterAll(() => plugin.remove());

  async function doctor(namespace: string, ...more: string[]) {
    const { stdout, stderr, code } = await maxMapCount(['doctor', '-n', namespace, '-o', 'json', ...more]);
    const findings: CheckResult[] = stdout === '' ? [] : JSON.parse(stdout).findings;
    const of = (check: CheckResult['check']) => findings.filter((finding) => finding.check === check);
    return { findings, of, stderr, code };
  }

  /** The chart's configuration with every entry's client replaced, registered until the test ends. */
  async function registered(clientConfig: object, more: object = {}): Promise<void> {
    const url = 'https://127.0.0.1:1';
    const rendered = await renderWebhookConfiguration({ helm: binaries.helm, url, authority: authority.certificate });
    const { metadata } = rendered;
    outputOf(await apply(withClient(rendered, clientConfig, more)));
    undo.push(() => kubectl(['delete', 'mutatingwebhookconfiguration', metadata.name]));
  }

  it('finds nothing where all is well', async () => {
    const webhook = await startWebhook();
    undo.push(() => webhook.stop());
    const { findings, stderr, code } = await doctor(await createNamespace());
    expect(findings.filter(({ level }) => level !== 'ok')).toEqual([]);
    expect(findings.map(({ check }) => check)).toEqual(
      expect.arrayContaining([
        'webhook',
        'certificate',
        'probe',
        'pod-security',
        'latency',
        'pods',
        'crashes',
        'nodes',
      ]),
    );
    expect([stderr.trim().split('\n').at(-1), code]).toEqual([`${findings.length} ok, 0 to act on, 0 not known`, 0]);
  });

  it('finds the webhook missing', async () => {
    const { of, code } = await doctor(await createNamespace());
    expect(of('webhook')).toMatchObject([
      { level: 'finding', message: expect.stringContaining('it is not installed') },
    ]);
    expect(of('probe')).toMatchObject([{ level: 'finding' }]);
    expect(code).toBe(1);
  });

  it('finds the server down', async () => {
    await registered({ url: 'https://127.0.0.1:1', caBundle: base64(authority.certificate) });
    const { of, code } = await doctor(await createNamespace());
    expect(of('certificate')).toMatchObject([
      {
        level: 'finding',
        message: expect.stringMatching(/^https:\/\/127\.0\.0\.1:1 does not answer: .*ECONNREFUSED/),
      },
    ]);
    expect(of('probe')).toMatchObject([{ level: 'finding', message: expect.stringContaining('gave up') }]);
    expect(code).toBe(1);
  });

  it('finds a Service without endpoints', async () => {
    const namespace = await createNamespace();
    await registered({ service: { namespace, name: 'webhook' }, caBundle: base64(authority.certificate) });
    const { of } = await doctor(namespace);
    const message = `Service ${namespace}/webhook has no ready endpoint: the webhook is down`;
    expect(of('certificate')).toMatchObject([{ level: 'finding', message }]);
  });

  it('finds an expired certificate', async () => {
    const url = await serve({ notAfter: new Date('2026-01-02') });
    await registered({ url, caBundle: base64(authority.certificate) });
    const { of, code } = await doctor(await createNamespace());
    expect(of('certificate')[0]).toMatchObject({
      level: 'finding',
      message: expect.stringMatching(
        /^the API server refuses the certificate of .*: it has expired, valid until 2026-01-02$/,
      ),
    });
    expect(code).toBe(1);
  });

  it('finds a CA that did not sign the certificate, and one that is not there', async () => {
    const url = await serve({});
    await registered({ url, caBundle: base64((await createAuthority('another')).certificate) });
    const wrong = await doctor(await createNamespace());
    expect(wrong.of('certificate')[0]).toMatchObject({
      level: 'finding',
      message: expect.stringContaining('it is not signed by the CA in caBundle'),
    });
    await registered({ url });
    expect((await doctor(await createNamespace())).of('certificate')[0]).toMatchObject({
      level: 'finding',
      message: expect.stringContaining('has an empty caBundle'),
    });
  });

  it('finds pods that were created while the webhook was away, and how to make them anew', async () => {
    const namespace = await createNamespace();
    outputOf(await apply(deployment(namespace)));
    const image = 'jsonpath={.items[*].spec.containers[0].image}';
    await eventually(
      'waiting for the pod',
      async () =>
        expect((await kubectl(['get', 'pods', '-n', namespace, '-o', image])).stdout).toBe('elasticsearch:8.15.0'),
      { seconds: 20 },
    );
    const webhook = await startWebhook();
    undo.push(() => webhook.stop());
    const { of, code } = await doctor(namespace);
    expect(of('pods')).toMatchObject([
      {
        level: 'finding',
        message: expect.stringContaining(`Deployment ${namespace}/es has a pod that was not patched when created (es-`),
        remedy: `kubectl -n ${namespace} rollout restart deployment/es`,
      },
    ]);
    expect(code).toBe(1);
    outputOf(await kubectl(['rollout', 'restart', 'deployment/es', '-n', namespace]));
    await eventually(
      'waiting for the new pod alone',
      async () => {
        outputOf(
          await kubectl(['delete', 'rs', '-n', namespace, '-l', 'app=es', '--cascade=foreground', '--wait=false']),
        );
        expect((await doctor(namespace)).of('pods')).toMatchObject([{ level: 'ok' }]);
      },
      { seconds: 60 },
    );
  });

  it('finds a namespace whose Pod Security level refuses the patch, and sees the refusal', async () => {
    const webhook = await startWebhook({
      change: (rendered) => withClient(rendered, {}, { namespaceSelector: {} }),
    });
    undo.push(() => webhook.stop());
    const { of } = await doctor(await createNamespace({ 'pod-security.kubernetes.io/enforce': 'baseline' }));
    expect(of('pod-security')).toMatchObject([
      { level: 'finding', message: expect.stringContaining('enforces baseline') },
    ]);
    expect(of('probe')).toMatchObject([{ level: 'finding', message: expect.stringContaining('violates PodSecurity') }]);
  });

  it('finds a node label that is no number, and lists the nodes', async () => {
    const node = (name: string, value: string) => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: { 'max-map-count.io/value': value } },
    });
    outputOf(await apply(node('doctor-1', '262144'), node('doctor-2', 'high')));
    undo.push(() => kubectl(['delete', 'node', 'doctor-1', 'doctor-2']));
    const { of } = await doctor(await createNamespace());
    expect(of('nodes')).toMatchObject([
      { level: 'finding', remedy: 'kubectl label node doctor-2 max-map-count.io/value-' },
    ]);
    const { stdout } = await maxMapCount(['doctor']);
    expect(stdout).toMatch(/NODE +VM\.MAX_MAP_COUNT\n(?:.*\n)*doctor-1 +262144\ndoctor-2 +high\n/);
  });

  it('says for each check what it may not do, and exits 2 when it knows of nothing to act on', async () => {
    const namespace = await createNamespace();
    outputOf(await kubectl(['create', 'serviceaccount', 'nobody', '-n', namespace]));
    const token = outputOf(await kubectl(['create', 'token', 'nobody', '-n', namespace])).trim();
    const { findings, code } = await doctor(namespace, '--kubeconfig', await kubeconfigWith(token));
    expect(findings.map(({ check, level }) => `${check} ${level}`)).toEqual(
      ['webhook', 'certificate', 'probe', 'pod-security', 'latency', 'pods', 'crashes', 'nodes'].map(
        (check) => `${check} unknown`,
      ),
    );
    for (const { id, remedy } of findings)
      expect([id, remedy]).toEqual(['not-allowed', expect.stringMatching(/rule \{/)]);
    expect(findings.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        'you are not allowed to list mutatingwebhookconfigurations (403)',
        `you are not allowed to list pods in namespace ${namespace} (403)`,
        'you are not allowed to list nodes (403)',
        expect.stringContaining(`you are not allowed to create pods in namespace ${namespace}`),
      ]),
    );
    expect(code).toBe(2);
  });

  it('says in one line that the credentials have expired, and that there is no cluster', async () => {
    const expired = await doctor('default', '--kubeconfig', await kubeconfigWith('expired'));
    expect(expired.findings).toMatchObject([
      { check: 'cluster', level: 'unknown', message: expect.stringContaining('401') },
    ]);
    const path = await kubeconfigWith('any', 'https://127.0.0.1:1');
    const gone = await doctor('default', '--kubeconfig', path);
    expect(gone.findings).toMatchObject([
      { message: expect.stringContaining('cannot reach https://127.0.0.1:1: connect ECONNREFUSED') },
    ]);
    const context = await maxMapCount(['doctor', '--context', 'nowhere']);
    expect([expired.code, gone.code, context.code]).toEqual([2, 2, 2]);
    expect(context.stderr).toMatch(/^error: the kubeconfig has no context "nowhere"; it has: \S+\n$/);
  });

  async function kubeconfigWith(token: string, server?: string): Promise<string> {
    const config = parse(outputOf(await kubectl(['config', 'view', '--raw'], { env: { KUBECONFIG: kubeconfig } })));
    config.users[0].user = { token };
    if (server) config.clusters[0].cluster.server = server;
    const path = join(plugin.directory, `kubeconfig-${crypto.randomUUID()}`);
    writeFileSync(path, stringify(config));
    return path;
  }

  async function serve(dates: { notAfter?: Date }): Promise<string> {
    const { certificate, key } = await authority.issue({ notBefore: new Date('2026-01-01'), ...dates });
    const server = createServer({ cert: certificate, key });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    undo.push(async () => server.close());
    return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
});

function withClient(rendered: WebhookConfiguration, client: object, more: object): WebhookConfiguration {
  const webhooks = rendered.webhooks.map((entry) => {
    const path = new URL(entry.clientConfig.url ?? '').pathname;
    const given = client as { url?: string; service?: object };
    const replaced = given.url
      ? { ...client, url: `${given.url}${path}` }
      : given.service
        ? { ...client, service: { ...given.service, path } }
        : entry.clientConfig;
    return { ...entry, clientConfig: replaced, ...more };
  });
  return { ...rendered, webhooks };
}

function base64(pem: string): string {
  return Buffer.from(pem).toString('base64');
}

function deployment(namespace: string): object {
  const labels = { app: 'es' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'es', namespace, labels },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'es', image: 'elasticsearch:8.15.0' }] } },
    },
  };
}
