import type { AllowedStrategy, Decision } from '../../core/decision.ts';
import { evaluate } from '../../core/evaluate.ts';
import { type JsonObject, sameJson } from '../../core/json.ts';
import type { Operation } from '../../core/operation.ts';
import { patchFor } from '../../core/patch.ts';
import type { Settings } from '../../core/settings.ts';
import { withMissingParents } from '../yaml/pointer.ts';
import { ECK_AFFINITY_NOTE } from './eck.ts';
import { takesNoInitContainers, VM_SWITCH_NOTE } from './opensearch-operator.ts';
import type { Template } from './template.ts';
import { templatesOf } from './templates.ts';

/** What the webhook would do to one pod of an object. */
export interface TemplateDecision {
  readonly template: Template;
  readonly decision: Decision;
  /** The webhook's patch, against the pod. */
  readonly podPatch: readonly Operation[];
  readonly notes: readonly string[];
}

/** What the webhook would do to every pod that an object makes. */
export function decideTemplates(object: JsonObject, settings: Settings, strategy: AllowedStrategy): TemplateDecision[] {
  return templatesOf(object).map((template) => {
    const { ownerKind } = template;
    const decision = evaluate(template.pod, { strategy, ...(ownerKind && { ownerKind }) }, settings);
    const podPatch = decision.decision === 'patch' ? patchFor(template.pod, decision, settings) : [];
    return { template, decision, podPatch, notes: notesOn(object, template, decision) };
  });
}

/** The same patches against the object, ready for `kubectl patch --type=json`. */
export function objectPatch(object: JsonObject, decisions: readonly TemplateDecision[]): Operation[] {
  const operations = decisions.flatMap(({ template, podPatch }) => template.write(podPatch));
  // Pods of one resource may share a switch of it.
  const once = operations.filter(({ path, value }, index) => {
    return !operations.slice(0, index).some((earlier) => earlier.path === path && sameJson(earlier.value, value));
  });
  return withMissingParents(object, once);
}

function notesOn(object: JsonObject, { notes, pod }: Template, decision: Decision): string[] {
  if (decision.decision === 'skip') return decision.reason === 'already-handled' ? [] : [...notes];
  const hasAffinity = 'affinity' in (pod.spec as JsonObject);
  const isAffinity = decision.strategy === 'node-affinity';
  return [
    ...notes,
    ...(object.kind === 'Elasticsearch' && isAffinity && !hasAffinity ? [ECK_AFFINITY_NOTE] : []),
    ...(takesNoInitContainers(object) && !isAffinity ? [VM_SWITCH_NOTE] : []),
  ];
}
