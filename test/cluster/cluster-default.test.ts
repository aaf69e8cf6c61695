// API servers that enforce a Pod Security level in every namespace without a label, as Talos, Tanzu and hardened RKE2 do.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { type JsonObject, objects } from '../../src/core/json.ts';
import { type ControlPlane, startControlPlane } from '../../tools/control-plane/control-plane.ts';
import { outputOf } from '../../tools/process/run.ts';
import { type ApiClient, apiClient, refusalOf } from '../support/api-client.ts';
import { caseNames, readCase } from '../support/cases.ts';
import { temporaryDirectory } from '../support/certificates.ts';
import * as chart from '../support/chart.ts';
import { release } from '../support/chart-release.ts';
import { installPlugin, pluginCaller } from '../support/cli-plugin.ts';
import { cluster, startWebhook } from '../support/cluster.ts';
import { createdPod } from '../support/created-pod.ts';
import { runHelmTestPod } from '../support/helm-test-pod.ts';
import { createNamespaceWith } from '../support/namespaces.ts';

const { available, binaries } = cluster();
const preset = (name: string) => join(chart.CHART, 'presets', `${name}.yaml`);
const ENFORCE = 'pod-security.kubernetes.io/enforce';
const cases = caseNames.map(readCase);

describe.skipIf(!available).each([
  { level: 'baseline', right: ['talos', 'openshift', 'gke-autopilot', 'restricted'], owned: (pod: JsonObject) => pod },
  // Hardly a vendor's pod fits as it is.
  { level: 'restricted', right: ['tkg', 'rke2-hardened', 'openshift'], owned: hardened },
])('an API server that enforces $level by default', { timeout: 600_000 }, ({ level, right, owned }) => {
  let directory: ReturnType<typeof temporaryDirectory> | undefined;
  let plane: ControlPlane;
  let client: ApiClient;
  /** Without the webhook, with it, and where the API server's default does not hold. */
  let names: Record<'unseen' | 'seen' | 'open', string>;

  beforeAll(async () => {
    directory = temporaryDirectory();
    const file = join(directory.path, 'admission.yaml');
    await writeFile(file, stringify(admissionConfiguration(level)));
    plane = await startControlPlane({ binaries, apiServerFlags: [`--admission-control-config-file=${file}`] });
    client = apiClient(plane.kubeconfig);
    names = {
      unseen: await createNamespaceWith(client, { 'max-map-count.io/inject': 'disabled' }),
      seen: await createNamespaceWith(client, {}),
      open: await createNamespaceWith(client, { [ENFORCE]: 'privileged' }),
    };
    const classes = ['gvisor', 'kata', 'kata-qemu', 'nvidia'].map((name) => {
      return { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name }, handler: name };
    });
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: classes });
    outputOf(await plane.kubectl(['apply', '-f', '-'], { input }));
  }, 300_000);
  afterAll(async () => {
    await plane?.stop();
    directory?.remove();
  });

  const start = async (file?: string) => {
    const config = file === undefined ? {} : (parse(await readFile(file, 'utf8')).config ?? {});
    const options = { config, values: file === undefined ? [] : [file], probeNamespace: names.open };
    return startWebhook(plane, binaries.helm, options);
  };
  let healthy: readonly JsonObject[] | undefined;
  /** The pods of the corpus that are created without the webhook; the same for every preset. */
  const healthyPods = async () => {
    const pods = cases.map((known) => owned(createdPod(known)));
    healthy ??= (await inGroups(pods, (pod) => statusOf(names.unseen, pod))).flatMap(({ pod, answer }) =>
      answer.status === 201 ? [pod] : [],
    );
    return healthy;
  };
  const statusOf = (namespace: string, pod: JsonObject) => client.createPod(namespace, pod, { dryRun: true });
  /** How many pods are healthy, and what the API server says to those that it refuses because of the webhook. */
  const corpus = async () => {
    const answers = await inGroups(await healthyPods(), (pod) => statusOf(names.seen, pod));
    const refused = answers.filter(({ answer }) => answer.status !== 201).map(({ answer }) => refusalOf(answer));
    return { healthy: answers.length, refused };
  };

  it.each(right)('refuses no healthy pod of the corpus with preset %s', async (name) => {
    const webhook = await start(preset(name));
    const { healthy: count, refused } = await corpus();
    await webhook.stop();
    expect(refused).toEqual([]);
    expect(count).toBeGreaterThan(200);
  });

  it('refuses pods because of our container with the default install; helm test and doctor name the cause', async () => {
    const webhook = await start();
    const { refused } = await corpus();
    expect(refused.length).toBeGreaterThan(0);
    for (const refusal of refused) expect(refusal).toContain('container "max-map-count" must not set');
    const { code, stderr } = await helmTest('told-nothing');
    const plugin = installPlugin();
    const doctor = await pluginCaller(plane.kubectl, plugin)(['doctor', '--namespace', names.seen]);
    plugin.remove();
    await webhook.stop();
    expect(doctor.code).toBe(1);
    expect(doctor.stdout).toContain('podSecurity.clusterDefault');
    expect(code).toBe(1);
    expect(stderr).toContain(`podSecurity.clusterDefault is privileged, but the API server enforces ${level}`);
    expect(stderr).toContain(`--set podSecurity.clusterDefault=${level}`);
  });

  it.each(right.slice(0, 2))('passes helm test with preset %s', async (name) => {
    const webhook = await start(preset(name));
    const { code, stdout, stderr } = await helmTest(name, '--values', preset(name));
    await webhook.stop();
    expect([stderr, code]).toEqual(['', 0]);
    expect(stdout).toMatch(/^The webhook (?:patches pods of|was called for) namespace default/m);
  });

  /** `helm test` of a release that itself looks at no namespace, for the webhook is the one above. */
  const helmTest = async (name: string, ...args: string[]) => {
    const one = release({ helm: binaries.helm, kubeconfig: plane.kubeconfig }, name, names.open);
    await one.install(...args, '--set', 'tls.mode=helm,namespaces.mode=optIn');
    const pod = { kubectl: plane.kubectl, name: `${one.fullname}-test`, namespace: names.open };
    const probe = runHelmTestPod({ ...pod, directory: plane.directory, value: 262_144 });
    const [, result] = await Promise.all([one.helm(['test', one.name]), probe]);
    await one.uninstall();
    return result;
  };
});

/** The pod as its owner makes it fit for the level restricted; one that needs privilege stays unfit. */
function hardened(pod: JsonObject): JsonObject {
  const harden = (list: string) =>
    objects(pod.spec, list).map(({ securityContext, ...container }) => {
      const strict = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
      return { ...container, securityContext: { ...Object(securityContext), ...strict } };
    });
  const { securityContext, ...spec } = Object(pod.spec);
  const strict = { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } };
  const containers = { containers: harden('containers'), initContainers: harden('initContainers') };
  return { ...pod, spec: { ...spec, ...containers, securityContext: { ...securityContext, ...strict } } };
}

/** A few requests at a time: one after the other takes long, and all at once more than the webhook answers in time. */
async function inGroups<A>(
  pods: readonly JsonObject[],
  ask: (pod: JsonObject) => Promise<A>,
): Promise<{ pod: JsonObject; answer: A }[]> {
  const answers: { pod: JsonObject; answer: A }[] = [];
  for (let start = 0; start < pods.length; start += 8) {
    const group = pods.slice(start, start + 8).map(async (pod) => ({ pod, answer: await ask(pod) }));
    answers.push(...(await Promise.all(group)));
  }
  return answers;
}

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
