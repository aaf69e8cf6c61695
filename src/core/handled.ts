import { guaranteedBySelection, prefersPrepared } from './affinity.ts';
import { APPLIED } from './annotations.ts';
import type { Evidence } from './decision.ts';
import { parseImage } from './image.ts';
import { isRootImage } from './image-user.ts';
import { CONTAINER_NAME, valueOfOurs } from './init-container.ts';
import { get, pointerToken, text } from './json.ts';
import { LIMITS } from './limits.ts';
import type { Need } from './need.ts';
import type { Placement } from './placement.ts';
import type { Container, Pod } from './pod.ts';
import { FLAWS, hasPodSysctl, type Raise, raiseBy } from './raise.ts';
import type { Settings } from './settings.ts';
import { quoted } from './warnings.ts';

/** What a pod already does about the value, before any patch. */
export interface Handled {
  /** It carries our own patch, far enough. */
  readonly ours: boolean;
  /** It raises the value, waits for it, or chooses nodes that have it, far enough. */
  readonly enough: boolean;
  /** A container of our name is there and does not raise the value far enough. */
  readonly conflict: boolean;
  readonly evidence: readonly Evidence[];
  /** What is wrong with the author's own attempts, one sentence each. */
  readonly remarks: readonly string[];
}

/** Looks at everything a pod already does about vm.max_map_count, for the need at hand. */
export function handledBy(pod: Pod, need: Need, placement: Placement, settings: Settings): Handled {
  const { value } = need;
  // A guest kernel has a value of its own, whatever its node is labelled with.
  const selected = placement.guestKernel ? undefined : guaranteedBySelection(pod, settings.nodeAffinity.label);
  const tuned = pod.labels.has(TUNED) ? TUNED_VALUE : undefined;
  const raises = raisesBefore(pod, need, placement, settings);
  const enough = Math.max(selected ?? 0, tuned ?? 0) >= value || isRaised(raises);
  const named = [...pod.initContainers, ...pod.containers].filter(({ name }) => name === CONTAINER_NAME);
  // Whatever comes after it: there is nothing to add that the API server would take.
  const isOurs = raises.some(({ container, flaw }) => flaw === undefined && (valueOfOurs(container) ?? 0) >= value);
  return {
    ours: isOurs || carriesAffinity(pod, value, settings, (selected ?? 0) >= value),
    enough,
    conflict: named.length > 0 && !enough && !isOurs,
    evidence: [
      ...raises.flatMap(evidenceOf),
      ...(selected === undefined ? [] : [nodeSelection('/spec', selected)]),
      ...(tuned === undefined ? [] : [nodeSelection(`/metadata/labels/${pointerToken(TUNED)}`, tuned)]),
      ...(hasPodSysctl(pod) ? [POD_SYSCTL] : []),
    ],
    remarks: enough ? [] : remarks(pod, raises, need),
  };
}

/** OpenShift's Node Tuning Operator raises the value to {@link TUNED_VALUE} on the nodes of pods with this label. */
export const TUNED = 'tuned.openshift.io/elasticsearch';
/** What that operator raises the value to. */
export const TUNED_VALUE = 262_144;

// What ends before the server starts, in order: init containers, but not native sidecars, and the server's own command.
function raisesBefore(pod: Pod, { container, value }: Need, placement: Placement, { catalogue }: Settings): Raise[] {
  const circumstances = {
    isHostUser: placement.userNamespace === undefined,
    isRootImage: ({ image }: Container) => isRootImage(parseImage(image), catalogue),
    programs: catalogue,
  };
  const place = pod.initContainers.indexOf(container);
  const before = place === -1 ? pod.initContainers : pod.initContainers.slice(0, place);
  const own = before.slice(0, LIMITS.initContainers.most).filter(({ isSidecar }) => !isSidecar);
  return [
    ...own.map((init) => raiseBy(init, value, circumstances)),
    raiseBy(container, value, circumstances, true),
  ].filter((raise) => raise !== undefined);
}

// In their order: what one raises another may lower again. A hidden script is believed on its container's name, unless
// another container shows what the author thinks is enough.
function isRaised(raises: readonly Raise[]): boolean {
  const isInSight = raises.reduce(
    (isEnough, { leaves, mayWrite }) => leaves === 'enough' || (isEnough && (leaves === 'none' || !mayWrite)),
    false,
  );
  const isWritten = raises.some(({ written }) => written !== undefined);
  return isInSight || (!isWritten && raises.some(({ isHidden, mayWrite }) => isHidden && mayWrite));
}

function evidenceOf({ container, flaw, isHidden, leaves, written, compared }: Raise): Evidence[] {
  const value = written ?? compared ?? null;
  const concerns = isHidden || flaw === 'separate-words' || value !== null || leaves === 'doubt';
  return concerns ? [{ signal: 'init-container', container: container.name, path: container.path, value }] : [];
}

const POD_SYSCTL: Evidence = {
  signal: 'pod-sysctl',
  container: null,
  path: '/spec/securityContext/sysctls',
  value: 'vm.max_map_count',
};

function carriesAffinity(pod: Pod, value: number, { nodeAffinity }: Settings, isGuaranteed: boolean): boolean {
  const preferred = prefersPrepared(pod, nodeAffinity.label, value);
  return pod.annotations.get(APPLIED) === `node-affinity=${value}` && (isGuaranteed || preferred);
}

function nodeSelection(path: string, value: string | number): Evidence {
  return { signal: 'node-selection', container: null, path, value };
}

function remarks(pod: Pod, raises: readonly Raise[], need: Need): string[] {
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
  const computeClass = text(get(pod.spec, 'nodeSelector'), 'cloud.google.com/compute-class');
  const prepared = computeClass
    ? [
        `if compute class ${quoted(computeClass)} sets vm.max_map_count on its nodes, say so with max-map-count.io/inject: "false"`,
      ]
    : [];
  return [...raises.flatMap((raise) => remarkOn(raise, need)), ...sysctl, ...legacy, ...prepared];
}

function remarkOn(raise: Raise, { row, value }: Need): string[] {
  const { container, flaw, isHidden, mayWrite, leaves, written, compared, isWaiter } = raise;
  const needs = `${row.title ?? row.name} needs ${value}`;
  const say = (sentence: string) => [`init container ${container.name} ${sentence}`];
  if (flaw && (isHidden || written !== undefined || flaw === 'separate-words')) return say(FLAWS[flaw]);
  if (written !== undefined && written < value) {
    const isBlind = compared === undefined && mayWrite;
    const later = isBlind ? ', and it runs after ours and lowers it again: remove it' : '';
    return say(`sets vm.max_map_count to ${written}, but ${needs}${later}`);
  }
  if (isWaiter) return say(`waits for ${compared}, but ${needs}`);
  const isDoubtful = isHidden || leaves === 'doubt' || written !== undefined;
  return isDoubtful ? say('may raise vm.max_map_count, but that cannot be told for sure, so ours comes first') : [];
}
