// The chart's alerts and dashboard, decided by the real promtool.
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { createMetrics } from '../../src/server/metrics.ts';
import { outputOf, run } from '../../tools/process/run.ts';
import { alertTests } from '../support/alert-tests.ts';
import { temporaryDirectory } from '../support/certificates.ts';
import * as chart from '../support/chart.ts';
import { chartPrograms } from '../support/chart-programs.ts';

// What Prometheus and the API server have of their own.
const FOREIGN = [
  'up',
  'apiserver_admission_webhook_fail_open_count',
  'apiserver_admission_webhook_rejection_count',
  'apiserver_admission_match_condition_evaluation_errors_total',
];

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: Readonly<Record<string, string>>;
}
interface PrometheusRule extends chart.KubernetesObject {
  readonly spec: { readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[] };
}

const { available, helm, promtool } = chartPrograms();

describe.skipIf(!available)("the chart's monitoring", () => {
  const directory = temporaryDirectory();
  let rules: readonly Rule[] = [];
  const check = async (verb: readonly string[], name: string, content: unknown) => {
    await writeFile(join(directory.path, name), stringify(content));
    return run(promtool, [...verb, join(directory.path, name)]);
  };

  beforeAll(async () => {
    const values = { metrics: { prometheusRule: { enabled: true } } };
    const objects = await chart.render({ helm, values });
    const { spec } = chart.only<PrometheusRule>(objects, 'PrometheusRule');
    rules = spec.groups.flatMap((group) => group.rules);
    outputOf(await check(['check', 'rules'], 'alerts.yaml', spec));
  });
  afterAll(directory.remove);

  it('fires each alert when it should and none when all is well', async () => {
    // promtool compares annotations word by word; they are checked above, and what counts here is when an alert fires.
    const bare = rules.map(({ annotations: _, ...rule }) => rule);
    await writeFile(join(directory.path, 'bare.yaml'), stringify({ groups: [{ name: 'alerts', rules: bare }] }));
    const tests = alertTests('mmc-max-map-count-webhook', 'mmc-system');
    const { stdout, stderr, code } = await check(['test', 'rules'], 'tests.yaml', {
      rule_files: ['bare.yaml'],
      evaluation_interval: '5m',
      tests,
    });
    expect(stdout + stderr).toContain('SUCCESS');
    expect(code).toBe(0);
    const fired = tests.flatMap((test) => test.alert_rule_test.filter(({ exp_alerts }) => exp_alerts.length > 0));
    expect(new Set(fired.map(({ alertname }) => alertname))).toEqual(new Set(rules.map(({ alert }) => alert)));
  });

  it('has a section of the runbook for each alert, and for no other', () => {
    const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
    const sections = [...runbook.matchAll(/^## (MaxMapCountWebhook\w+)$/gm)].map(([, name]) => name);
    expect(sections).toEqual(rules.map(({ alert }) => alert));
    for (const { alert, annotations } of rules) {
      expect(annotations.runbook_url).toMatch(new RegExp(`/docs/runbook\\.md#${alert.toLowerCase()}$`));
    }
  });

  it('uses only metrics and labels that exist, in alerts and dashboard', async () => {
    const known = await knownMetrics();
    const expressions = [...rules.map(({ expr }) => expr), ...dashboardExpressions()];
    expect(expressions.length).toBeGreaterThan(15);
    for (const expression of expressions) {
      const names = [...expression.matchAll(/\b([a-z_:]+)(?=\{)/g)].map(([, name]) => name);
      expect(names).not.toEqual([]);
      for (const name of names) expect(known.has(name ?? ''), `${name} in ${expression}`).toBe(true);
      const labels = [...expression.matchAll(/max_map_count_webhook_(\w+)\{([^}]*)\}/g)];
      for (const [, name, matchers = ''] of labels) {
        for (const [, label] of matchers.matchAll(/(\w+)\s*(?:=~|!=|!~|=)/g)) {
          const own = known.get(`max_map_count_webhook_${name}`);
          expect([...(own ?? []), 'job', 'namespace', 'pod'], expression).toContain(label);
        }
      }
    }
  });

  it("has nothing in the dashboard's expressions that Prometheus does not understand", async () => {
    const recorded = dashboardExpressions().map((expression, index) => {
      const expr = expression.replaceAll('$__rate_interval', '5m').replaceAll('$job', 'webhook');
      return { record: `panel:${index}`, expr };
    });
    const result = await check(['check', 'rules'], 'panels.yaml', { groups: [{ name: 'panels', rules: recorded }] });
    expect(outputOf(result)).toContain('SUCCESS');
  });
});

/** Every metric that a scrape can have, with its labels. */
async function knownMetrics(): Promise<Map<string, readonly string[]>> {
  const { registry } = createMetrics('any');
  const own = registry.getMetricsAsArray().flatMap((metric): [string, readonly string[]][] => {
    const labels: unknown = Reflect.get(metric, 'labelNames');
    const names = Array.isArray(labels) ? labels.map(String) : [];
    return [
      [metric.name, names],
      [`${metric.name}_bucket`, [...names, 'le']],
    ];
  });
  registry.clear();
  return new Map([...own, ...FOREIGN.map((name): [string, readonly string[]] => [name, []])]);
}

function dashboardExpressions(): string[] {
  const dashboard = JSON.parse(readFileSync(join(chart.CHART, 'files/dashboard.json'), 'utf8'));
  return dashboard.panels.flatMap((panel: { targets: { expr: string }[] }) => panel.targets.map(({ expr }) => expr));
}
