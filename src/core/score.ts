import type { Evidence } from './decision.ts';
import { type Signal, strengthOf, THRESHOLD } from './signals.ts';

/** What the evidence for one workload in one container adds up to. */
export interface Score {
  readonly points: number;
  /** True when something ends the matter, whatever the points say. */
  readonly isVetoed: boolean;
  /** True when that is enough. */
  readonly isEnough: boolean;
  /** True when it is not, but enough names the product to ask the author. */
  readonly isSuggested: boolean;
}

/**
 * Adds evidence up; its order does not matter, and a signal seen twice counts once. Doubts take points from names alone:
 * a container that is only called so loses to them, one that keeps its data where the server does it does not.
 */
export function scoreOf(evidence: readonly Evidence[]): Score {
  const signals = new Set(evidence.map(({ signal }) => signal));
  let [names, others, suggests] = [0, 0, false];
  for (const signal of signals) {
    const strength = strengthOf(signal);
    if (strength.kind === undefined) others += strength.points;
    else names += strength.points;
    suggests ||= strength.suggests === true;
  }
  const points = others + Math.max(0, names);
  const isVetoed = !signals.has('annotation') && vetoes(signals, evidence);
  const isEnough = !isVetoed && points >= THRESHOLD;
  const isOpen = !isVetoed && !isEnough && !signals.has('other-image');
  return { points, isVetoed, isEnough, isSuggested: isOpen && suggests };
}

function vetoes(signals: ReadonlySet<Signal>, evidence: readonly Evidence[]): boolean {
  const isProven = signals.has('label') || proofs(evidence) >= PROOFS;
  return [...signals].some((signal) => {
    const { veto } = strengthOf(signal);
    return veto === 'always' || (veto === 'unproven' && !isProven);
  });
}

const PROOFS = 2;

// Two settings are two facts, two mounts below one folder are one.
function proofs(evidence: readonly Evidence[]): number {
  const facts = evidence.filter(({ signal }) => strengthOf(signal).proof);
  return new Set(facts.map(({ signal, value }) => (signal === 'mount' ? signal : value))).size;
}
