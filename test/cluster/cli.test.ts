import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { outputOf, run } from '../../tools/process/run.ts';
import { installPlugin, pluginCaller } from '../support/cli-plugin.ts';
import { cluster } from '../support/cluster.ts';

const { available, binaries, kubectl, kubeconfig, createNamespace, get, startWebhook } = cluster();
const ELK = fileURLToPath(new URL('../../examples/elk.yaml', import.meta.url));

interface Workload {
  metadata: { name: string; annotations?: Record<string, string> };
  spec: { template: PodTemplate };
}

interface PodTemplate {
  metadata: { annotations?: Record<string, string> };
  spec: { initContainers?: { name: string }[] };
}

describe.skipIf(!available)('the plugin, through the real kubectl', () => {
  const plugin = installPlugin();
  const maxMapCount = pluginCaller(kubectl, plugin);
  afterAll(() => plugin.remove());
  const pods = (text: string) =>
    parseAllDocuments(text).map((document): PodTemplate & { kind: string } => document.toJS());

  it('is found by its name, without warnings', async () => {
    const { stdout, stderr, code } = await kubectl(['plugin', 'list', '--name-only'], {
      env: { PATH: plugin.directory },
    });
    expect([stdout.trim().split('\n').at(-1), stderr, code]).toEqual(['kubectl-max_map_count', '', 0]);
  });

  it('previews YAML that kubectl apply takes, and a second preview that changes nothing', async () => {
    const namespace = await createNamespace();
    const { stdout } = await maxMapCount(['preview', '-f', ELK, '-o', 'yaml']);
    outputOf(await kubectl(['apply', '-n', namespace, '--validate=strict', '-f', '-'], { input: stdout }));
    const { spec } = (await get('deployment', 'elk-deployment', '-n', namespace)) as Workload;
    expect(spec.template.spec.initContainers?.map(({ name }) => name)).toEqual(['max-map-count']);
    expect((await maxMapCount(['preview', '-f', '-', '--exit-code'], { input: stdout })).code).toBe(0);
  });

  it('previews what kubectl kustomize makes of a directory', async () => {
    const directory = join(plugin.directory, 'kustomize');
    mkdirSync(directory);
    writeFileSync(join(directory, 'elk.yaml'), readFileSync(ELK));
    writeFileSync(join(directory, 'kustomization.yaml'), 'resources: [elk.yaml]\nnamePrefix: prod-\n');
    // kubectl puts no kubectl on the PATH of its plugins.
    const env = { PATH: [plugin.directory, dirname(binaries.kubectl), process.env.PATH].join(delimiter) };
    const { stderr } = await maxMapCount(['preview', '-k', directory], { env });
    expect(stderr).toContain('Deployment prod-elk-deployment: would be patched (injected)');
  });

  it('previews a patch that kubectl patch takes', async () => {
    const namespace = await createNamespace();
    outputOf(await kubectl(['apply', '-n', namespace, '-f', ELK]));
    const patch = outputOf(await maxMapCount(['preview', '-f', ELK, '-o', 'patch'])).trim();
    outputOf(await kubectl(['patch', 'deployment/elk-deployment', '-n', namespace, '--type=json', '-p', patch]));
    const { spec } = (await get('deployment', 'elk-deployment', '-n', namespace)) as Workload;
    expect(spec.template.metadata.annotations).toEqual({ 'max-map-count.io/applied': 'init-container=262144' });
  });

  it('prints pods that kubectl create tries out on the real webhook', async () => {
    const webhook = await startWebhook();
    try {
      const namespace = await createNamespace();
      const input = outputOf(await maxMapCount(['preview', '-f', ELK, '-o', 'pod']));
      const { stdout, stderr } = await kubectl(
        ['create', '-n', namespace, '--dry-run=server', '-o', 'yaml', '-f', '-'],
        { input },
      );
      const names = pods(stdout).map(({ spec }) => (spec.initContainers ?? []).map(({ name }) => name));
      expect(names).toEqual([['max-map-count'], []]);
      expect(stderr).toContain('Warning: max-map-count: added the privileged init container');
    } finally {
      await webhook.stop();
    }
  });

  it('explains a live pod and a live deployment, with the namespace of the flag', async () => {
    const namespace = await createNamespace();
    outputOf(await kubectl(['apply', '-n', namespace, '-f', ELK]));
    outputOf(await kubectl(['run', 'es', '-n', namespace, '--image', 'elasticsearch:8.15.0']));
    const { stdout, code } = await maxMapCount([
      'explain',
      'pod/es',
      'deploy/elk-deployment',
      '-n',
      namespace,
      '-o',
      'json',
    ]);
    const records: { kind: string; name: string; namespace: string; reason: string }[] = JSON.parse(stdout);
    expect(records.map((record) => [record.kind, record.name, record.namespace, record.reason])).toEqual([
      ['Pod', 'es', namespace, 'injected'],
      ['Deployment', 'elk-deployment', namespace, 'injected'],
    ]);
    expect(code).toBe(0);
    const missing = await maxMapCount(['explain', 'sts/none', '-n', namespace]);
    expect([missing.stdout, missing.stderr, missing.code]).toEqual([
      '',
      'error: sts/none: statefulsets.apps "none" not found\n',
      2,
    ]);
  });

  it('is a post-renderer of the real helm', async () => {
    const plugins = join(plugin.directory, 'helm-plugins');
    const chart = join(plugin.directory, 'chart');
    mkdirSync(join(plugins, 'max-map-count'), { recursive: true });
    mkdirSync(join(chart, 'templates'), { recursive: true });
    const script = 'render.sh';
    writeFileSync(join(plugins, 'max-map-count', 'plugin.yaml'), helmPlugin(script));
    writeFileSync(
      join(plugins, 'max-map-count', script),
      '#!/bin/sh\nexec kubectl-max_map_count preview -f - -o yaml\n',
    );
    chmodSync(join(plugins, 'max-map-count', script), 0o755);
    writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: elk\nversion: 1.0.0\n');
    writeFileSync(join(chart, 'templates', 'elk.yaml'), readFileSync(ELK));
    const namespace = await createNamespace();
    const env = { ...plugin.env, HELM_PLUGINS: plugins, KUBECONFIG: kubeconfig };
    const args = ['install', 'elk', chart, '--namespace', namespace, '--post-renderer', 'max-map-count'];
    outputOf(await run(binaries.helm, args, { env }));
    const { spec } = (await get('deployment', 'elk-deployment', '-n', namespace)) as Workload;
    expect(spec.template.spec.initContainers?.map(({ name }) => name)).toEqual(['max-map-count']);
  });
});

function helmPlugin(script: string): string {
  const documented = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8');
  const plugin = /```yaml\n(apiVersion: v1\ntype: postrenderer\/v1\n[^`]*)```/.exec(documented)?.[1];
  if (plugin === undefined || !plugin.includes(script)) throw new Error('docs/cli.md shows no post-renderer plugin');
  return plugin;
}
