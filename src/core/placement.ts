import type { Evidence, RequestFacts } from './decision.ts';
import { get, type JsonObject, objects, pointerToken, text } from './json.ts';
import type { Pod } from './pod.ts';

/** Where and how a pod runs, as far as it decides what can work. */
export interface Placement {
  readonly windows: Evidence | undefined;
  readonly mirror: Evidence | undefined;
  /** A Job owns the pod. */
  readonly job: Evidence | undefined;
  /** `hostUsers: false`. */
  readonly userNamespace: Evidence | undefined;
  /** gVisor: a kernel in user space, whose value is high and cannot be written. */
  readonly gvisor: Evidence | undefined;
  /** Kata: a guest kernel of its own; the node's value means nothing to it. */
  readonly guestKernel: Evidence | undefined;
  /** Bound to one node by `nodeName` or by a DaemonSet. */
  readonly pinned: Evidence | undefined;
  /** It says that it runs where privileged containers are refused; `hasNodes` where nodes can be prepared all the same. */
  readonly noPrivilege: { readonly evidence: Evidence; readonly hasNodes: boolean } | undefined;
  /** A controller makes it from a template and never compares the two again. */
  readonly isFromTemplate: boolean;
  /** `shareProcessNamespace` or `hostPID`. */
  readonly sharedProcesses: Evidence | undefined;
}

/** Reads where and how a pod runs. */
export function placementOf(pod: Pod, { ownerKind }: RequestFacts): Placement {
  const fact = (signal: 'placement' | 'job', path: string, value: Evidence['value']): Evidence => ({
    signal,
    container: null,
    path,
    value,
  });
  const specIs = (key: string, wanted: boolean) =>
    get(pod.spec, key) === wanted ? fact('placement', `/spec/${key}`, wanted) : undefined;
  const runtime = text(pod.spec, 'runtimeClassName') ?? '';
  const runtimeFact = fact('placement', '/spec/runtimeClassName', runtime);
  const owner = (kinds: readonly string[], signal: 'placement' | 'job') => {
    const kind = [ownerKind ?? '', ...pod.ownerKinds].find((name) => kinds.includes(name));
    return kind === undefined ? undefined : fact(signal, '/metadata/ownerReferences', kind);
  };
  const label = (names: readonly string[]) => {
    const name = names.find((key) => pod.labels.has(key));
    return name === undefined ? undefined : fact('job', '/metadata/labels', name);
  };
  const nodeName = text(pod.spec, 'nodeName');
  return {
    windows: windowsFact(pod, fact),
    mirror: pod.annotations.has('kubernetes.io/config.mirror')
      ? fact('placement', '/metadata/annotations', 'kubernetes.io/config.mirror')
      : undefined,
    job: owner(BATCH_KINDS, 'job') ?? (isOrphanOfJob(pod, ownerKind) ? label(JOB_LABELS) : undefined),
    userNamespace: specIs('hostUsers', false),
    gvisor: GVISOR.test(runtime) ? runtimeFact : undefined,
    guestKernel: GUEST_KERNEL.test(runtime) ? runtimeFact : undefined,
    pinned:
      (nodeName ? fact('placement', '/spec/nodeName', nodeName) : undefined) ??
      owner(['DaemonSet'], 'placement') ??
      boundByField(pod, fact),
    noPrivilege: noPrivilegeFact(pod, fact),
    isFromTemplate: [ownerKind ?? '', ...pod.ownerKinds].some((kind) => TEMPLATE_KINDS.has(kind)),
    sharedProcesses: specIs('shareProcessNamespace', true) ?? specIs('hostPID', true),
  };
}

/** Runtime classes of a sandbox without a kernel value of its own that could be written. */
export const GVISOR = /gvisor|runsc/;
/** Runtime classes with a guest kernel. */
export const GUEST_KERNEL = /^kata\b|^kata-|-kata$|^peerpods|-vm-isolation$/;

/** A Job, and what makes the pods of steps itself: Argo Workflows, Tekton, GitHub's runners. */
export const BATCH_KINDS: readonly string[] = ['Job', 'CronJob', 'Workflow', 'TaskRun', 'EphemeralRunner'];

