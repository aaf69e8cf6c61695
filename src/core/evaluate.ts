import { alreadyDone } from './already.ts';
import { wishesOf } from './annotations.ts';
import type { Decision, Evidence, PatchDecision, RequestFacts, SkipDecision } from './decision.ts';
import { detect, type Finding } from './detect.ts';
import { needOf } from './needs.ts';
import { placementOf } from './placement.ts';
import { readPod } from './pod.ts';
import type { SkipReason } from './reasons.ts';
import { type Case, firstObjection, type Objection } from './rules.ts';
import type { Settings } from './settings.ts';
import { quoted, warning } from './warnings.ts';
import { matches } from './weigh.ts';

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

/**
 * The verdict on one pod: the function behind the webhook, the command line and the tests. Same input, same output;
 * it never throws, whatever JSON it is given.
 */
export function evaluate(raw: unknown, facts: RequestFacts, settings: Settings): Decision {
  const pod = readPod(raw);
  if (!pod) return skip('not-a-pod');
  const wishes = wishesOf(pod, settings.catalogue);
  const findings = detect(pod, settings.catalogue, wishes);
  const placement = placementOf(pod, facts);
  const matched = matches(placement.job ? findings.map(whateverItRuns) : findings);
  const needs = matched.map((finding) => needOf(finding, pod, settings.level));
  const [first] = needs;
  if (!first) {
    const evidence = findings.flatMap((finding) => finding.evidence);
    return skip('not-matched', { evidence, warnings: wishes.warnings.map(warning) });
  }
  const strict = needs.filter(({ isOff, required }) => !isOff && required > 0);
  // The highest value wins; among equals the first container.
  const need = strict.reduce((highest, next) => (next.value > highest.value ? next : highest), strict[0] ?? first);
  const already = alreadyDone(pod, need, placement, settings);
  const strategy = facts.endpoint === 'node-affinity' || wishes.affinity ? 'node-affinity' : 'init-container';
  return decide({ pod, facts, settings, wishes, needed: strict.length > 0, needs, need, placement, already, strategy });
}

// A Job that runs a tool of the server's image is told that it is a Job, which is what its author would look for first.
function whateverItRuns(finding: Finding): Finding {
  return { ...finding, evidence: finding.evidence.filter(({ signal }) => signal !== 'tool-command') };
}

function decide(known: Case): Decision {
  const objection = firstObjection(known);
  return objection ? leaveAlone(known, objection) : change(known);
}

function leaveAlone(known: Case, objection: Objection): SkipDecision {
  const { need, wishes, already } = known;
  // Remarks on a pod that is all right as it is would only be noise.
  const remarks = objection.warning === undefined ? [] : [objection.warning, ...need.remarks, ...already.remarks];
  return skip(objection.reason, {
    workload: need.row.name,
    required: need.required || null,
    value: need.value || null,
    evidence: [...evidenceOf(known), ...(objection.evidence ? [objection.evidence] : [])],
    warnings: [...remarks, ...wishes.warnings].map(warning),
    ours: objection.ours ?? false,
  });
}

function change(known: Case): PatchDecision {
  const { need, wishes, already, strategy, placement } = known;
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
    container: need.container,
    evidence: [...evidenceOf(known), ...shared],
    warnings: [announcement(known), ...sharing, ...need.remarks, ...already.remarks, ...wishes.warnings].map(warning),
  };
}

function evidenceOf({ needs, already }: Case): Evidence[] {
  return [...needs.flatMap(({ evidence }) => evidence), ...already.evidence];
}

function announcement({ need, strategy, settings }: Case): string {
  const product = `container ${need.container.name} runs ${need.row.title ?? need.row.name} (image ${quoted(need.container.image)})`;
  return strategy === 'init-container'
    ? `added the privileged init container max-map-count, which raises vm.max_map_count to ${need.value} on the node: ${product}`
    : `added a node affinity, ${settings.nodeAffinity.mode}, to nodes with ${settings.nodeAffinity.label} of at least ${need.value}: ${product}`;
}
