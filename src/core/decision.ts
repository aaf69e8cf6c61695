import type { Container } from './pod.ts';
import type { PatchReason, SkipReason } from './reasons.ts';
import type { Signal } from './signals.ts';

/** How a pod is patched. */
export type Strategy = 'init-container' | 'node-affinity';

/** Which path of the webhook was called: what the administrator allows in the pod's namespace. */
export type AllowedStrategy = Strategy | 'none';

/** What a decision needs to know besides the pod. */
export interface RequestFacts {
  readonly strategy: AllowedStrategy;
  /** The kind of object whose template the pod is, for callers that read manifests: `Job`, `DaemonSet`, ... */
  readonly ownerKind?: string;
}

/** One observed fact about a pod: which signal, in which container, at which JSON Pointer, with which value. */
export interface Evidence {
  readonly signal: Signal;
  /** The container's name; null when the fact is about the whole pod. */
  readonly container: string | null;
  /** JSON Pointer into the pod. */
  readonly path: string;
  readonly value: string | number | boolean | null;
}

interface Grounds {
  readonly evidence: readonly Evidence[];
  /** Admission warnings: one line each, at most 256 characters, no control characters. */
  readonly warnings: readonly string[];
}

interface Requirement {
  /** The catalogue row. */
  readonly workload: string;
  /** What the vendor demands. */
  readonly required: number;
  /** What we aim for: `required`, or the recommended value when the administrator asks for it. */
  readonly value: number;
}

/** Change the pod. */
export interface PatchDecision extends Grounds, Requirement {
  readonly decision: 'patch';
  readonly reason: PatchReason;
  readonly strategy: Strategy;
  /** Whether the affinity is a requirement or a preference. */
  readonly affinityMode: 'required' | 'preferred';
  /** The container that asked for `value`; its resources are inherited. */
  readonly container: Container;
}

/** Leave the pod as it is. */
export interface SkipDecision extends Grounds {
  readonly decision: 'skip';
  readonly reason: SkipReason;
  readonly workload: string | null;
  readonly required: number | null;
  readonly value: number | null;
  readonly strategy: null;
  /** True when the pod is left alone because it carries our own patch: a repeated call, to be answered in silence. */
  readonly ours: boolean;
}

/** The verdict on one pod. */
export type Decision = PatchDecision | SkipDecision;

/** A decision to leave a pod alone; what is not given is absent. */
export function skip(
  reason: SkipReason,
  details: Partial<Omit<SkipDecision, 'decision' | 'reason'>> = {},
): SkipDecision {
  return {
    decision: 'skip',
    reason,
    workload: null,
    required: null,
    value: null,
    strategy: null,
    evidence: [],
    warnings: [],
    ours: false,
    ...details,
  };
}
