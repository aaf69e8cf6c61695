import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../tools/process/eventually.ts';
import { outputOf } from '../../tools/process/run.ts';
import * as chart from '../support/chart.ts';
import { cluster } from '../support/cluster.ts';

const { available, binaries, kubectl, createNamespace, get } = cluster();
const NAME = 'mmc-max-map-count-webhook-prepared-nodes';

interface Container {
  readonly name: string;
  readonly command: readonly string[];
  readonly securityContext: { readonly privileged?: boolean };
  readonly volumeMounts?: readonly { readonly name: string }[];
}

interface PodSpec {
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
}

interface Policy {
  readonly metadata: { readonly generation: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly typeChecking?: { readonly expressionWarnings?: readonly object[] };
  };
}

type DaemonSet = chart.KubernetesObject & {
  readonly spec: {
    readonly selector: object;
    readonly template: { readonly metadata: { readonly labels: Record<string, string> }; readonly spec: PodSpec };
  };
};

describe.skipIf(!available)('prepared nodes in the chart', () => {
  const { helm } = binaries;
  const render = (preparedNodes: chart.Values = {}, more: chart.Values = {}, namespace = 'mmc-system') =>
    chart.render({ helm, values: { preparedNodes: { enabled: true, ...preparedNodes }, ...more }, namespace });
  const daemonSet = async (preparedNodes: chart.Values = {}, more: chart.Values = {}) =>
    chart.only<DaemonSet>(await render(preparedNodes, more), 'DaemonSet').spec.template;
  const containersOf = ({ initContainers = [], containers }: PodSpec) => [...initContainers, ...containers];

  it('are off by default', async () => {
    const objects = await chart.render({ helm });
    expect(objects.filter(({ metadata }) => metadata.name === NAME)).toEqual([]);
  });

  it.each<[string, chart.Values]>([
    ['raise', {}],
    ['raise and a file on the host', { persist: true }],
    ['label-only', { mode: 'label-only' }],
  ])('with mode %s are accepted by the API server to the letter', async (_what, values) => {
    const namespace = await createNamespace();
    const objects = (await render(values, {}, namespace)).filter(({ metadata }) => metadata.name === NAME);
    expect(objects).toHaveLength(6);
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
    onTestFinished(async () => {
      outputOf(await kubectl(['delete', '--ignore-not-found', '-f', '-'], { input }));
    });
    const { stderr, code } = await kubectl(['apply', '--validate=strict', '-f', '-'], { input });
    expect([stderr, code]).toEqual(['', 0]);
    // What the API server's type check of the expressions finds, some time after it has stored them.
    const typeChecking = async () => {
      const { status, metadata } = (await get('validatingadmissionpolicy', NAME)) as Policy;
      if (status?.observedGeneration !== metadata.generation) throw new Error('it is not checked yet');
      return status?.typeChecking?.expressionWarnings ?? [];
    };
    expect(await eventually('waiting for the type check', typeChecking, { seconds: 20 })).toEqual([]);
  });

  it.each([
    ['raise', 'privileged', true],
    ['raise', 'baseline', false],
    ['label-only', 'baseline', true],
    ['label-only', 'restricted', true],
  ])('with mode %s in a namespace that enforces %s: its pods are let in: %s', async (mode, level, isLetIn) => {
    const namespace = await createNamespace({ 'pod-security.kubernetes.io/enforce': level });
    const objects = await render({ mode }, {}, namespace);
    const account = objects.find(({ kind, metadata }) => kind === 'ServiceAccount' && metadata.name === NAME);
    outputOf(await kubectl(['apply', '-f', '-'], { input: JSON.stringify(account) }));
    const { metadata, spec } = chart.only<DaemonSet>(objects, 'DaemonSet').spec.template;
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, generateName: 'pod-' }, spec };
    const args = ['create', '--dry-run=server', '--validate=strict', '--namespace', namespace, '-f', '-'];
    const { stderr, code } = await kubectl(args, { input: JSON.stringify(pod) });
    expect([code === 0, stderr]).toEqual([isLetIn, isLetIn ? '' : expect.stringContaining('violates PodSecurity')]);
  });

  it('give the token to the one container that labels the node, which has no privilege', async () => {
    const { spec } = await daemonSet();
    const facts = containersOf(spec).map(({ name, securityContext, volumeMounts = [] }) => {
      return [name, securityContext.privileged === true, volumeMounts.map((mount) => mount.name)];
    });
    expect(facts).toEqual([
      ['raise', true, []],
      ['label', false, ['token']],
      ['keep', true, []],
    ]);
    expect(spec).toMatchObject({ automountServiceAccountToken: false });
  });

  it("keep out of the webhook's own Service and PodDisruptionBudget", async () => {
    const objects = await render();
    const { labels } = chart.only<DaemonSet>(objects, 'DaemonSet').spec.template.metadata;
    const service = chart.only<chart.KubernetesObject & { spec: { selector: Record<string, string> } }>(
      objects,
      'Service',
    );
    const budget = chart.only<chart.Deployment>(objects, 'PodDisruptionBudget');
    for (const selector of [service.spec.selector, budget.spec.selector.matchLabels]) {
      expect(Object.entries(selector).every(([key, value]) => labels[key] === value)).toBe(false);
    }
  });

  it.each<[chart.Values, chart.Values, number]>([
    [{}, {}, 2_000_000],
    [{ value: 300_000 }, {}, 300_000],
    [{}, { disabledWorkloads: ['doris-be'] }, 524_288],
    [{}, { disabledWorkloads: ['doris-be'], level: 'recommended' }, 1_048_576],
    [{}, { workloads: [{ name: 'own', required: 2_000_001 }] }, 2_000_001],
    [{}, { workloads: [{ name: 'doris-be', required: 262_144 }] }, 524_288],
  ])('with the values %j and the configuration %j raise nodes to %i', async (preparedNodes, config, expected) => {
    const { spec } = await daemonSet(preparedNodes, { config });
    for (const { name, command } of containersOf(spec).filter(({ securityContext }) => securityContext.privileged)) {
      const numbers = [...command.join('\n').matchAll(/\b\d{5,}\b/g)].map(([number]) => Number(number));
      expect([name, new Set(numbers)]).toEqual([name, new Set([expected])]);
    }
  });

  it('touch the file system of the host only when they are asked to', async () => {
    const hostPaths = async (values: chart.Values) =>
      JSON.stringify((await daemonSet(values)).spec).match(/"hostPath":\{[^}]*\}/g);
    expect(await hostPaths({})).toBeNull();
    expect(await hostPaths({ mode: 'label-only' })).toBeNull();
    expect(await hostPaths({ persist: true })).toEqual(['"hostPath":{"path":"/etc/sysctl.d","type":"Directory"}']);
  });

  it('with mode label-only leave a shell on the node and no Node.js', async () => {
    const { spec } = await daemonSet({ mode: 'label-only' });
    expect(spec.initContainers?.map(({ name }) => name)).toEqual(['remember', 'label']);
    expect(spec.containers.map(({ name, command }) => [name, command[0]])).toEqual([['watch', '/bin/sh']]);
  });

  it.each<[chart.Values, string]>([
    [{ preparedNodes: { enabled: true, mode: 'label-only', persist: true } }, 'preparedNodes.persist'],
    [{ preparedNodes: { mode: 'lower' } }, '/preparedNodes/mode'],
    [{ preparedNodes: { value: 1024 } }, '/preparedNodes/value'],
    [{ preparedNodes: { enable: true } }, "'enable'"],
  ])('refuse %j with a message that names the value', async (values, words) => {
    const { stderr, code } = await chart.helm('template', { helm, values });
    expect(code).not.toBe(0);
    expect(stderr).toContain(words);
  });

  it('send the pods of restricted namespaces there, by the label that the agent sets', async () => {
    const nodeAffinity = { label: 'example.com/maps' };
    const objects = await render({}, { config: { nodeAffinity } });
    const { webhooks } = chart.only<chart.WebhookConfiguration>(objects, 'MutatingWebhookConfiguration');
    const level = 'pod-security.kubernetes.io/enforce';
    const paths = webhooks.flatMap(({ clientConfig, namespaceSelector: { matchExpressions } }) => {
      const isRestricted = matchExpressions.some(({ key, operator }) => key === level && operator === 'In');
      return isRestricted ? [clientConfig.service.path] : [];
    });
    expect(paths).toEqual(['/mutate/node-affinity']);
    const agent = chart.only<DaemonSet>(objects, 'DaemonSet').spec.template.spec.initContainers?.at(-1);
    expect(agent).toMatchObject({ args: ['--label', 'example.com/maps'] });
    expect(JSON.stringify(chart.only(objects, 'ValidatingAdmissionPolicy'))).toContain("key == 'example.com/maps'");
  });

  it('can be scheduled, named and updated as the administrator wants', async () => {
    const placement = {
      nodeSelector: { pool: 'search' },
      tolerations: [{ key: 'search', operator: 'Exists' }],
      affinity: { nodeAffinity: {} },
      priorityClassName: 'system-node-critical',
    };
    const objects = await render({ ...placement, updateStrategy: { type: 'OnDelete', rollingUpdate: null } });
    const found = chart.only<DaemonSet>(objects, 'DaemonSet');
    expect(found).toMatchObject({ spec: { updateStrategy: { type: 'OnDelete' }, template: { spec: placement } } });
  });
});