// Whoever owns a pod says what it is, and a Job's template never restarts for ever (batch/v1 validation): only a pod that
// nobody owns, created again from a saved manifest for example, is told by the Job controller's label.
function isOrphanOfJob(pod: Pod, ownerKind: string | undefined): boolean {
  const isOwned = (ownerKind ?? '') !== '' || pod.ownerKinds.length > 0;
  return !isOwned && (text(pod.spec, 'restartPolicy') ?? 'Always') !== 'Always';
}

/** The labels of the Job controller, which a pod keeps that is created again from a saved manifest. */
export const JOB_LABELS: readonly string[] = [
  'job-name',
  'batch.kubernetes.io/job-name',
  'opensearch.org/opensearch-job',
];

/**
 * The kinds whose controllers look at a pod's template only. Operators that make pods themselves may compare them, as
 * OpenSearch's does with its bootstrap pod (opensearch-project/opensearch-k8s-operator, pkg/patch).
 */
export const TEMPLATE_KINDS: ReadonlySet<string> = new Set(
  'Deployment ReplicaSet StatefulSet DaemonSet Job CronJob ReplicationController DeploymentConfig PodTemplate'.split(
    ' ',
  ),
);

type Fact = (signal: 'placement', path: string, value: Evidence['value']) => Evidence;

function windowsFact(pod: Pod, fact: Fact): Evidence | undefined {
  if (text(get(pod.spec, 'os'), 'name') === 'windows') return fact('placement', '/spec/os/name', 'windows');
  const selector = get(pod.spec, 'nodeSelector');
  const isWindows = ['kubernetes.io/os', 'beta.kubernetes.io/os'].some((key) => text(selector, key) === 'windows');
  return isWindows ? fact('placement', '/spec/nodeSelector', 'windows') : undefined;
}

// How the DaemonSet controller binds its pods, and how an author may do it by hand.
function boundByField(pod: Pod, fact: Fact): Evidence | undefined {
  const affinity = get(get(pod.spec, 'affinity'), 'nodeAffinity');
  const terms = objects(get(affinity, 'requiredDuringSchedulingIgnoredDuringExecution'), 'nodeSelectorTerms');
  const namesNode = (field: JsonObject) => text(field, 'key') === 'metadata.name' && text(field, 'operator') === 'In';
  const isBound = terms.length > 0 && terms.every((term) => objects(term, 'matchFields').some(namesNode));
  return isBound ? fact('placement', '/spec/affinity/nodeAffinity', 'metadata.name') : undefined;
}

/**
 * https://docs.aws.amazon.com/eks/latest/userguide/fargate.html, https://learn.microsoft.com/azure/aks/virtual-nodes,
 * https://cloud.google.com/kubernetes-engine/docs/concepts/autopilot-compute-classes: privileged containers are refused.
 */
export const AUTOPILOT_CLASSES =
  /^(?:Balanced|Scale-Out|Performance|Accelerator|general-purpose|autopilot(?:-spot|-arm|-arm-spot)?)$/;

function noPrivilegeFact(pod: Pod, fact: Fact): Placement['noPrivilege'] {
  const scheduler = text(pod.spec, 'schedulerName');
  if (scheduler === 'fargate-scheduler')
    return { evidence: fact('placement', '/spec/schedulerName', scheduler), hasNodes: false };
  const profile = 'eks.amazonaws.com/fargate-profile';
  if (pod.labels.has(profile))
    return { evidence: fact('placement', `/metadata/labels/${pointerToken(profile)}`, profile), hasNodes: false };
  const selector = get(pod.spec, 'nodeSelector');
  if (text(selector, 'type') === 'virtual-kubelet')
    return { evidence: fact('placement', '/spec/nodeSelector/type', 'virtual-kubelet'), hasNodes: false };
  const at = objects(pod.spec, 'tolerations').findIndex((one) => text(one, 'key') === 'virtual-kubelet.io/provider');
  if (at !== -1)
    return { evidence: fact('placement', `/spec/tolerations/${at}`, 'virtual-kubelet.io/provider'), hasNodes: false };
  const computeClass = text(selector, 'cloud.google.com/compute-class') ?? '';
  if (!AUTOPILOT_CLASSES.test(computeClass)) return undefined;
  const path = '/spec/nodeSelector/cloud.google.com~1compute-class';
  return { evidence: fact('placement', path, computeClass), hasNodes: true };
}
