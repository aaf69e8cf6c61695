import type { Finding } from './detect.ts';
import type { Container } from './pod.ts';
import { type Score, scoreOf } from './score.ts';
import { strengthOf } from './signals.ts';

/** The containers that run a workload of the catalogue, as far as the evidence says. */
export interface Matches {
  readonly findings: readonly Finding[];
  /** False when a name speaks for the workload and nothing confirms it. */
  readonly isCertain: boolean;
}

/**
 * Adds the evidence up: which containers run which workload. A container runs one workload at most, the strongest among
 * those that the evidence names; what the author asks for comes on top. Where nothing is enough, what a name suggests
 * is returned as uncertain.
 */
export function matches(findings: readonly Finding[]): Matches {
  const weighed = findings.map((finding): Weighed => ({ finding, score: scoreOf(finding.evidence) }));
  const best = bestPerContainer(weighed, ({ score }) => score.isEnough);
  if (best.length === 0)
    return { findings: bestPerContainer(weighed, ({ score }) => score.isSuggested).slice(0, 1), isCertain: false };
  // Where one container says what it is, a neighbour that merely shares its volume or its ports is not a second server.
  const named = best.some(isNamed) ? best.filter(isNamed) : best;
  // Nor is a container that runs a script of its own beside one that plainly starts the server.
  const isPlain = named.some(startsServer);
  return {
    findings: isPlain ? named.filter((finding) => isAsked(finding) || startsServer(finding)) : named,
    isCertain: true,
  };
}

interface Weighed {
  readonly finding: Finding;
  readonly score: Score;
}

function bestPerContainer(weighed: readonly Weighed[], accepts: (each: Weighed) => boolean): Finding[] {
  const byContainer = new Map<Container, Weighed[]>();
  const asked: Finding[] = [];
  for (const each of weighed) {
    const { finding } = each;
    const known = byContainer.get(finding.container);
    if (isAsked(finding)) asked.push(finding);
    else if (known) known.push(each);
    else byContainer.set(finding.container, [each]);
  }
  return [...asked, ...[...byContainer.values()].flatMap((found) => bestOf(found, accepts) ?? [])];
}

function bestOf(weighed: readonly Weighed[], accepts: (each: Weighed) => boolean): Finding | undefined {
  const named = weighed.filter(({ finding }) => isNamed(finding));
  let best: Weighed | undefined;
  for (const each of named.length > 0 ? named : weighed) {
    if (accepts(each) && (best === undefined || each.score.points > best.score.points)) best = each;
  }
  return best?.finding;
}

function isAsked({ evidence }: Finding): boolean {
  return evidence.some(({ signal }) => signal === 'annotation');
}

function isNamed({ evidence }: Finding): boolean {
  return evidence.some(({ signal }) => strengthOf(signal).identity);
}

function startsServer({ runs }: Finding): boolean {
  return runs === 'server';
}
