import type { Level } from '../src/cli/share/shared.ts';
import type { AllowedStrategy } from '../src/core/decision.ts';

/** The chart's values for Pod Security. */
export interface Namespaces {
  readonly clusterDefault: 'privileged';
  readonly privilegedNamespaces: AllowedStrategy;
  readonly restrictedNamespaces: Exclude<AllowedStrategy, 'init-container'>;
}

/** The values with which pods of a namespace at this level get this strategy; for other levels, what suits it. */
export function namespacesFor(level: Level, strategy: AllowedStrategy): Namespaces {
  const restricted = strategy === 'init-container' ? 'none' : strategy;
  return {
    clusterDefault: 'privileged',
    privilegedNamespaces: level === 'privileged' ? strategy : 'init-container',
    // Affinity needs no privilege.
    restrictedNamespaces: restricted,
  };
}
