// The Prometheus operator's definitions, cut down to the fields that the chart sets, so that the API server refuses a
// field or a type that the operator does not have.

const text = { type: 'string' };
const texts = { type: 'object', additionalProperties: text };

function object(properties: Record<string, unknown>, required: readonly string[] = []): Record<string, unknown> {
  return { type: 'object', properties, ...(required.length > 0 && { required }) };
}

function list(items: Record<string, unknown>): Record<string, unknown> {
  return { type: 'array', items };
}

function definition(kind: string, spec: Record<string, unknown>) {
  const singular = kind.toLowerCase();
  const schema = { openAPIV3Schema: object({ spec }, ['spec']) };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${singular}s.monitoring.coreos.com` },
    spec: {
      group: 'monitoring.coreos.com',
      names: { kind, listKind: `${kind}List`, plural: `${singular}s`, singular },
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  };
}

const rule = object({ alert: text, expr: text, for: text, labels: texts, annotations: texts }, ['expr']);
const endpoint = object({ port: text, path: text, scheme: { ...text, enum: ['http', 'https'] }, interval: text });

/** CustomResourceDefinitions of ServiceMonitor and PrometheusRule. */
export const MONITORING_CRDS = [
  definition('PrometheusRule', object({ groups: list(object({ name: text, rules: list(rule) }, ['name'])) })),
  definition(
    'ServiceMonitor',
    object(
      {
        selector: object({ matchLabels: texts }),
        namespaceSelector: object({ matchNames: list(text) }),
        endpoints: list(endpoint),
      },
      ['endpoints', 'selector'],
    ),
  ),
];
