// The Prometheus operator's definitions, cut down to the fields that the chart sets, so that the API server refuses a
// field or a type that the operator does not have.

import { definition, list, object } from './custom-resources.ts';

const GROUP = 'monitoring.coreos.com';
const text = { type: 'string' };
const texts = { type: 'object', additionalProperties: text };

const rule = object({ alert: text, expr: text, for: text, labels: texts, annotations: texts }, ['expr']);
const endpoint = object({ port: text, path: text, scheme: { ...text, enum: ['http', 'https'] }, interval: text });

/** CustomResourceDefinitions of ServiceMonitor and PrometheusRule. */
export const MONITORING_CRDS = [
  definition(GROUP, 'PrometheusRule', object({ groups: list(object({ name: text, rules: list(rule) }, ['name'])) })),
  definition(
    GROUP,
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
