// From advice to a pod that is left alone: a control plane with nodes as EKS has them.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { get, type JsonObject, objects, textMap } from '../../src/core/json.ts';
import { auditEventsWith } from '../../tools/control-plane/audit.ts';
import { type ControlPlane, startControlPlane } from '../../tools/control-plane/control-plane.ts';
import { eventually } from '../../tools/process/eventually.ts';
import { outputOf } from '../../tools/process/run.ts';
import { type ApiClient, apiClient } from '../support/api-client.ts';
import * as chart from '../support/chart.ts';
import { installPlugin, pluginCaller } from '../support/cli-plugin.ts';
import { cluster, type RegisteredWebhook, startWebhook } from '../support/cluster.ts';
import { createNodes } from '../support/nodes.ts';

const { available, binaries } = cluster();
const PRESET = join(chart.CHART, 'presets/eks.yaml');
const ARTICLE = join(import.meta.dirname, '../../examples/elk.yaml');
const nodeInfo = { osImage: 'Amazon Linux 2023.9.20251117', kubeletVersion: 'v1.34.1-eks-113cf36' };

describe.skipIf(!available)('advise, and what comes of it, on nodes as EKS has them', () => {
  const plugin = installPlugin();
  let plane: ControlPlane;
  let client: ApiClient;
  let webhook: RegisteredWebhook | undefined;

  beforeAll(async () => {
    plane = await startControlPlane({ binaries });
    client = apiClient(plane.kubeconfig);
    await createNodes(client, { 'ip-10-0-1-1': {}, 'ip-10-0-2-1': {} });
    for (const name of ['ip-10-0-1-1', 'ip-10-0-2-1']) {
      await client.send('PATCH', `/api/v1/nodes/${name}/status`, { status: { nodeInfo } });
    }
    outputOf(await plane.kubectl(['apply', '-f', ARTICLE]));
    await elk();
  }, 300_000);
  afterAll(async () => {
    await webhook?.stop();
    await plane?.stop();
    plugin.remove();
  });

  const advise = async (...args: string[]) =>
    outputOf(await pluginCaller(plane.kubectl, plugin)(['advise', ...args])).replaceAll('\n', ' ');
  /** The newest pod of the article's Deployment. */
  const elk = () =>
    eventually(
      'waiting for the pod of the Deployment',
      async () => {
        const { body } = await client.send('GET', '/api/v1/namespaces/default/pods?labelSelector=app%3Delk');
        const [pod] = objects(body, 'items').filter((item) => get(item.metadata, 'deletionTimestamp') === undefined);
        if (pod === undefined) throw new Error('there is none');
        return pod;
      },
      { seconds: 30 },
    );
  const annotations = (pod: JsonObject) => [...textMap(pod.metadata, 'annotations').keys()];

  it('says that nothing is needed, and with which preset the webhook would agree', async () => {
    const said = await advise();
    expect(said).toContain('2 nodes of EKS: 2 likely, as Amazon Linux 2023 of EKS ships it.');
    expect(said).toContain('This cluster needs no webhook now: every node likely has at least 524288');
    expect(said).toContain('--values charts/max-map-count-webhook/presets/eks.yaml');
  });

  it('with the preset leaves the article’s pod untouched and says why in the audit log', async () => {
    const { config } = parse(await readFile(PRESET, 'utf8'));
    webhook = await startWebhook(plane, binaries.helm, { config, values: [PRESET] });
    const before = await elk();
    const name = String(get(before.metadata, 'name'));
    outputOf(await plane.kubectl(['delete', 'pod', name, '--now']));
    const after = await eventually(
      'waiting for another pod',
      async () => {
        const pod = await elk();
        if (get(pod.metadata, 'name') === name) throw new Error('it is the same');
        return pod;
      },
      { seconds: 30 },
    );
    expect(get(after.spec, 'initContainers')).toBeUndefined();
    expect(annotations(after)).toEqual([]);
    // A ReplicaSet's pod has no name when it is asked for, and none in the audit log: it is the last one in the namespace.
    const reasons = await eventually(
      'waiting for the audit log',
      async () => {
        const events = await auditEventsWith(plane.auditLog, '"namespace":"default"');
        const created = events.findLast(({ verb, objectRef }) => verb === 'create' && objectRef?.resource === 'pods');
        if (created?.annotations?.['privileged.max-map-count.io/reason'] === undefined) throw new Error('no event yet');
        return created.annotations;
      },
      { seconds: 20 },
    );
    expect(reasons).toMatchObject({
      'privileged.max-map-count.io/reason': 'nodes-sufficient',
      'privileged.max-map-count.io/workload': 'elasticsearch',
      'privileged.max-map-count.io/value': '262144',
    });
  });

  it('patches Apache Doris, which needs more, and advises accordingly', async () => {
    const spec = { containers: [{ name: 'be', image: 'apache/doris:be-3.0.8' }] };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'doris-be-0' }, spec };
    const { status, body } = await client.createPod('default', pod);
    expect(status).toBe(201);
    expect(objects(body.spec, 'initContainers').map(({ name }) => name)).toEqual(['max-map-count']);
    expect(textMap(body.metadata, 'annotations').get('max-map-count.io/applied')).toBe('init-container=2000000');
    const report = JSON.parse(await advise('-o', 'json'));
    expect(report.advice).toMatchObject({ course: 'nodes.guaranteed', isCertain: false, page: 'eks.md' });
    expect(report.demands).toMatchObject([
      { workload: 'doris-be', pods: 1 },
      { workload: 'elasticsearch', pods: 1 },
    ]);
  });
});
