import type { AllowedStrategy, Decision } from '../../core/decision.ts';
import { evaluate } from '../../core/evaluate.ts';
import { get, isObject, type JsonObject, sameJson } from '../../core/json.ts';
import type { Operation } from '../../core/operation.ts';
import { patchFor } from '../../core/patch.ts';
import type { Settings } from '../../core/settings.ts';
import type { PolicyEvaluator } from '../../policy/evaluate.ts';
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
  /** True where the webhook would patch the pod and the policy, which sees less, leaves it alone. */
  readonly isLeft: boolean;
}

/** What the webhook would do to every pod that an object makes. */
export function decideTemplates(
  object: JsonObject,
  settings: Settings,
  strategy: AllowedStrategy,
  policy?: PolicyEvaluator,
): TemplateDecision[] {
  return templatesOf(object).map((template) => {
    const { ownerKind } = template;
    const decision = evaluate(template.pod, { strategy, ...(ownerKind && { ownerKind }) }, settings);
    const isLeft = decision.decision === 'patch' && policy !== undefined && !isPatchedBy(policy, template);
    const podPatch = decision.decision === 'patch' && !isLeft ? patchFor(template.pod, decision, settings) : [];
    return { template, decision, podPatch, isLeft, notes: isLeft ? [] : notesOn(object, template, decision) };
  });
}

// The pod as its controller would send it: with an owner.
function isPatchedBy(policy: PolicyEvaluator, { pod, ownerKind }: Template): boolean {
  const metadata = get(pod, 'metadata');
  const ownerReferences = ownerKind ? [{ kind: ownerKind }] : [];
  const owned = { ...(isObject(metadata) && metadata), ...(ownerKind && { ownerReferences }) };
  return policy({ ...pod, metadata: owned }).patch !== null;
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
