import type { CatalogueRow } from './catalogue-row.ts';
import { PREFILTER, prefilterOf } from './prefilter.ts';

/** One of the expressions that decide whether the API server calls a webhook, as a MutatingWebhookConfiguration holds it. */
export interface MatchCondition {
  readonly name: string;
  readonly expression: string;
}

/** The conditions of an entry for pods that depend on nothing, as the chart has them. */
export const FIXED_CONDITIONS: readonly MatchCondition[] = [
  {
    name: 'not-yet-injected',
    expression: `!(has(object.metadata.annotations) && 'max-map-count.io/applied' in object.metadata.annotations &&
has(object.spec.initContainers) && object.spec.initContainers.exists(c, c.name == 'max-map-count'))`,
  },
  {
    name: 'not-a-mirror-pod',
    expression: "!(has(object.metadata.annotations) && 'kubernetes.io/config.mirror' in object.metadata.annotations)",
  },
];

/** What an entry for pods needs. */
export interface NeededConditions {
  readonly conditions: readonly MatchCondition[];
  /** Why the prefilter is not among them, so that every pod is sent to the webhook. */
  readonly leftOut: string | undefined;
}

/** The match conditions for the rows in force. */
export function matchConditionsFor(rows: readonly CatalogueRow[]): NeededConditions {
  const prefilter = prefilterOf(rows);
  if (!prefilter.ok) return { conditions: FIXED_CONDITIONS, leftOut: prefilter.problem };
  return {
    conditions: [...FIXED_CONDITIONS, { name: PREFILTER, expression: prefilter.expression }],
    leftOut: undefined,
  };
}
