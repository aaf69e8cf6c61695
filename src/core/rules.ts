import { affinityMode, obstacle } from './affinity.ts';
import { INJECT_PATH, type Instructions, WORKLOAD } from './annotations.ts';
import type { Evidence, RequestFacts, Strategy } from './decision.ts';
import type { Finding } from './detect.ts';
import type { Handled } from './handled.ts';
import type { Need } from './need.ts';
import type { Placement } from './placement.ts';
import type { Pod } from './pod.ts';
import type { SkipReason } from './reasons.ts';
import type { Settings } from './settings.ts';
import type { Signal } from './signals.ts';
import { quoted } from './warnings.ts';

/** Everything known about a pod that runs a workload of the catalogue. */
export interface PodFacts {
  readonly pod: Pod;
  readonly facts: RequestFacts;
  readonly settings: Settings;
  readonly instructions: Instructions;
  /** False when a name speaks for the workload and nothing confirms it. */
  readonly isCertain: boolean;
  readonly needs: readonly Need[];
  readonly findings: readonly Finding[];
  /** A sentence about what lies beyond the limits of what is read. */
  readonly unseen: readonly string[];
  /** The need that decides: the highest of those that are not switched off. */
  readonly need: Need;
  /** False when every matched server is content with any value. */
  readonly needed: boolean;
  readonly placement: Placement;
  readonly handled: Handled;
  readonly strategy: Strategy;
}

/** Why a pod that runs a workload is left alone. */
export interface Skip {
  readonly reason: SkipReason;
  readonly evidence?: Evidence;
  /** What the author should know; absent where leaving the pod alone is all right. */
  readonly warning?: string;
  readonly ours?: boolean;
}

type Rule = (known: PodFacts) => Skip | undefined;

/** The first reason to leave the pod alone, or undefined when it is to be patched. */
export function firstSkip(known: PodFacts): Skip | undefined {
  for (const rule of RULES) {
    const found = rule(known);
    if (found) return found;
  }
  return undefined;
}

// In this order: what the pod is, what its author wants, whether there is anything to do, then whether it can be done here.
const RULES: readonly Rule[] = [
  ({ placement: { mirror } }) => mirror && { reason: 'mirror-pod', evidence: mirror },
  ({ placement: { windows } }) => windows && { reason: 'windows', evidence: windows },
  ({ instructions }) => (instructions.optOut ? { reason: 'opted-out', evidence: OPTED_OUT } : undefined),
  jobSkip,
  ({ needed }) => (needed ? undefined : { reason: 'not-required' }),
  ({ placement: { gvisor } }) => gvisor && { reason: 'sandboxed', evidence: gvisor },
  ({ handled }) => (handled.ours ? { reason: 'already-handled', ours: true } : undefined),
  ({ handled }) => (handled.enough && !handled.conflict ? { reason: 'already-handled' } : undefined),
  nodesSufficient,
  uncertain,
  restrictedNamespace,
  (known) => (known.strategy === 'init-container' ? initContainerSkip(known) : affinitySkip(known)),
  ({ settings }) => (settings.mode === 'observe' ? { reason: 'observe-mode' } : undefined),
];

const OPTED_OUT: Evidence = { signal: 'opt-out', container: null, path: INJECT_PATH, value: 'false' };

function jobSkip({ placement: { job }, instructions, pod, isCertain, findings }: PodFacts): Skip | undefined {
  if (!job || instructions.workload) return undefined;
  const server = findings.find(({ runs }) => runs === 'server');
  const isBesideTask = isCertain && server !== undefined && pod.containers.length > 1;
  if (!isBesideTask) return { reason: 'job', evidence: job };
  // A service container of a test run, for example: it needs the value as any other server does.
  const { row, container } = server;
  const warning = `container ${container.name} runs ${title(server)} beside the task of a ${job.value}, so the pod was left alone; if it needs the value, annotate it with ${WORKLOAD}: ${row.name}`;
  return { reason: 'job', evidence: job, warning };
}

