import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { outputOf } from '../../tools/process/run.ts';
import * as chart from '../support/chart.ts';
import { drift, expectNothingLeft, type Release, release } from '../support/chart-release.ts';
import { cluster } from '../support/cluster.ts';
import { MONITORING_CRDS } from '../support/monitoring-crds.ts';

const { available, binaries, kubeconfig, kubectl, apply, createNamespace } = cluster();
const PRESETS = join(chart.CHART, 'presets');
/** The paths that each preset registers. */
const PATHS: Readonly<Record<string, readonly string[]>> = {
  aks: ['init-container', 'none'],
  eks: ['init-container', 'none'],
  'eks-calico': ['init-container', 'none'],
  gardener: ['init-container', 'none'],
  'gke-autopilot': ['node-affinity', 'node-affinity'],
  ha: ['init-container', 'none'],
  kops: ['init-container', 'none'],
  'observe-first': ['init-container', 'none'],
  openshift: ['node-affinity', 'node-affinity'],
  restricted: ['init-container', 'node-affinity'],
  'rke2-hardened': ['init-container', 'none'],
  talos: ['init-container', 'none'],
  tkg: ['init-container', 'none'],
};
const EVERYTHING = [
  'hostNetwork=true,networkPolicy.enabled=true,autoscaling.enabled=true,webhook.warnOnWorkloads=true',
  'metrics.serviceMonitor.enabled=true,metrics.prometheusRule.enabled=true,metrics.dashboard.enabled=true',
  'webhook.objectSelector.matchLabels.team=search,webhook.namespaceSelector.matchLabels.team=search',
  'webhook.matchConditions[0].name=named,webhook.matchConditions[0].expression=has(object.metadata.name)',
  'webhook.reinvocationPolicy=Never,webhook.annotations.a=b,priorityClassName=system-cluster-critical,namespaces.mode=optIn',
  'networkPolicy.adminFrom[0].namespaceSelector.matchLabels.team=monitoring,service.annotations.a=b',
].flatMap((values) => ['--set', values]);

describe.skipIf(!available)('a release on the real API server', () => {
  const objectsOf = async (one: Release) => {
    const manifest = outputOf(await one.helm(['get', 'manifest', one.name]));
    return parseAllDocuments(manifest).map((document) => document.toJS() as chart.KubernetesObject);
  };
  /** Where what is stored differs from what was rendered: what a GitOps tool would show as drift. */
  const driftOf = async (one: Release) => {
    const items = await objectsOf(one);
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    const stored = JSON.parse(outputOf(await kubectl(['get', '-f', '-', '-o', 'json'], { input })));
    return items.flatMap((item, index) => drift(item, stored.items[index], `${item.kind} ${item.metadata.name}`));
  };
  afterAll(() => expectNothingLeft(kubectl, [...Object.keys(PATHS), 'everything']));
  const start = async (name: string) => release({ helm: binaries.helm, kubeconfig }, name, await createNamespace());

  it.concurrent.each(Object.keys(PATHS))(
    'with preset %s is stored as rendered after install, upgrade and rollback',
    async (preset) => {
      const file = join(PRESETS, `${preset}.yaml`);
      const one = await start(preset);
      const values = ['--set', 'tls.mode=helm', '--values', file];
      await one.install(...values);
      expect(await driftOf(one)).toEqual([]);
      const { webhooks } = chart.only<chart.WebhookConfiguration>(await objectsOf(one), 'MutatingWebhookConfiguration');
      const paths = webhooks.map(({ clientConfig }) => clientConfig.service.path);
      expect(paths).toEqual(PATHS[preset]?.map((path) => `/mutate/${path}`));
      await one.upgrade(...values, '--set', 'podAnnotations.changed=yes');
      outputOf(await one.helm(['rollback', one.name, '1']));
      await one.uninstall();
    },
  );

  it('has no preset besides these, and each begins with its reason', () => {
    const files = globSync('*.yaml', { cwd: PRESETS });
    expect(files.map((file) => basename(file, '.yaml')).sort()).toEqual(Object.keys(PATHS));
    for (const file of files) expect(readFileSync(join(PRESETS, file), 'utf8')).toMatch(/^# .*\n(#.*\n){3}/);
  });

  describe('with everything switched on', () => {
    const crds = MONITORING_CRDS.map(({ metadata }) => `crd/${metadata.name}`);
    beforeAll(async () => {
      outputOf(await apply(...MONITORING_CRDS));
      outputOf(await kubectl(['wait', '--for=condition=Established', ...crds]));
    });
    afterAll(async () => {
      outputOf(await kubectl(['delete', ...crds]));
    });

    it('is stored as rendered', async () => {
      const one = await start('everything');
      await one.install('--set', 'tls.mode=helm', ...EVERYTHING);
      const kinds = (await objectsOf(one)).map(({ kind }) => kind);
      for (const kind of ['HorizontalPodAutoscaler', 'NetworkPolicy', 'PrometheusRule', 'ServiceMonitor']) {
        expect(kinds).toContain(kind);
      }
      expect(await driftOf(one)).toEqual([]);
      await one.uninstall();
    });
  });
});
