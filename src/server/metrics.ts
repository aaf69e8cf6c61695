import { createHash } from 'node:crypto';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Catalogue } from '../core/catalogue.ts';
import type { ReviewPath } from '../core/review.ts';
import type { Verdict } from '../core/verdict.ts';
import type { RejectionCause } from './refusals.ts';

const PREFIX = 'max_map_count_webhook_';
// The API server's own histogram starts at 5 ms and cannot tell 1 ms from 4.
const SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1];

/** What the server counts; `/metrics` shows the registry. */
export interface Metrics {
  readonly registry: Registry;
  /** One answered review. */
  readonly reviewed: (review: { path: ReviewPath; decision: Verdict; dryRun: boolean; seconds: number }) => void;
  /** One request without a review. */
  readonly rejected: (cause: RejectionCause) => void;
  /** How many requests are in progress, asked whenever the metrics are read. */
  readonly watchInProgress: (requests: () => number) => void;
  /** How many reviews were answered with a verdict that was known, asked whenever the metrics are read. */
  readonly watchRecalled: (reviews: () => number) => void;
  readonly setCertificateExpiry: (expiry: Date) => void;
  readonly certificateReloadFailed: () => void;
  /** The rows in force, shown as a short hash: replicas that disagree have different configurations. */
  readonly setCatalogue: (catalogue: Catalogue) => void;
}

/** Creates the metrics on a registry of their own. */
export function createMetrics(version: string): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Counter({ name: PREFIX + name, help, labelNames, registers });
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Gauge({ name: PREFIX + name, help, labelNames, registers });

  const countReview = reviewCounter(registry);
  const duration = new Histogram({
    name: `${PREFIX}review_duration_seconds`,
    help: 'Time from the request headers to the answer.',
    labelNames: ['path'],
    buckets: SECONDS,
    registers,
  });
  const durations = new Map<ReviewPath, (seconds: number) => void>();
  const durationOf = (path: ReviewPath) => {
    const observe = durations.get(path) ?? duration.labels(path).observe;
    durations.set(path, observe);
    return observe;
  };
  let inProgress = () => 0;
  new Gauge({
    name: `${PREFIX}in_flight_requests`,
    help: 'Reviews in progress.',
    registers,
    collect() {
      this.set(inProgress());
    },
  });
  let recalled = () => 0;
  new Counter({
    name: `${PREFIX}recalled_reviews_total`,
    help: 'Answered reviews of pods whose template had been judged before.',
    registers,
    collect() {
      this.reset();
      this.inc(recalled());
    },
  });
  const rejected = counter('rejected_total', 'Requests that got no review, by cause.', ['cause']);
  const expiry = gauge('certificate_expiry_timestamp_seconds', 'When the certificate in use expires.', []);
  const reloadFailures = counter(
    'certificate_reload_failures_total',
    'Changed certificate files that could not be used.',
    [],
  );
  const catalogueInfo = gauge('catalogue_info', 'Always 1; the label is a hash of the catalogue in force.', ['hash']);
  gauge('build_info', 'Always 1; the label names the version.', ['version']).set({ version }, 1);
  collectDefaultMetrics({ register: registry });

  return {
    registry,
    reviewed: ({ path, decision, dryRun, seconds }) => {
      countReview(path, decision, dryRun);
      durationOf(path)(seconds);
    },
    rejected: (cause) => rejected.inc({ cause }),
    watchInProgress: (requests) => {
      inProgress = requests;
    },
    watchRecalled: (reviews) => {
      recalled = reviews;
    },
    setCertificateExpiry: (date) => expiry.set(date.getTime() / 1000),
    certificateReloadFailed: () => reloadFailures.inc(),
    setCatalogue: (catalogue) => {
      catalogueInfo.reset();
      catalogueInfo.set({ hash: hashOf(catalogue) }, 1);
    },
  };
}

// The library makes and checks a set of labels at every count; here that is done when the metrics are read.
function reviewCounter(registry: Registry): (path: ReviewPath, decision: Verdict, dryRun: boolean) => void {
  const counts = new Map<string, { readonly labels: Record<string, string>; count: number }>();
  new Counter({
    name: `${PREFIX}reviews_total`,
    help: 'Answered reviews.',
    labelNames: ['path', 'decision', 'reason', 'workload', 'strategy', 'dry_run'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { labels, count } of counts.values()) this.inc(labels, count);
    },
  });
  return (path, { decision, reason, workload, strategy }, dryRun) => {
    const key = `${path} ${reason} ${workload} ${strategy} ${dryRun}`;
    const known = counts.get(key);
    if (known) known.count += 1;
    else {
      const labels = { path, decision, reason, dry_run: String(dryRun) };
      counts.set(key, { labels: { ...labels, workload: workload ?? 'none', strategy: strategy ?? 'none' }, count: 1 });
    }
  };
}

function hashOf(catalogue: Catalogue): string {
  return createHash('sha256').update(JSON.stringify(catalogue.rows)).digest('hex').slice(0, 12);
}
