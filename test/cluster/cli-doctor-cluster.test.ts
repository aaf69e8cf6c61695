// What `doctor` sees of the cluster around the webhook: other webhooks, rights, and the API server's own Pod Security level.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { CheckResult } from '../../src/cli/doctor/check-result.ts';
import { type ControlPlane, startControlPlane } from '../../tools/control-plane/control-plane.ts';
import { outputOf } from '../../tools/process/run.ts';
import { temporaryDirectory } from '../support/certificates.ts';
import { installPlugin, pluginCaller } from '../support/cli-plugin.ts';
import { cluster, startWebhook as startWebhookOn } from '../support/cluster.ts';
import { codeBlocks, readText } from '../support/markdown.ts';

const { available, binaries, kubectl, kubeconfig, apply, createNamespace, startWebhook } = cluster();
const plugin = installPlugin();
afterAll(() => plugin.remove());

type Findings = readonly CheckResult[];
const idsOf = (findings: Findings) => findings.map(({ id }) => id);
const of = (findings: Findings, id: CheckResult['id']) => findings.filter((finding) => finding.id === id);

describe.skipIf(!available)('doctor, on a real API server', () => {
  const maxMapCount = pluginCaller(kubectl, plugin);
  const undo: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });

  async function doctor(namespace: string, ...more: string[]) {
    const { stdout, stderr, code } = await maxMapCount(['doctor', '-n', namespace, '-o', 'json', ...more]);
    const { version, findings } = JSON.parse(stdout || '{}') as { version: number; findings: CheckResult[] };
    return { version, findings, stderr, code };
  }

  const foreign = (name: string, namespace: string, webhooks: readonly object[]) => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name },
    webhooks: webhooks.map((webhook, index) => ({
      name: `w${index}.${name}.example.com`,
      clientConfig: { url: 'https://127.0.0.1:1/' },
      rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      failurePolicy: 'Ignore',
      timeoutSeconds: 10,
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
      ...webhook,
    })),
  });
  const register = async (name: string, namespace: string, webhooks: readonly object[]) => {
    outputOf(await apply(foreign(name, namespace, webhooks)));
    undo.push(() => kubectl(['delete', 'mutatingwebhookconfiguration', name]));
  };

  it('adds up the timeouts of six foreign webhooks of 10 s, and names the dead one', async () => {
    const namespace = await createNamespace();
    const six = Array.from({ length: 6 }, () => ({}));
    await register('doctor-six', namespace, six);
    await register('doctor-dead', namespace, [
      { clientConfig: { service: { namespace, name: 'gone' } }, timeoutSeconds: 1 },
    ]);
    // Not for pods, not for this namespace, not for ordinary pods: these cost nothing.
    await register('doctor-others', namespace, [
      { rules: [{ operations: ['CREATE'], apiGroups: ['apps'], apiVersions: ['v1'], resources: ['deployments'] }] },
      { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'nowhere' } } },
      { objectSelector: { matchLabels: { inject: 'true' } } },
    ]);
    const { version, findings } = await doctor(namespace);
    expect(version).toBe(1);
    const [sum] = of(findings, 'latency-sum');
    expect(sum?.message).toMatch(/^7 mutating webhooks see new pods of namespace \S+; their timeouts add up to 61 s/);
    expect(sum?.message.match(/w\d\.doctor-six\.example\.com of doctor-six \(10 s\)/g)).toHaveLength(6);
    expect(of(findings, 'latency-dead-webhook')).toMatchObject([
      { message: expect.stringContaining(`calls Service ${namespace}/gone, which has no ready endpoint`) },
    ]);
  });

  it('finds a prefilter that was rendered for fewer rows', async () => {
    const webhook = await startWebhook({ set: ['config.disabledWorkloads={sonarqube}'] });
    undo.push(() => webhook.stop());
    const namespace = await createNamespace();
    expect(idsOf((await doctor(namespace)).findings)).toContain('webhook-narrow-condition');
    const config = join(plugin.directory, 'config.yaml');
    writeFileSync(config, 'disabledWorkloads: [sonarqube]\n');
    const told = await doctor(namespace, '--config', config);
    expect([told.findings.filter(({ level }) => level !== 'ok'), told.code]).toEqual([[], 0]);
  });

  it('does with nothing but pods what pods tell, and names the rule that each other check needs', async () => {
    const namespace = await createNamespace();
    const es = { name: 'es', image: 'elasticsearch:8.17.0' };
    outputOf(
      await apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'es', namespace }, spec: { containers: [es] } }),
    );
    const line = 'max virtual memory areas vm.max_map_count [65530] is too low';
    const status = (message: string) => ({
      containerStatuses: [
        {
          ...{ ...es, imageID: '', ready: false, restartCount: 4 },
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: { terminated: { exitCode: 78, message } },
        },
      ],
    });
    const patch = (message: string) => JSON.stringify({ status: status(message) });
    outputOf(await kubectl(['patch', 'pod', 'es', '-n', namespace, '--subresource=status', '-p', patch(line)]));
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }];
    const limited = ['--kubeconfig', await accountWith(namespace, 'Role', rules)];
    const { findings, code } = await doctor(namespace, ...limited);
    expect(findings.filter(({ level }) => level === 'finding').map(({ id }) => id)).toEqual([
      'pods-missed',
      'crash-too-low',
    ]);
    const missing = of(findings, 'not-allowed');
    expect(missing.map(({ check }) => check)).toEqual([
      'webhook',
      'certificate',
      'probe',
      'pod-security',
      'latency',
      'nodes',
    ]);
    for (const { remedy } of missing)
      expect(remedy).toMatch(/^ask for a role with the rule \{apiGroups: \[.*\], resources: \[.*\], verbs: \[.*\]\}$/);
    expect(code).toBe(1);
    // Without the line in the status the log would tell, which takes another right.
    outputOf(await kubectl(['patch', 'pod', 'es', '-n', namespace, '--subresource=status', '-p', patch('')]));
    const [unread] = (await doctor(namespace, ...limited)).findings.filter(({ check }) => check === 'crashes');
    expect(unread).toMatchObject({
      id: 'not-allowed',
      remedy: expect.stringContaining('resources: [pods/log], verbs: [get]'),
    });
  });

  it('needs no more than the roles of its page', async () => {
    const namespace = await createNamespace();
    const webhook = await startWebhook();
    undo.push(() => webhook.stop());
    const [reading, probing] = codeBlocks(readText('docs/doctor.md'), 'yaml').map((block) => parse(block).rules);
    const path = await accountWith(namespace, 'ClusterRole', reading);
    const without = await doctor(namespace, '--kubeconfig', path);
    expect(without.findings.filter(({ level }) => level !== 'ok').map(({ check, id }) => `${check} ${id}`)).toEqual([
      'probe not-allowed',
      'pod-security not-allowed',
    ]);
    const both = await doctor(
      namespace,
      '--kubeconfig',
      await accountWith(namespace, 'ClusterRole', [...reading, ...probing]),
    );
    expect([both.findings.filter(({ level }) => level !== 'ok'), both.code]).toEqual([[], 0]);
  });

  let accounts = 0;
  /** A kubeconfig of a ServiceAccount with these rules. */
  async function accountWith(
    namespace: string,
    kind: 'Role' | 'ClusterRole',
    rules: readonly object[],
  ): Promise<string> {
    accounts += 1;
    const name = `doctor-${accounts}-${namespace}`;
    const apiVersion = 'rbac.authorization.k8s.io/v1';
    const metadata = { name, ...(kind === 'Role' && { namespace }) };
    const subjects = [{ kind: 'ServiceAccount', name, namespace }];
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind, name };
    outputOf(
      await apply(
        { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } },
        { apiVersion, kind, metadata, rules },
        { apiVersion, kind: `${kind}Binding`, metadata, subjects, roleRef },
      ),
    );
    undo.push(() => kubectl(['delete', kind.toLowerCase(), name, ...(kind === 'Role' ? ['-n', namespace] : [])]));
    const token = outputOf(await kubectl(['create', 'token', name, '-n', namespace])).trim();
    const config = parse(outputOf(await kubectl(['config', 'view', '--raw'], { env: { KUBECONFIG: kubeconfig } })));
    config.users[0].user = { token };
    const path = join(plugin.directory, `kubeconfig-${crypto.randomUUID()}`);
    writeFileSync(path, stringify(config));
    return path;
  }
});

