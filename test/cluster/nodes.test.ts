import { afterAll, describe, expect, it } from 'vitest';
import type { NodesReport } from '../../src/cli/nodes/report.ts';
import { outputOf } from '../../tools/process/run.ts';
import { installPlugin, pluginCaller } from '../support/cli-plugin.ts';
import { cluster } from '../support/cluster.ts';
import { createNode, kubeconfigWith, type Node, tokenOf } from '../support/prepared-nodes.ts';

const LABEL = 'max-map-count.io/value';
const here = cluster();
const { available, kubectl, createNamespace, get } = here;

describe.skipIf(!available)('kubectl max-map-count nodes, on a real API server', () => {
  const plugin = installPlugin();
  const maxMapCount = pluginCaller(kubectl, plugin);
  afterAll(() => plugin.remove());

  async function createPod(namespace: string, name: string, needs: number, node?: string): Promise<void> {
    const matchExpressions = [{ key: LABEL, operator: 'Gt', values: [String(needs - 1)] }];
    const required = { nodeSelectorTerms: [{ matchExpressions }] };
    const spec = {
      containers: [{ name: 'es', image: 'elasticsearch:9.0.0' }],
      affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } },
      ...(node !== undefined && { nodeName: node }),
    };
    outputOf(await here.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace }, spec }));
  }

  it('puts nodes, workloads and pods together', async () => {
    const namespace = await createNamespace();
    const [high, low] = [await createNode(here, { [LABEL]: '2000000' }), await createNode(here, { [LABEL]: '65530' })];
    await createPod(namespace, 'fine', 262_144, high);
    await createPod(namespace, 'sunk', 262_144, low);
    await createPod(namespace, 'waits', 2_000_001);
    const { stdout, stderr, code } = await maxMapCount(['nodes', '-o', 'json']);
    expect([stderr, code]).toEqual(['', 0]);
    const { nodes, waiting }: NodesReport = JSON.parse(stdout);
    const of = (name: string) => nodes.find((node) => node.name === name);
    const pod = { namespace, needs: 262_144 };
    expect(of(high)).toMatchObject({
      value: 2_000_000,
      tooLowFor: [],
      pods: [{ ...pod, name: 'fine', isTooLow: false }],
    });
    expect(of(low)).toMatchObject({ value: 65_530, fits: [], pods: [{ ...pod, name: 'sunk', isTooLow: true }] });
    expect(waiting).toContainEqual({ namespace, name: 'waits', needs: 2_000_001, nodes: [] });
    const shown = await maxMapCount(['nodes']);
    expect(shown.stdout).toMatch(new RegExp(`^${high} +2000000 +all workloads +1$`, 'm'));
    expect(shown.stdout).toMatch(new RegExp(`^${namespace}/sunk +262144 +is on ${low}, which is too low$`, 'm'));
  });

  it('--clean removes the labels that the agent has set, and no other', async () => {
    const [ours, pool] = [await createNode(here), await createNode(here, { [LABEL]: '262144' })];
    const body = JSON.stringify({ metadata: { labels: { [LABEL]: '262144' } } });
    const manager = '--field-manager=max-map-count-node-agent';
    outputOf(await kubectl(['patch', 'node', ours, '--type=merge', manager, '--patch', body]));
    const labelsOf = async (node: string) => ((await get('node', node)) as Node).metadata.labels;
    const refused = await maxMapCount(['nodes', '--clean']);
    expect([refused.stdout, refused.code]).toEqual(['', 2]);
    expect(refused.stderr).toMatch(
      /^context \S+, server https:\/\/127\.0\.0\.1:\d+\nerror: nothing was changed: standard input is no terminal/m,
    );
    const tried = await maxMapCount(['nodes', '--clean', '--dry-run']);
    expect(tried.stdout).toBe(`node/${ours} unlabeled (server dry run)\n`);
    expect(await labelsOf(ours)).toHaveProperty([LABEL], '262144');
    const { stdout, stderr, code } = await maxMapCount(['nodes', '--clean', '--yes']);
    expect([stdout, code]).toEqual([`node/${ours} unlabeled\n`, 0]);
    expect(stderr).toContain(`node/${pool}: left as it is, the node agent did not set ${LABEL}\n`);
    expect(await labelsOf(ours)).not.toHaveProperty([LABEL]);
    expect(await labelsOf(pool)).toHaveProperty([LABEL], '262144');
  });

  it('without permission says what is missing and exits 2', async () => {
    const token = await tokenOf(here, { namespace: await createNamespace(), name: 'default' });
    const { stdout, stderr, code } = await maxMapCount(['nodes'], { env: { KUBECONFIG: kubeconfigWith(here, token) } });
    expect([stdout, code]).toEqual(['', 2]);
    expect(stderr).toContain('cannot list resource "nodes"');
  });
});
