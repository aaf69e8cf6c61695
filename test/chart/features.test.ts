import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { parseConfig } from '../../src/config/config.ts';
import { outputOf, run } from '../../tools/process/run.ts';
import * as chart from '../support/chart.ts';
import { chartPrograms } from '../support/chart-programs.ts';

const { available, helm } = chartPrograms();

describe.skipIf(!available)("the chart's options, rendered by helm", () => {
  const render = (values: chart.Values) => chart.render({ helm, values });
  const objectOf = async (kind: string, values: chart.Values) => chart.only(await render(values), kind);

  it('with hostNetwork uses the ports of the node, and tells the server and the Service', async () => {
    const objects = await render({ hostNetwork: true, ports: { webhook: 9443, admin: 9081 } });
    const ports = [9443, 9081].map((port) => expect.objectContaining({ containerPort: port, hostPort: port }));
    expect(chart.only(objects, 'Deployment')).toMatchObject({
      spec: {
        template: { spec: { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet', containers: [{ ports }] } },
      },
    });
    expect(JSON.stringify(chart.only(objects, 'ConfigMap'))).toMatch(/adminPort: 9081.*port: 9443/);
    expect(chart.only(objects, 'Service')).toMatchObject({ spec: { ports: [{ port: 443 }, { port: 9081 }] } });
  });

  it('with autoscaling leaves the number of pods to it, also in the PodDisruptionBudget', async () => {
    const objects = await render({ replicas: 1, autoscaling: { enabled: true, minReplicas: 3 } });
    expect(chart.only<chart.Deployment>(objects, 'Deployment').spec).not.toHaveProperty('replicas');
    expect(chart.only(objects, 'HorizontalPodAutoscaler')).toMatchObject({ spec: { minReplicas: 3, maxReplicas: 5 } });
    expect(chart.only(objects, 'PodDisruptionBudget')).toMatchObject({
      spec: { unhealthyPodEvictionPolicy: 'AlwaysAllow' },
    });
  });

  it('with networkPolicy lets nothing out, everyone to the webhook port, and the named ones to the admin port', async () => {
    const monitoring = { namespaceSelector: { matchLabels: { team: 'monitoring' } } };
    const policy = await objectOf('NetworkPolicy', { networkPolicy: { enabled: true, adminFrom: [monitoring] } });
    const port = (name: string) => [{ port: name, protocol: 'TCP' }];
    expect(policy).toMatchObject({
      spec: {
        policyTypes: ['Ingress', 'Egress'],
        ingress: [{ ports: port('https') }, { ports: port('admin'), from: [monitoring] }],
      },
    });
    expect(policy).not.toHaveProperty('spec.egress');
    expect(policy).not.toHaveProperty('spec.ingress.0.from');
  });

  it('takes pods down only after others are up', async () => {
    expect(await objectOf('Deployment', {})).toMatchObject({
      spec: { strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } } },
    });
  });

  it('with an issuer of the user’s makes no other, and asks it for the certificate', async () => {
    const issuerRef = { group: 'cert-manager.io', kind: 'ClusterIssuer', name: 'mine' };
    const objects = await render({ tls: { certManager: { issuerRef } } });
    expect(objects.filter(({ kind }) => kind === 'Issuer')).toEqual([]);
    expect(chart.only(objects, 'Certificate')).toMatchObject({ spec: { issuerRef } });
  });

  it('never lets advice on workloads fail, whatever the failurePolicy', async () => {
    const objects = await render({ webhook: { warnOnWorkloads: true, failurePolicy: 'Fail' } });
    const policies = objects
      .filter(({ kind }) => kind === 'MutatingWebhookConfiguration')
      .flatMap((object) => (object as chart.WebhookConfiguration).webhooks)
      .map((entry) => [entry.clientConfig.service.path, entry]);
    expect(policies).toMatchObject([
      ['/mutate/init-container', { failurePolicy: 'Fail', reinvocationPolicy: 'IfNeeded' }],
      ['/mutate/none', { failurePolicy: 'Fail', reinvocationPolicy: 'IfNeeded' }],
      ['/warn', { failurePolicy: 'Ignore', reinvocationPolicy: 'Never' }],
    ]);
  });

  describe('keeps its pods out of service meshes', () => {
    const podsOf = async (values: chart.Values) => {
      const objects = await chart.helm('template', { helm, values: { preparedNodes: { enabled: true }, ...values } });
      const withTests = outputOf(
        await run(helm, ['template', 'mmc', chart.CHART, '--values', '-'], { input: JSON.stringify(values) }),
      );
      const documents = [outputOf(objects), withTests].flatMap((text) => parseAllDocuments(text));
      const all = documents.map((document) => document.toJS() as chart.Deployment);
      const templates = all
        .filter(({ kind }) => /^(?:Deployment|DaemonSet)$/.test(kind))
        .map(({ spec }) => spec.template);
      return [...templates, ...all.filter(({ kind }) => kind === 'Pod')].map(({ metadata }) => metadata);
    };

    it('by default: webhook, node agent and helm test', async () => {
      const pods = await podsOf({});
      expect(pods).toHaveLength(4);
      for (const metadata of pods) {
        expect(metadata).toMatchObject({
          labels: { 'sidecar.istio.io/inject': 'false', 'istio.io/dataplane-mode': 'none' },
          annotations: { 'linkerd.io/inject': 'disabled', 'consul.hashicorp.com/connect-inject': 'false' },
        });
      }
    });

    it('unless the user says otherwise', async () => {
      const podLabels = { 'sidecar.istio.io/inject': null, team: 'search' };
      for (const { labels } of await podsOf({ podLabels })) {
        expect(labels).toMatchObject({ team: 'search', 'istio.io/dataplane-mode': 'none' });
        expect(labels).not.toHaveProperty(['sidecar.istio.io/inject']);
      }
    });
  });

  it('with rotation gives rights on one Secret and its own configurations by name, and none to the webhook', async () => {
    type Rules = chart.KubernetesObject & { rules: readonly { resourceNames: string[]; verbs: string[] }[] };
    const objects = await render({ tls: { mode: 'rotated' }, webhook: { warnOnWorkloads: true } });
    const rights = ['get', 'patch'];
    expect(chart.only<Rules>(objects, 'Role').rules).toEqual([
      {
        apiGroups: [''],
        resources: ['secrets'],
        resourceNames: ['mmc-max-map-count-webhook-rotated-tls'],
        verbs: rights,
      },
    ]);
    expect(chart.only<Rules>(objects, 'ClusterRole').rules).toEqual([
      {
        apiGroups: ['admissionregistration.k8s.io'],
        resources: ['mutatingwebhookconfigurations'],
        resourceNames: ['zz-mmc-max-map-count-webhook', 'zz-mmc-max-map-count-webhook-warn'],
        verbs: rights,
      },
    ]);
    for (const kind of ['RoleBinding', 'ClusterRoleBinding']) {
      expect(chart.only(objects, kind)).toMatchObject({ subjects: [{ name: 'mmc-max-map-count-webhook-rotate' }] });
    }
    expect(chart.only(objects, 'Deployment')).toMatchObject({
      spec: {
        template: { spec: { serviceAccountName: 'mmc-max-map-count-webhook', automountServiceAccountToken: false } },
      },
    });
    expect(chart.only(objects, 'Secret')).not.toHaveProperty('data');
  });

  it('makes a new Job, never a changed one, when the image changes, and keeps its pods out of the Service', async () => {
    type Job = chart.KubernetesObject & { spec: { template: { metadata: { labels: Record<string, string> } } } };
    const jobOf = async (tag: string) =>
      chart.only<Job>(await render({ tls: { mode: 'rotated' }, image: { tag } }), 'Job');
    const [one, same, other] = [await jobOf('a'), await jobOf('a'), await jobOf('b')];
    expect(same.metadata.name).toBe(one.metadata.name);
    expect(other.metadata.name).not.toBe(one.metadata.name);
    const { spec } = chart.only<chart.KubernetesObject & { spec: { selector: object } }>(await render({}), 'Service');
    expect(one.spec.template.metadata.labels).not.toMatchObject(spec.selector);
    // A mesh's proxy would go on running after the program.
    expect(one.spec.template.metadata.labels).toMatchObject({ 'sidecar.istio.io/inject': 'false' });
  });

  it.each<[chart.Values, string, string[]]>([
    [{ caBundle: chart.CA }, '/etc/max-map-count-webhook/client-ca.crt', ['config', 'tls']],
    [{ caSecretName: 'callers' }, '/client-ca/ca.crt', ['config', 'tls', 'client-ca']],
  ])('with client certificates tells the server where their authorities lie: %j', async (where, caFile, volumes) => {
    const auth = { mode: 'clientCertificate', names: ['kube-apiserver'] };
    const objects = await render({ auth: { ...auth, ...where } });
    const { data } = chart.only<chart.KubernetesObject & { data: Record<string, string> }>(objects, 'ConfigMap');
    const parsed = parseConfig(data['config.yaml'] ?? '', 'config.yaml');
    expect(parsed).toMatchObject({ ok: true, config: { auth: { ...auth, caFile } } });
    expect(data['client-ca.crt']).toBe('caBundle' in where ? chart.CA : undefined);
    const mounts = volumes.map((name) => expect.objectContaining({ name }));
    expect(chart.only(objects, 'Deployment')).toMatchObject({
      spec: { template: { spec: { containers: [{ volumeMounts: mounts }], volumes: mounts } } },
    });
  });

  it('keeps the pod of helm test out of the Service', async () => {
    const all = parseAllDocuments(outputOf(await run(helm, ['template', 'mmc', chart.CHART])));
    const objects = all.map((document) => document.toJS() as chart.KubernetesObject);
    const { spec } = chart.only<chart.KubernetesObject & { spec: { selector: object } }>(objects, 'Service');
    expect(chart.only(objects, 'Pod').metadata.labels).not.toMatchObject(spec.selector);
    for (const { metadata } of objects.filter(({ metadata }) => metadata.name.endsWith('-test'))) {
      expect(metadata.annotations?.['helm.sh/hook']).toBe('test');
    }
  });
});