describe.skipIf(!available).each(['baseline', 'restricted'])(
  'doctor, where the API server enforces %s by default',
  (level) => {
    let directory: ReturnType<typeof temporaryDirectory> | undefined;
    let plane: ControlPlane;
    beforeAll(async () => {
      directory = temporaryDirectory();
      const file = join(directory.path, 'admission.yaml');
      writeFileSync(file, stringify(admissionConfiguration(level)));
      plane = await startControlPlane({ binaries, apiServerFlags: [`--admission-control-config-file=${file}`] });
      const metadata = { name: 'open', labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } };
      outputOf(
        await plane.kubectl(['apply', '-f', '-'], {
          input: JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata }),
        }),
      );
    });
    afterAll(async () => {
      await plane?.stop();
      directory?.remove();
    });

    const doctor = async (...args: string[]): Promise<Findings> => {
      const { stdout } = await pluginCaller(plane.kubectl, plugin)(['doctor', '-o', 'json', ...args]);
      return JSON.parse(stdout).findings;
    };

    it('says so, and never ok beside a failed probe', async () => {
      const webhook = await startWebhookOn(plane, binaries.helm, { probeNamespace: 'open' });
      const findings = await doctor();
      expect(of(findings, 'pod-security-default')).toMatchObject([
        { remedy: `set podSecurity.clusterDefault: ${level} in the chart` },
      ]);
      expect(idsOf(findings)).toContain('probe-pod-security');
      expect(idsOf(findings)).not.toContain('pod-security-fits');
      await webhook.stop();
    });

    it('says nothing once the chart knows', async () => {
      const webhook = await startWebhookOn(plane, binaries.helm, {
        set: [`podSecurity.clusterDefault=${level}`],
        probeNamespace: 'open',
      });
      const findings = await doctor();
      await webhook.stop();
      expect(idsOf(findings)).toContain('pod-security-fits');
      expect(idsOf(findings)).not.toContain('pod-security-default');
    });
  },
);

function admissionConfiguration(enforce: string): object {
  const configuration = {
    apiVersion: 'pod-security.admission.config.k8s.io/v1',
    kind: 'PodSecurityConfiguration',
    defaults: { enforce, 'enforce-version': 'latest' },
    exemptions: { namespaces: ['kube-system'] },
  };
  return {
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'AdmissionConfiguration',
    plugins: [{ name: 'PodSecurity', configuration }],
  };
}
