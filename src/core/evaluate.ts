import { affinityMode } from './affinity.ts';
import { type Instructions, instructionsOf } from './annotations.ts';
import { look } from './catalogue-index.ts';
import type { Decision, Evidence, PatchDecision, RequestFacts, SkipDecision } from './decision.ts';
import { skip } from './decision.ts';
import { detect, type Finding } from './detect.ts';
import { handledBy } from './handled.ts';
import { LIMITS } from './limits.ts';
import { needOf } from './need.ts';
import { placementOf } from './placement.ts';
import type { PodParts } from './pod.ts';
import { isCut, podParts, readParts, textsOf } from './read-pod.ts';
import { firstSkip, type PodFacts, type Skip } from './rules.ts';
import type { Settings } from './settings.ts';
import { quoted, warning } from './warnings.ts';
import { matches } from './weigh.ts';

/**
 * The verdict on one pod: the function behind the webhook, the command line and the tests. Same input, same output;
 * it never throws, whatever JSON it is given.
 */
export function evaluate(raw: unknown, facts: RequestFacts, settings: Settings): Decision {
  const parts = podParts(raw);
  if (!parts) return skip('not-a-pod');
  const { catalogue } = settings;
  const instructions = instructionsOf(textsOf(parts.annotations), catalogue);
  const sightings = look(parts, catalogue.index);
  if (!sightings && !instructions.workload) return notMatched(parts, instructions, []);
  const pod = readParts(parts);
  const findings = detect(pod, sightings, catalogue, instructions);
  const placement = placementOf(pod, facts);
  const { findings: matched, isCertain } = matches(placement.job ? findings.map(whateverItRuns) : findings);
  const needs = matched.map((finding) => needOf(finding, pod, settings.level));
  const [first] = needs;
  if (!first) return notMatched(parts, instructions, findings);
  const strict = needs.filter(({ isOff, required }) => !isOff && required > 0);
  // The highest value wins; among equals the first container.
  const need = strict.reduce((highest, next) => (next.value > highest.value ? next : highest), strict[0] ?? first);
  const handled = handledBy(pod, need, placement, settings);
  const strategy = facts.strategy === 'node-affinity' || instructions.affinity ? 'node-affinity' : 'init-container';
  return decide({
    pod,
    facts,
    settings,
    instructions,
    isCertain,
    unseen: unseen(parts),
    needed: strict.length > 0,
    needs,
    findings: matched,
    need,
    placement,
    handled,
    strategy,
  });
}

function notMatched(parts: PodParts, instructions: Instructions, findings: readonly Finding[]): SkipDecision {
  const evidence = findings.flatMap((finding) => finding.evidence);
  return skip('not-matched', { evidence, warnings: [...instructions.warnings, ...unseen(parts)].map(warning) });
}

// What was not read can have changed any verdict, also this one.
function unseen(parts: PodParts): string[] {
  return isCut(parts)
    ? [
        `the pod is too large to be read as a whole, so what lies beyond ${LIMITS.containers.most} containers or ${LIMITS.entries.most} entries of a list was not considered`,
      ]
    : [];
}

// A Job that runs a tool of the server's image is told that it is a Job, which is what its author would look for first.
function whateverItRuns(finding: Finding): Finding {
  return { ...finding, evidence: finding.evidence.filter(({ signal }) => signal !== 'tool-command') };
}

function decide(known: PodFacts): Decision {
  const found = firstSkip(known);
  return found ? leaveAlone(known, found) : change(known);
}

function leaveAlone(known: PodFacts, found: Skip): SkipDecision {
  const { need, instructions, handled } = known;
  // Remarks on a pod that is all right as it is would only be noise.
  const remarks =
    found.warning === undefined ? [] : [found.warning, ...need.remarks, ...handled.remarks, ...known.unseen];
  return skip(found.reason, {
    workload: need.row.name,
    required: need.required || null,
    value: need.value || null,
    evidence: [...evidenceOf(known), ...(found.evidence ? [found.evidence] : [])],
    warnings: [...remarks, ...instructions.warnings].map(warning),
    ours: found.ours ?? false,
  });
}

function change(known: PodFacts): PatchDecision {
  const { need, instructions, handled, strategy, placement } = known;
  const { mode } = known.settings.nodeAffinity;
  const affinity = affinityMode(known.pod, placement, mode) ?? mode;
  const shared = strategy === 'init-container' && placement.sharedProcesses ? [placement.sharedProcesses] : [];
  // At index 0 it ends before any other container of the pod starts.
  const sharing = shared.map(({ path }) => {
    return `with ${path.replace('/spec/', '')} the privileged init container must stay first, where it runs alone`;
  });
  return {
    decision: 'patch',
    reason: strategy === 'init-container' ? 'injected' : 'affinity-added',
    strategy,
    workload: need.row.name,
    required: need.required,
    value: need.value,
    affinityMode: affinity,
    container: need.container,
    evidence: [...evidenceOf(known), ...shared],
    warnings: [
      announcement(known, affinity),
      ...sharing,
      ...need.remarks,
      ...handled.remarks,
      ...known.unseen,
      ...instructions.warnings,
    ].map(warning),
  };
}

function evidenceOf({ needs, handled }: PodFacts): Evidence[] {
  return [...needs.flatMap(({ evidence }) => evidence), ...handled.evidence];
}

function announcement({ need, strategy, settings }: PodFacts, affinity: 'required' | 'preferred'): string {
  const product = `container ${need.container.name} runs ${need.row.title ?? need.row.name} (image ${quoted(need.container.image)})`;
  return strategy === 'init-container'
    ? `added the privileged init container max-map-count, which raises vm.max_map_count to ${need.value} on the node: ${product}`
    : `added a node affinity, ${affinity}, to nodes with ${settings.nodeAffinity.label} of at least ${need.value}: ${product}`;
}
