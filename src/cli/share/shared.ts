import type { AllowedStrategy } from '../../core/decision.ts';

/** Pod Security levels, as the label `pod-security.kubernetes.io/enforce` of a namespace has them. */
export const LEVELS = ['privileged', 'baseline', 'restricted'] as const;

/** What a namespace's Pod Security level may get; the first is what the chart gives it by default. */
export const STRATEGIES_OF = {
  privileged: ['init-container', 'node-affinity', 'none'],
  baseline: ['none', 'node-affinity'],
  restricted: ['none', 'node-affinity'],
} as const satisfies Record<Level, readonly AllowedStrategy[]>;

/** One of {@link LEVELS}. */
export type Level = (typeof LEVELS)[number];

/** What carries a decision out in the cluster: the webhook, or a MutatingAdmissionPolicy. */
export const ENGINES = ['webhook', 'admissionPolicy'] as const;

/** One of {@link ENGINES}. */
export type Engine = (typeof ENGINES)[number];

/** What the playground shows, and a link to it holds. */
export interface Shared {
  /** YAML or JSON, as its author wrote it. */
  readonly manifest: string;
  /** The webhook's configuration file; empty for its defaults. */
  readonly config: string;
  readonly level: Level;
  readonly strategy: AllowedStrategy;
  readonly engine: Engine;
}

/** What a link holds once it was read as JSON; undefined when it is not what a link holds. */
export function sharedFrom(value: unknown): Shared | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const {
    manifest,
    config = '',
    level = 'privileged',
    strategy,
    engine = 'webhook',
  } = value as Record<string, unknown>;
  const known = LEVELS.find((each) => each === level);
  const by = ENGINES.find((each) => each === engine);
  if (typeof manifest !== 'string' || typeof config !== 'string' || known === undefined || by === undefined)
    return undefined;
  return { manifest, config, level: known, strategy: strategyFor(known, strategy), engine: by };
}

/** A strategy as far as a level allows it, else what the chart gives that level by default. */
export function strategyFor(level: Level, strategy: unknown): AllowedStrategy {
  const allowed: readonly AllowedStrategy[] = STRATEGIES_OF[level];
  return allowed.find((each) => each === strategy) ?? STRATEGIES_OF[level][0];
}
