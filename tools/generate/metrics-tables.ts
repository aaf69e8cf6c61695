import { createMetrics } from '../../src/server/metrics.ts';
import { REFUSALS } from '../../src/server/refusals.ts';
import { code, codes, table } from './markdown.ts';

/** Every metric of the webhook's own, as a table. */
export function metricsTable(): string {
  const { registry } = createMetrics('any');
  const own = registry.getMetricsAsArray().filter(({ name }) => name.startsWith('max_map_count_webhook_'));
  registry.clear();
  const rows = own.map((metric) => [code(metric.name), String(metric.type), codes(labelsOf(metric)), metric.help]);
  return table(['metric', 'type', 'labels', 'meaning'], rows);
}

/** Every answer other than a review, with the label that counts it. */
export function refusalsTable(): string {
  const rows = Object.entries(REFUSALS).map(([cause, { status, error }]) => [code(cause), String(status), error]);
  return table(['cause', 'status', 'error in the answer'], rows);
}

function labelsOf(metric: object): string[] {
  const names: unknown = Reflect.get(metric, 'labelNames');
  return Array.isArray(names) ? names.map(String) : [];
}
