import type { Finding } from './detect.ts';
import type { Container } from './pod.ts';
import { strengthOf, THRESHOLD } from './signals.ts';

/**
 * Adds the evidence up: which containers run which workload. A container runs one workload at most, the strongest among
 * those that the evidence names; what the author asks for comes on top. The order of the evidence does not matter, and a
 * signal seen twice counts once.
 */
export function matches(findings: readonly Finding[]): Finding[] {
  const asked = findings.filter(isAsked);
  const byContainer = new Map<Container, Finding[]>();
  for (const finding of findings) {
    if (!isAsked(finding)) byContainer.set(finding.container, [...(byContainer.get(finding.container) ?? []), finding]);
  }
  const best = [...asked, ...[...byContainer.values()].flatMap((found) => bestOf(found) ?? [])];
  // Where one container says what it is, a neighbour that merely shares its volume or its ports is not a second server.
  const named = best.some(isNamed) ? best.filter(isNamed) : best;
  // Nor is a container that runs a script of its own beside one that plainly starts the server.
  return named.some(startsServer) ? named.filter((finding) => isAsked(finding) || startsServer(finding)) : named;
}

function bestOf(findings: readonly Finding[]): Finding | undefined {
  const named = findings.filter(isNamed);
  const candidates = (named.length > 0 ? named : findings).filter((finding) => points(finding) >= THRESHOLD);
  return candidates.reduce<Finding | undefined>(
    (best, finding) => (best === undefined || points(finding) > points(best) ? finding : best),
    undefined,
  );
}

/** What a finding's evidence adds up to; minus infinity when a veto is among it. */
export function points({ evidence }: Finding): number {
  const signals = [...new Set(evidence.map(({ signal }) => signal))].map((signal) => ({
    signal,
    ...strengthOf(signal),
  }));
  if (!isAsked({ evidence }) && signals.some(({ veto }) => veto)) return Number.NEGATIVE_INFINITY;
  return signals.reduce((sum, signal) => sum + signal.points, 0);
}

function isAsked({ evidence }: Pick<Finding, 'evidence'>): boolean {
  return evidence.some(({ signal }) => signal === 'annotation');
}

function isNamed({ evidence }: Finding): boolean {
  return evidence.some(({ signal }) => strengthOf(signal).identity);
}

function startsServer({ runs }: Finding): boolean {
  return runs === 'server';
}