// The administrator's word about nodes says nothing about a guest kernel.
function nodesSufficient({ settings, need, placement }: PodFacts): Skip | undefined {
  const isGuaranteed = need.value <= settings.nodes.guaranteed && !placement.guestKernel;
  return isGuaranteed ? { reason: 'nodes-sufficient' } : undefined;
}

function uncertain({ isCertain, need, findings: [finding] }: PodFacts): Skip | undefined {
  if (isCertain || !finding) return undefined;
  const { container, evidence } = finding;
  const isData = evidence.some(({ signal }) => signal === 'mount') && !evidence.some(({ signal }) => NAMES.has(signal));
  const only = isData ? 'only its volume says so' : `only its image says so, ${quoted(container.image)}`;
  return {
    reason: 'uncertain',
    warning: `nothing confirms that container ${container.name} runs ${title(need)}, so the pod was left alone; if it does, annotate it with ${WORKLOAD}: ${need.row.name} (${only})`,
  };
}

const NAMES: ReadonlySet<Signal> = new Set(['image-name', 'image-hint']);

function restrictedNamespace({ facts, need }: PodFacts): Skip | undefined {
  if (facts.strategy !== 'none') return undefined;
  return {
    reason: 'namespace-restricted',
    warning:
      `${title(need)} needs vm.max_map_count of at least ${need.value} on its node, but Pod Security forbids the init container ` +
      'in this namespace: ask for prepared nodes',
  };
}

function initContainerSkip({ handled, placement, need }: PodFacts): Skip | undefined {
  if (handled.conflict) {
    return {
      reason: 'conflict',
      warning: `a container called max-map-count exists with other content, so ours was not added; ${title(need)} needs ${need.value}`,
    };
  }
  const { userNamespace, noPrivilege } = placement;
  if (noPrivilege) return noPrivilegeSkip(noPrivilege.evidence, need);
  return (
    userNamespace && {
      reason: 'user-namespace',
      evidence: userNamespace,
      warning:
        'with hostUsers: false an init container cannot write vm.max_map_count; use prepared nodes and the annotation ' +
        'max-map-count.io/strategy: node-affinity',
    }
  );
}

function noPrivilegeSkip(evidence: Evidence, need: Need): Skip {
  const warning = `${title(need)} needs vm.max_map_count of at least ${need.value}, but the pod says (${evidence.value}) that it runs where no privileged container is allowed`;
  return { reason: 'no-privilege', evidence, warning };
}

function affinitySkip({ pod, placement, need, settings }: PodFacts): Skip | undefined {
  const { guestKernel, pinned, noPrivilege } = placement;
  const { label, mode } = settings.nodeAffinity;
  if (guestKernel) {
    const warning = `runtime class ${guestKernel.value} has a kernel of its own, so choosing a node does not help ${title(need)}`;
    return { reason: 'sandboxed', evidence: guestKernel, warning };
  }
  if (pinned) {
    const warning = `the pod is bound to its node, so no affinity was added; the node needs vm.max_map_count of at least ${need.value}`;
    return { reason: 'node-pinned', evidence: pinned, warning };
  }
  // No node of these has a label of ours.
  if (noPrivilege && !noPrivilege.hasNodes) return noPrivilegeSkip(noPrivilege.evidence, need);
  if (affinityMode(pod, placement, mode) === undefined) {
    const warning = `nobody re-creates this pod from a template, so its node affinity was not changed: its owner would find it different; ${title(need)} needs ${need.value}`;
    return { reason: 'conflict', warning };
  }
  switch (mode === 'required' ? obstacle(pod, label, need.value) : undefined) {
    case 'contradiction':
      return {
        reason: 'conflict',
        warning: `the pod asks for nodes whose ${label} is below ${need.value}, which ${title(need)} needs`,
      };
    case 'matches-nothing':
      return {
        reason: 'conflict',
        warning: 'every nodeSelectorTerm of the pod is empty and matches no node, so no affinity was added',
      };
    case undefined:
      return undefined;
  }
}

function title({ row }: Pick<Need, 'row'>): string {
  return row.title ?? row.name;
}
