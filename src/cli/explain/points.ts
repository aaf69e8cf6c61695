import { type Signal, strengthOf } from '../../core/signals.ts';

/** The weight of a signal as people read it: `+12`, `-2`, `veto`, or empty when it adds nothing. */
export function pointsOf(signal: Signal): string {
  const { points, veto } = strengthOf(signal);
  if (veto) return 'veto';
  return points === 0 ? '' : points > 0 ? `+${points}` : String(points);
}
