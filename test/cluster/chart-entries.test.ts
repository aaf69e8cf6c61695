import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../tools/process/eventually.ts';
import { outputOf } from '../../tools/process/run.ts';
import { type ApiAnswer, apiClient } from '../support/api-client.ts';
import { cluster, type RegisteredWebhook } from '../support/cluster.ts';

const { available, kubeconfig, kubectl, apply, createNamespace, startWebhook } = cluster();
const LEVEL = 'pod-security.kubernetes.io/enforce';
const SECURE = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
};
const SPEC = { containers: [{ name: 'es', image: 'elasticsearch:8.19.0', securityContext: SECURE }] };

describe.skipIf(!available)('the entries of the webhook configuration', () => {
  let webhook: RegisteredWebhook;
  afterEach(() => webhook.stop());

  /** What became of a pod that is created for real. */
  const outcome = async (namespace: string, name = 'es'): Promise<string> => {
    const answer = await apiClient(kubeconfig).createPod(namespace, { metadata: { name }, spec: SPEC });
    return answer.status === 201 ? appliedIn(answer) : `${answer.status}: ${JSON.stringify(answer.body)}`;
  };

  it.each([
    ['none', 'nothing'],
    ['node-affinity', 'node-affinity=262144'],
  ])('give pods of each Pod Security level what it allows (restrictedNamespaces %s)', async (restricted, expected) => {
    const levels = ['privileged', 'baseline', 'restricted'];
    const namespaces = await Promise.all([{}, ...levels.map((level) => ({ [LEVEL]: level }))].map(createNamespace));
    webhook = await startWebhook({ set: [`podSecurity.restrictedNamespaces=${restricted}`] });
    const outcomes = await Promise.all(namespaces.map((namespace) => outcome(namespace)));
    expect(outcomes).toEqual(['init-container=262144', 'init-container=262144', expected, expected]);
  });

  it('never see own and system namespaces, whatever the user selects', async () => {
    const opted = await createNamespace({ 'max-map-count.io/inject': 'disabled' });
    const seen = await createNamespace();
    const own = 'max-map-count-webhook';
    outputOf(await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: own } }));
    const hostile = 'webhook.namespaceSelector.matchExpressions[0]';
    const named = ['kube-system', 'kube-public', 'kube-node-lease', own, opted, seen];
    webhook = await startWebhook({
      set: [
        `${hostile}.key=kubernetes.io/metadata.name,${hostile}.operator=In,${hostile}.values={${named}}`,
        `namespaces.mode=list,namespaces.names={${named}}`,
      ],
      probeNamespace: seen,
    });
    expect(await outcome(seen)).toBe('init-container=262144');
    for (const namespace of named.slice(0, -1)) {
      const pod = { metadata: { name: 'es' }, spec: SPEC };
      const answer = await eventually(
        `waiting for the ServiceAccount of ${namespace}`,
        async () => {
          const { status, body } = await apiClient(kubeconfig).createPod(namespace, pod, { dryRun: true });
          expect(status).toBe(201);
          return body;
        },
        { seconds: 20 },
      );
      expect(JSON.stringify(answer)).not.toContain('"max-map-count"');
    }
  });

  it('with namespaces.mode optIn only see namespaces that ask for it', async () => {
    const asking = await createNamespace({ 'max-map-count.io/inject': 'enabled' });
    const silent = await createNamespace();
    webhook = await startWebhook({ set: ['namespaces.mode=optIn'], probeNamespace: asking });
    expect(await outcome(asking)).toBe('init-container=262144');
    expect(await outcome(silent)).toBe('nothing');
  });

  it('with webhook.warnOnWorkloads tell the author of a Deployment, and change nothing in it', async () => {
    const [plain, restricted] = [await createNamespace(), await createNamespace({ [LEVEL]: 'restricted' })];
    webhook = await startWebhook({ set: ['webhook.warnOnWorkloads=true,config.mode=enforce'] });
    const create = (namespace: string) => {
      const labels = { app: 'es' };
      const spec = { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: SPEC } };
      const path = `/apis/apps/v1/namespaces/${namespace}/deployments?dryRun=All`;
      return apiClient(kubeconfig).send('POST', path, { metadata: { name: 'es' }, spec });
    };
    const told = await create(plain);
    expect(told.status).toBe(201);
    expect(told.warnings.join()).toContain('max-map-count');
    expect(JSON.stringify(told.body)).not.toContain('max-map-count');
    // Its pods get no init container there, so that nothing may say so.
    expect((await create(restricted)).warnings.join()).not.toContain('max-map-count');
  });
});

describe.skipIf(!available)("the API server's own metrics", () => {
  it.each([
    ['Ignore', 'apiserver_admission_webhook_fail_open_count', ''],
    ['Fail', 'apiserver_admission_webhook_rejection_count', 'error_type="calling_webhook_error"'],
  ])('count by our names when nobody answers (%s), as the alerts expect', async (failurePolicy, metric, label) => {
    const namespace = await createNamespace();
    const set = [`webhook.failurePolicy=${failurePolicy}`, 'namespaces.mode=list', `namespaces.names={${namespace}}`];
    const webhook = await startWebhook({ set, probeNamespace: namespace, release: failurePolicy.toLowerCase() });
    onTestFinished(() => webhook.stop());
    webhook.process.signal('SIGKILL');
    await webhook.process.exit;
    await apiClient(kubeconfig).createPod(namespace, { metadata: { name: 'es' }, spec: SPEC });
    // Other webhooks of these tests, under other names, may be counted there too.
    const lines = outputOf(await kubectl(['get', '--raw', '/metrics']))
      .split('\n')
      .filter((line) => line.startsWith(`${metric}{`) && line.includes(label));
    expect(lines).toContainEqual(expect.stringContaining('name="privileged.max-map-count.io"'));
  });
});

function appliedIn({ body }: ApiAnswer): string {
  return /"max-map-count\.io\/applied":"([^"]+)"/.exec(JSON.stringify(body))?.[1] ?? 'nothing';
}
