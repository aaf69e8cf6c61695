/** One test of `promtool test rules`. */
export interface AlertTest {
  readonly name: string;
  readonly interval: string;
  readonly input_series: readonly { readonly series: string; readonly values: string }[];
  readonly alert_rule_test: readonly {
    readonly eval_time: string;
    readonly alertname: string;
    readonly exp_alerts: readonly { readonly exp_labels: Readonly<Record<string, string>> }[];
  }[];
}

/** For each alert of the chart a case in which it fires and one in which it must not, for one Service and its namespace. */
export function alertTests(job: string, namespace: string): AlertTest[] {
  const from = `job="${job}", namespace="${namespace}", pod="a"`;
  const up = { series: `up{${from}}`, values: '1x3000' };
  const patched = `max_map_count_webhook_reviews_total{${from}, decision="patch", reason="injected", dry_run="false", path="init-container"}`;
  const fault = `max_map_count_webhook_reviews_total{${from}, decision="skip", reason="internal-error"}`;
  const expiry = (seconds: number) => {
    return { series: `max_map_count_webhook_certificate_expiry_timestamp_seconds{${from}}`, values: `${seconds}x3000` };
  };
  const failOpen = 'apiserver_admission_webhook_fail_open_count{name="restricted.max-map-count.io", type="admit"}';
  const condition =
    'apiserver_admission_match_condition_evaluation_errors_total{name="privileged.max-map-count.io", kind="webhook"}';
  const rejection = (type: string) =>
    `apiserver_admission_webhook_rejection_count{name="restricted.max-map-count.io", error_type="${type}"}`;
  const pod = { job, namespace, pod: 'a' };
  const day = 24 * 3600;
  return [
    fires('Down', 'critical', '10m', [{ series: up.series, values: '0x20' }], {}),
    fires('Down', 'critical', '10m', [], {}),
    quiet('Down', '10m', [up, { series: `up{job="${job}", namespace="${namespace}", pod="b"}`, values: '0x20' }]),
    fires('CertificateExpiring', 'critical', '20m', [expiry(6 * day)], pod),
    quiet('CertificateExpiring', '20m', [expiry(8 * day)]),
    fires('CertificateReloadFailing', 'warning', '10m', [series('certificate_reload_failures_total', '0 0 1x20')], pod),
    quiet('CertificateReloadFailing', '40m', [series('certificate_reload_failures_total', '0 0 1x60')]),
    fires('FailOpen', 'warning', '15m', [{ series: failOpen, values: '_x12 1x5' }], {
      name: 'restricted.max-map-count.io',
    }),
    fires('FailOpen', 'warning', '25m', [{ series: failOpen, values: '4x20 5x5' }], {
      name: 'restricted.max-map-count.io',
    }),
    quiet('FailOpen', '60m', [{ series: failOpen, values: '4x60' }]),
    quiet('FailOpen', '15m', [{ series: failOpen.replace('max-map-count.io', 'example.org'), values: '_x12 1x5' }]),
    fires('ConditionErrors', 'warning', '15m', [{ series: condition, values: '_x12 1x5' }], {
      name: 'privileged.max-map-count.io',
    }),
    fires('ConditionErrors', 'warning', '25m', [{ series: condition, values: '4x20 5x5' }], {
      name: 'privileged.max-map-count.io',
    }),
    quiet('ConditionErrors', '60m', [{ series: condition, values: '4x60' }]),
    quiet('ConditionErrors', '15m', [
      { series: condition.replace('max-map-count.io', 'example.org'), values: '_x12 1x5' },
    ]),
    fires('PatchErrors', 'critical', '15m', [{ series: fault, values: '_x12 1x5' }], {}),
    fires('PatchErrors', 'critical', '25m', [{ series: fault, values: '4x20 5x5' }], {}),
    fires(
      'PatchErrors',
      'critical',
      '15m',
      [{ series: rejection('apiserver_internal_error'), values: '_x12 1x5' }],
      {},
    ),
    quiet('PatchErrors', '15m', [{ series: rejection('calling_webhook_error'), values: '_x12 1x5' }]),
    quiet('PatchErrors', '60m', [{ series: fault, values: '4x60' }]),
    fires('Overloaded', 'warning', '15m', [series('rejected_total', '_x12 1x5', 'overload')], {}),
    quiet('Overloaded', '15m', [series('rejected_total', '_x12 1x5', 'not-found')]),
    fires('PatchesNothing', 'info', '50h', [{ series: patched, values: '0+1x600 600x2600' }], {}),
    quiet('PatchesNothing', '50h', [{ series: patched, values: '0+1x3000' }]),
    // One pod, by a replica that was started since.
    quiet('PatchesNothing', '50h', [
      { series: patched, values: '0+1x600 600x2600' },
      { series: patched.replace('pod="a"', 'pod="b"'), values: '_x2700 1x300' },
    ]),
    // A cluster in which no such pod was ever created.
    quiet('PatchesNothing', '50h', [up]),
  ];

  function series(name: string, values: string, cause?: string) {
    const labels = cause === undefined ? from : `${from}, cause="${cause}"`;
    return { series: `max_map_count_webhook_${name}{${labels}}`, values };
  }
}

function fires(
  alert: string,
  severity: string,
  time: string,
  input: AlertTest['input_series'],
  labels: Readonly<Record<string, string>>,
): AlertTest {
  return alertTest(alert, time, input, [{ exp_labels: { ...labels, severity } }]);
}

function quiet(alert: string, time: string, input: AlertTest['input_series']): AlertTest {
  return alertTest(alert, time, input, []);
}

function alertTest(
  alert: string,
  time: string,
  input: AlertTest['input_series'],
  expected: AlertTest['alert_rule_test'][number]['exp_alerts'],
): AlertTest {
  const alertname = `MaxMapCountWebhook${alert}`;
  return {
    name: `${alert} ${expected.length === 0 ? 'stays quiet' : 'fires'}`,
    interval: '1m',
    input_series: input,
    alert_rule_test: [{ eval_time: time, alertname, exp_alerts: expected }],
  };
}
