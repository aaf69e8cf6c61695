import type { AllowedStrategy, Decision, Strategy } from './decision.ts';
import { evaluate } from './evaluate.ts';
import { patchText } from './patch.ts';
import type { Settings } from './settings.ts';

/** What is said of one pod to whoever asked, to its log line and to the metrics. It holds nothing of the pod, so it can be kept. */
export interface Verdict extends Pick<Decision, 'decision' | 'reason' | 'workload' | 'value' | 'warnings'> {
  readonly strategy: Strategy | null;
  /** The container that asked for the value; null when the pod is left alone. */
  readonly container: { readonly name: string } | null;
  /** True when the pod carries our own patch. */
  readonly ours: boolean;
  /** Base64 of an RFC 6902 patch. */
  readonly patch?: string;
}

/** The verdict on a pod that was decoded from JSON. It depends on nothing else; it never throws but for a fault of ours. */
export function judge(pod: unknown, strategy: AllowedStrategy, settings: Settings): Verdict {
  const decision = evaluate(pod, { strategy }, settings);
  const verdict = verdictOf(decision);
  return decision.decision === 'patch' ? { ...verdict, patch: btoa(patchText(pod, decision, settings)) } : verdict;
}

/** The verdict that a decision is, without a patch. */
export function verdictOf(decision: Decision): Verdict {
  const { reason, workload, value, strategy, warnings } = decision;
  return {
    decision: decision.decision,
    reason,
    workload,
    value,
    strategy,
    warnings,
    container: decision.decision === 'patch' ? { name: decision.container.name } : null,
    ours: decision.decision === 'skip' && decision.ours,
  };
}
