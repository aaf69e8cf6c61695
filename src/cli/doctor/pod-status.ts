import { CONTAINER_NAME } from '../../core/init-container.ts';
import { get, type JsonObject, objects, text } from '../../core/json.ts';

/** How a container last ended, badly. */
export interface BadEnd {
  readonly container: string;
  readonly exitCode: number;
  /** The kubelet's word for it, such as `OOMKilled`. */
  readonly reason: string;
  /** The status's own account of it, which may be empty. */
  readonly message: string;
  /** False once the container was started again, or waits for it. */
  readonly isOver: boolean;
}

/**
 * The containers of a pod that ended badly. Not by CrashLoopBackOff alone: between two of its looks at a pod a kubelet shows
 * the same container as terminated for most of a minute, and as running whenever it tries again. Nor by the exit code alone:
 * the start scripts of some images end with 0 after their server has refused, and where containers are always started again,
 * ending is bad whatever the code. Of init containers only ours counts.
 */
export function badEnds(pod: JsonObject): BadEnd[] {
  const status = get(pod, 'status');
  const ours = objects(status, 'initContainerStatuses').filter(({ name }) => name === CONTAINER_NAME);
  const isEndless = (text(get(pod, 'spec'), 'restartPolicy') ?? 'Always') === 'Always';
  const ends = (containers: readonly JsonObject[], always: boolean) =>
    containers.flatMap((container) => badEnd(container, always) ?? []);
  return [...ends(ours, false), ...ends(objects(status, 'containerStatuses'), isEndless)];
}

function badEnd(container: JsonObject, isEndless: boolean): BadEnd | undefined {
  const now = get(get(container, 'state'), 'terminated');
  const end = now ?? get(get(container, 'lastState'), 'terminated');
  if (end === undefined || get(container, 'ready') === true) return undefined;
  const exitCode = Number(get(end, 'exitCode') ?? 0);
  if (exitCode === 0 && !isEndless) return undefined;
  const [name = '', message = '', reason = ''] = [text(container, 'name'), text(end, 'message'), text(end, 'reason')];
  return { container: name, exitCode, reason, message, isOver: now !== undefined };
}

// What a kubelet says of a container that its runtime does not start: pkg/kubelet/kuberuntime/kuberuntime_container.go.
const NOT_STARTED = new Set(['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError']);

/** Why our init container was never started, in the kubelet's words; undefined when it was. */
export function startFailure(pod: JsonObject): string | undefined {
  const ours = objects(get(pod, 'status'), 'initContainerStatuses').find(({ name }) => name === CONTAINER_NAME);
  const waiting = get(get(ours, 'state'), 'waiting');
  const [reason = '', message = ''] = [text(waiting, 'reason'), text(waiting, 'message')];
  return NOT_STARTED.has(reason) ? `${reason}: ${message}` : undefined;
}

/** A container that waits for its image. */
export interface MissingImage {
  readonly container: string;
  readonly image: string;
  /** `ImagePullBackOff: Back-off pulling image ...` */
  readonly why: string;
}

// What a kubelet gives as the reason while it cannot get an image: pkg/kubelet/images/types.go.
const NO_IMAGE = new Set([
  ...['ImagePullBackOff', 'ErrImagePull', 'ErrImageNeverPull', 'InvalidImageName', 'ImageInspectError'],
  ...['RegistryUnavailable', 'SignatureValidationFailed'],
]);

/** The containers of a list of statuses that wait for their image. */
export function missingImages(pod: JsonObject, list: 'initContainerStatuses' | 'containerStatuses'): MissingImage[] {
  return objects(get(pod, 'status'), list).flatMap((container) => {
    const waiting = get(get(container, 'state'), 'waiting');
    const [reason = '', message = ''] = [text(waiting, 'reason'), text(waiting, 'message')];
    if (!NO_IMAGE.has(reason)) return [];
    const [name = '', image = ''] = [text(container, 'name'), text(container, 'image')];
    return [{ container: name, image, why: message ? `${reason}: ${message}` : reason }];
  });
}

/** What the scheduler says about a pod that fits nowhere; undefined when it has a node or has not been looked at. */
export function unschedulable(pod: JsonObject): string | undefined {
  const condition = objects(get(pod, 'status'), 'conditions').find(({ type }) => type === 'PodScheduled');
  const isStuck = text(condition, 'status') === 'False' && text(condition, 'reason') === 'Unschedulable';
  return isStuck ? (text(condition, 'message') ?? '') : undefined;
}

/** Whether a pod still has work to do: it has not ended, and nobody has deleted it. */
export function isAlive(pod: JsonObject): boolean {
  const phase = text(get(pod, 'status'), 'phase');
  return phase !== 'Succeeded' && phase !== 'Failed' && !isBeingDeleted(pod);
}

/** True for a pod that somebody has deleted and that is not gone yet. */
export function isBeingDeleted(pod: JsonObject): boolean {
  return get(get(pod, 'metadata'), 'deletionTimestamp') !== undefined;
}
