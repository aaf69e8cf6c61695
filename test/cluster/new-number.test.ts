// docs/new-numbers.md from end to end: a vendor raises its number, the administrator changes one line.
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../src/config/config.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { outputOf } from '../../tools/process/run.ts';
import { apiClient } from '../support/api-client.ts';
import * as chart from '../support/chart.ts';
import { installPlugin, pluginCaller } from '../support/cli-plugin.ts';
import { cluster } from '../support/cluster.ts';
import { elasticsearch } from '../support/manifests.ts';
import { appliedTo } from '../support/webhook-view.ts';

const { available, binaries, kubectl, kubeconfig, createNamespace, startWebhook } = cluster();

describe.skipIf(!available)('a new number', () => {
  it('reaches pods by one changed line of the printed catalogue', async () => {
    const plugin = installPlugin();
    const namespace = await createNamespace();
    const client = apiClient(kubeconfig);
    const applied = async () =>
      appliedTo((await client.createPod(namespace, elasticsearch('es'), { dryRun: true })).body);

    const before = await startWebhook();
    expect(await applied()).toBe('init-container=262144');
    await before.stop();

    const printed = outputOf(await pluginCaller(kubectl, plugin)(['catalogue', '-o', 'yaml']));
    plugin.remove();
    const rows: JsonObject[] = parse(printed);
    const row = rows.find(({ name }) => name === 'elasticsearch');
    const workloads = [{ ...row, required: 1_048_576 }];

    // What the chart makes of it is what the server reads; nodes that the chart prepares follow.
    const values = { config: { workloads, disabledWorkloads: ['doris-be'] }, preparedNodes: { enabled: true } };
    const objects = await chart.render({ helm: binaries.helm, values });
    const { data } = chart.only<chart.KubernetesObject & { data: Record<string, string> }>(objects, 'ConfigMap');
    const config = parse(data['config.yaml'] ?? '');
    expect(parseConfig(data['config.yaml'] ?? '', 'config.yaml')).toMatchObject({ ok: true });
    expect(JSON.stringify(chart.only(objects, 'DaemonSet'))).toContain('vm.max_map_count=1048576');

    const { listen: _, tls: _1, ...rest } = config;
    const after = await startWebhook({ config: rest });
    expect(await applied()).toBe('init-container=1048576');
    await after.stop();
  });
});
