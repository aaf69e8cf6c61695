import { guaranteedBySelection, prefersPrepared } from './affinity.ts';
import { APPLIED } from './annotations.ts';
import type { Evidence } from './decision.ts';
import { parseImage } from './image.ts';
import { isRootImage } from './image-user.ts';
import { CONTAINER_NAME, valueOfOurs } from './init-container.ts';
import { get, pointerToken, text } from './json.ts';
import type { Need } from './need.ts';
import type { Placement } from './placement.ts';
import type { Container, Pod } from './pod.ts';
import { FLAWS, hasPodSysctl, type Raise, raiseBy, valueAfter } from './raise.ts';
import type { Settings } from './settings.ts';

/** What a pod already does about the value, before any patch. */
export interface Handled {
  /** It carries our own patch, far enough. */
  readonly ours: boolean;
  /** It raises the value, waits for it, or chooses nodes that have it, far enough. */
  readonly enough: boolean;
  /** A container of our name that is not ours, or is ours with too low a value. */
  readonly conflict: boolean;
  readonly evidence: readonly Evidence[];
  /** What is wrong with the author's own attempts, one sentence each. */
  readonly remarks: readonly string[];
}

/** Looks at everything a pod already does about vm.max_map_count, for the need at hand. */
export function handledBy(pod: Pod, need: Need, placement: Placement, settings: Settings): Handled {
  const { value } = need;
  const { label } = settings.nodeAffinity;
  const carried = carriedContainer(pod);
  const carriesEnough = carried.value !== undefined && carried.value >= value;
  // A guest kernel has a value of its own, whatever its node is labelled with.
  const selected = placement.guestKernel ? undefined : guaranteedBySelection(pod, label);
  const arranged = arrangedByPlatform(pod);
  const byDefault = ({ image }: Container) => isRootImage(parseImage(image), settings.catalogue);
  const raises = pod.initContainers.flatMap((container) => raiseBy(container, byDefault(container)) ?? []);
  const raised = valueAfter([...raises, ...selfRaise(need.container, byDefault(need.container))]);
  const guaranteed = Math.max(selected ?? 0, arranged?.value ?? 0, raised ?? 0);
  const enough = raised === null || guaranteed >= value;
  return {
    ours: carriesEnough || carriesAffinity(pod, value, settings, (selected ?? 0) >= value),
    enough,
    conflict: carried.isNamed && !carriesEnough,
    evidence: [
      ...raises.map(({ container, value: set }): Evidence => {
        return { signal: 'init-container', container: container.name, path: container.path, value: set };
      }),
      ...(selected === undefined ? [] : [nodeSelection('/spec', selected)]),
      ...(arranged ? [arranged.evidence] : []),
      ...(hasPodSysctl(pod) ? [POD_SYSCTL] : []),
    ],
    remarks: enough ? [] : remarks(pod, raises, need),
  };
}

const POD_SYSCTL: Evidence = {
  signal: 'pod-sysctl',
  container: null,
  path: '/spec/securityContext/sysctls',
  value: 'vm.max_map_count',
};

// The API server refuses a pod with two containers of one name, so any of our name but our own is in the way.
function carriedContainer(pod: Pod): { readonly isNamed: boolean; readonly value: number | undefined } {
  const named = [...pod.initContainers, ...pod.containers].filter(({ name }) => name === CONTAINER_NAME);
  const own = pod.initContainers.map(valueOfOurs).find((found) => found !== undefined);
  return { isNamed: named.length > 0, value: named.length === 1 ? own : undefined };
}

function carriesAffinity(pod: Pod, value: number, { nodeAffinity }: Settings, isGuaranteed: boolean): boolean {
  const preferred = nodeAffinity.mode === 'preferred' && prefersPrepared(pod, nodeAffinity.label, value);
  return pod.annotations.get(APPLIED) === `node-affinity=${value}` && (isGuaranteed || preferred);
}

// A privileged server container may raise the value itself before it starts the server.
function selfRaise(container: Container, isRoot: boolean): Raise[] {
  const raise = raiseBy(container, isRoot);
  return raise && (raise.how === 'set' || raise.how === 'raise') ? [raise] : [];
}

function nodeSelection(path: string, value: string | number): Evidence {
  return { signal: 'node-selection', container: null, path, value };
}

function remarks(pod: Pod, raises: readonly Raise[], { row, value }: Need): string[] {
  const title = row.title ?? row.name;
  const own = raises.flatMap(({ container, flaw, value: set, how }) => {
    if (flaw) return [`init container ${container.name} ${FLAWS[flaw]}`];
    if (set === null || set >= value) return [];
    if (how === 'wait') return [`init container ${container.name} waits for ${set}, but ${title} needs ${value}`];
    const later = how === 'set' ? ', and it runs after ours and lowers it again: remove it' : '';
    return [`init container ${container.name} sets vm.max_map_count to ${set}, but ${title} needs ${value}${later}`];
  });
  const sysctl = hasPodSysctl(pod)
    ? [
        'securityContext.sysctls cannot set vm.max_map_count: it is not namespaced and the kubelet refuses the pod (SysctlForbidden); remove it',
      ]
    : [];
  const legacy =
    pod.annotations.has('pod.beta.kubernetes.io/init-containers') ||
    pod.annotations.has('pod.alpha.kubernetes.io/init-containers')
      ? ['the init-containers annotation has had no effect since Kubernetes 1.8: use spec.initContainers']
      : [];
  return [...own, ...sysctl, ...legacy];
}

// Names of Google's own compute classes, which set no sysctl; a custom class is one that an administrator made.
const GOOGLE_CLASSES =
  /^(?:Balanced|Scale-Out|Performance|Accelerator|general-purpose|autopilot(?:-spot|-arm|-arm-spot)?)$/;

// OpenShift's Node Tuning Operator raises the value to 262144 on the nodes of pods with its label; a GKE custom compute
// class prepares the nodes it provisions (ECK's recipe for Autopilot).
function arrangedByPlatform(pod: Pod): { readonly value: number; readonly evidence: Evidence } | undefined {
  const tuned = 'tuned.openshift.io/elasticsearch';
  if (pod.labels.has(tuned)) {
    return { value: 262_144, evidence: nodeSelection(`/metadata/labels/${pointerToken(tuned)}`, 262_144) };
  }
  const computeClass = text(get(pod.spec, 'nodeSelector'), 'cloud.google.com/compute-class');
  if (!computeClass || GOOGLE_CLASSES.test(computeClass)) return undefined;
  return {
    value: Number.POSITIVE_INFINITY,
    evidence: nodeSelection('/spec/nodeSelector/cloud.google.com~1compute-class', computeClass),
  };
}
