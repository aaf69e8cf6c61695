import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { parseConfig } from '../../src/config/config.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { outputOf, run } from '../../tools/process/run.ts';
import * as chart from '../support/chart.ts';
import { chartPrograms } from '../support/chart-programs.ts';

const { available, helm } = chartPrograms();

describe.skipIf(!available)('the chart, rendered by helm', () => {
  const render = (values: chart.Values = {}, namespace = 'mmc-system') => chart.render({ helm, values, namespace });
  const webhooksOf = async (values: chart.Values = {}, namespace = 'mmc-system') =>
    chart.only<chart.WebhookConfiguration>(await render(values, namespace), 'MutatingWebhookConfiguration').webhooks;

  it.each(['mmc-system', 'kube-system', 'elsewhere'])(
    'leaves out the system namespaces, release namespace %s and whoever opted out, whatever the user selects',
    async (namespace) => {
      const own = { key: 'kubernetes.io/metadata.name', operator: 'In', values: ['kube-system', namespace] };
      const selector = { matchExpressions: [own], matchLabels: { 'max-map-count.io/inject': 'disabled' } };
      const webhooks = await webhooksOf({ webhook: { namespaceSelector: selector } }, namespace);
      expect(webhooks).toHaveLength(2);
      for (const { namespaceSelector } of webhooks) {
        expect(namespaceSelector.matchLabels).toEqual(selector.matchLabels);
        expect(namespaceSelector.matchExpressions).toContainEqual(own);
        expect(namespaceSelector.matchExpressions).toContainEqual({
          key: 'kubernetes.io/metadata.name',
          operator: 'NotIn',
          values: [...new Set(['kube-system', 'kube-node-lease', 'kube-public', namespace])],
        });
        const optOut = { key: 'max-map-count.io/inject', operator: 'NotIn', values: ['disabled'] };
        expect(namespaceSelector.matchExpressions).toContainEqual(optOut);
      }
    },
  );

  // What a namespace without the label, and with each of its values, gets.
  it.each([
    ['privileged', 'none', ['init-container', 'init-container', 'none', 'none']],
    ['privileged', 'node-affinity', ['init-container', 'init-container', 'node-affinity', 'node-affinity']],
    ['baseline', 'none', ['none', 'init-container', 'none', 'none']],
    ['restricted', 'node-affinity', ['node-affinity', 'init-container', 'node-affinity', 'node-affinity']],
  ])('calls one path per Pod Security level (default %s, restricted namespaces %s)', async (level, path, expected) => {
    const webhooks = await webhooksOf({ podSecurity: { clusterDefault: level, restrictedNamespaces: path } });
    const called = [undefined, 'privileged', 'baseline', 'restricted'].map((enforced) =>
      webhooks
        .filter(({ namespaceSelector }) => namespaceSelector.matchExpressions.every((it) => holds(it, enforced)))
        .map(({ clientConfig }) => clientConfig.service.path),
    );
    expect(called).toEqual(expected.map((strategy) => [`/mutate/${strategy}`]));
  });

  it('keeps its selectors whatever labels the user adds', async () => {
    const labels = { 'app.kubernetes.io/name': 'other', team: 'search' };
    const deployment = chart.only<chart.Deployment>(
      await render({ commonLabels: labels, podLabels: labels }),
      'Deployment',
    );
    const { selector, template } = deployment.spec;
    expect(selector.matchLabels).not.toHaveProperty('team');
    expect(template.metadata.labels).toMatchObject({ ...selector.matchLabels, team: 'search' });
    expect(deployment.metadata.labels).toMatchObject({ ...selector.matchLabels, team: 'search' });
  });

  const digest = `sha256:${'0'.repeat(64)}`;
  it.each([
    [{}, `ghcr.io/max-map-count-webhook/max-map-count-webhook:${packageJson.version}`],
    [{ registry: '', repository: 'webhook', tag: '1.10' }, 'webhook:1.10'],
    [{ registry: 'localhost:5000', repository: 'a/b', tag: 'v2', digest }, `localhost:5000/a/b@${digest}`],
  ])('runs the image of %j', async (image, expected) => {
    const { spec } = chart.only<chart.Deployment>(await render({ image }), 'Deployment');
    expect(spec.template.spec.containers.map((container) => container.image)).toEqual([expected]);
  });

  it.each([
    [1, true, 0],
    [2, true, 1],
    [2, false, 0],
  ])('with %d replicas and podDisruptionBudget.enabled %s has %d budgets', async (replicas, enabled, expected) => {
    const objects = await render({ replicas, podDisruptionBudget: { enabled } });
    expect(objects.filter(({ kind }) => kind === 'PodDisruptionBudget')).toHaveLength(expected);
  });

  const configOf = async (values: chart.Values) => {
    const { data } = chart.only<chart.KubernetesObject & { data: Record<string, string> }>(
      await render(values),
      'ConfigMap',
    );
    return parseConfig(data['config.yaml'] ?? '', 'config.yaml');
  };

  it("writes the server's own defaults", async () => {
    expect(await configOf({})).toEqual(readConfig());
  });

  it('writes numbers and versions as the server wants to read them', async () => {
    const row = { name: 'own', images: ['own'], required: 2_000_000_000 };
    const workloads = [{ ...row, recommended: { value: 2_097_152, since: '8.10' }, bootstrapChecks: false }];
    const result = await configOf({ config: { level: 'recommended', workloads, log: { level: 'debug' } } });
    expect(result).toMatchObject({ ok: true, config: { settings: { level: 'recommended' }, log: { level: 'debug' } } });
    const rows = result.ok ? result.config.settings.catalogue.rows : [];
    expect(rows.find(({ name }) => name === 'own')).toMatchObject(workloads[0] ?? {});
  });

  it('with tls.mode helm makes a certificate for the Service that the caBundle verifies', async () => {
    const objects = await render({ tls: { mode: 'helm' } });
    const { data } = chart.only<chart.KubernetesObject & { data: Record<string, string> }>(objects, 'Secret');
    const { webhooks } = chart.only<chart.WebhookConfiguration>(objects, 'MutatingWebhookConfiguration');
    const [leaf, ca] = ['tls.crt', 'ca.crt'].map((key) => new X509Certificate(atob(data[key] ?? '')));
    if (leaf === undefined || ca === undefined) throw new Error('two certificates were expected');
    expect(webhooks.map(({ clientConfig }) => clientConfig.caBundle)).toEqual([data['ca.crt'], data['ca.crt']]);
    expect(leaf.verify(ca.publicKey)).toBe(true);
    expect(ca.ca).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.checkHost('mmc-max-map-count-webhook.mmc-system.svc')).toBeDefined();
    expect(leaf.publicKey.asymmetricKeyDetails).toMatchObject({ namedCurve: 'prime256v1' });
    expect(Object.keys(data).sort()).toEqual(['ca.crt', 'tls.crt', 'tls.key']);
  });

  it('with tls.mode existingSecret mounts that Secret and passes the CA on, and makes no Secret', async () => {
    const objects = await render(chart.existingSecret(chart.CA));
    const { webhooks } = chart.only<chart.WebhookConfiguration>(objects, 'MutatingWebhookConfiguration');
    expect(webhooks.map(({ clientConfig }) => atob(clientConfig.caBundle ?? ''))).toEqual([chart.CA, chart.CA]);
    expect(JSON.stringify(chart.only(objects, 'Deployment'))).toContain('"secretName":"my-tls"');
    expect(objects.map(({ kind }) => kind)).not.toContain('Secret');
  });

  it('with tls.mode certManager leaves the caBundle to cert-manager, from the Certificate that pods serve', async () => {
    const objects = await render();
    const configuration = chart.only<chart.WebhookConfiguration>(objects, 'MutatingWebhookConfiguration');
    const source = configuration.metadata.annotations?.['cert-manager.io/inject-ca-from'] ?? '';
    const certificate = objects.find(({ kind, metadata }) => kind === 'Certificate' && source.endsWith(metadata.name));
    expect(source).toBe(`${certificate?.metadata.namespace}/${certificate?.metadata.name}`);
    expect(certificate).toMatchObject({
      spec: { dnsNames: ['mmc-max-map-count-webhook.mmc-system.svc', expect.any(String)] },
    });
    expect(JSON.stringify(chart.only(objects, 'Deployment'))).toContain('"secretName":"mmc-max-map-count-webhook-tls"');
    expect(configuration.webhooks.map(({ clientConfig }) => clientConfig.caBundle)).toEqual([undefined, undefined]);
  });

  it.each([
    ['duration=720h', 'renewBefore: 720h0m0s must be less than tls.certManager.duration (720h)'],
    ['duration=1.5h,tls.certManager.renewBefore=90m', 'renewBefore: 90m must be less than'],
    ['duration=59m59s,tls.certManager.renewBefore=10m', 'duration: 59m59s is less than an hour'],
    ['renewBefore=4m59s', 'renewBefore: 4m59s is less than five minutes'],
  ])('refuses tls.certManager.%s, which cert-manager would', async (set, words) => {
    const { code, stderr } = await run(helm, ['template', 'mmc', chart.CHART, '--set', `tls.certManager.${set}`]);
    expect(code).not.toBe(0);
    expect(stderr).toContain(words);
  });

  it('takes the shortest lifetimes that cert-manager takes', async () => {
    const objects = await render({ tls: { certManager: { duration: '1h', renewBefore: '5m' } } });
    expect(
      objects.find(({ kind, metadata }) => kind === 'Certificate' && !metadata.name.endsWith('-ca')),
    ).toMatchObject({
      spec: { duration: '1h', renewBefore: '5m' },
    });
  });

  it('needs no RBAC and no token', async () => {
    const objects = await render();
    expect(objects.filter(({ apiVersion }) => apiVersion.startsWith('rbac.'))).toEqual([]);
    expect(chart.only(objects, 'ServiceAccount')).toMatchObject({ automountServiceAccountToken: false });
    expect(chart.only(objects, 'Deployment')).toMatchObject({
      spec: { template: { spec: { automountServiceAccountToken: false } } },
    });
  });

  it('tells a person what to do next, in every mode', async () => {
    for (const mode of ['certManager', 'helm']) {
      const args = ['install', 'mmc', chart.CHART, '--dry-run=client', '--set', `tls.mode=${mode}`];
      const notes = outputOf(await run(helm, args)).split('NOTES:')[1] ?? '';
      expect(notes).toContain('kubectl rollout status --namespace default deployment/mmc-max-map-count-webhook');
      expect(notes).toContain('--dry-run=server');
      expect(notes.includes('helm template')).toBe(mode === 'helm');
      const leftovers =
        'kubectl delete secret --namespace default mmc-max-map-count-webhook-ca mmc-max-map-count-webhook-tls';
      expect(notes.includes(leftovers)).toBe(mode === 'certManager');
    }
  });
});

/** Whether a namespace with this Pod Security label meets an expression; one about other labels does not matter here. */
function holds({ key, operator, values = [] }: chart.LabelExpression, enforced: string | undefined): boolean {
  if (key !== 'pod-security.kubernetes.io/enforce') return true;
  return values.includes(enforced ?? '') === (operator === 'In');
}
