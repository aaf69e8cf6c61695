import { get, type JsonObject, objects, text } from '../../core/json.ts';
import type { Settings } from '../../core/settings.ts';
import { plain } from '../../input/plain.ts';
import type { Kube } from '../../kube.ts';
import { type Controller, controllerOf } from '../doctor/controller.ts';
import { type Crash, crashesAmong } from '../doctor/crash.ts';
import { badEnds, isAlive } from '../doctor/pod-status.ts';
import { type Demand, demandOf } from './demand.ts';

/** A pod that crashes, or that needs the value and has nothing that raises it. */
export interface Suspect {
  readonly pod: JsonObject;
  readonly namespace: string;
  readonly name: string;
  /** What made it. */
  readonly controller: Controller;
  /** True when something makes the pod anew after it was deleted. */
  readonly isControlled: boolean;
  readonly node: string;
  /** How it crashes; undefined when it does not. */
  readonly crash: Ending | undefined;
  readonly demand: Demand;
}

/** A container that ended badly. */
export interface Ending {
  readonly container: string;
  /** The line of its log about the value; undefined when there is none. */
  readonly line: string | undefined;
  /** Why its log was not read, in one line. */
  readonly unread: string | undefined;
}

/** The suspects among pods; the logs of those that crash are read. */
export async function suspectsAmong(kube: Kube, pods: readonly JsonObject[], settings: Settings): Promise<Suspect[]> {
  const suspects: Suspect[] = [];
  for (const pod of pods.filter(isAlive)) {
    const [end] = isPlaced(pod) ? badEnds(pod) : [];
    const { found, unread } =
      end === undefined ? { found: undefined, unread: undefined } : await crashOf(kube, pod, settings);
    const demand = demandOf(pod, found, settings);
    const crash = end && { container: found?.container ?? end.container, line: found?.line, unread };
    if (crash !== undefined || demand.decision.decision === 'patch')
      suspects.push({ ...identified(pod), crash, demand });
  }
  return suspects;
}

// A log that cannot be read costs the line only: what the pod is may tell enough.
async function crashOf(
  kube: Kube,
  pod: JsonObject,
  settings: Settings,
): Promise<{ found?: Crash | undefined; unread?: string }> {
  try {
    const [found] = await crashesAmong(kube, [pod], settings);
    return { found };
  } catch (error) {
    return { unread: plain(error) };
  }
}

function identified(pod: JsonObject): Omit<Suspect, 'crash' | 'demand'> {
  const metadata = get(pod, 'metadata');
  // The kubelet makes the mirror of a static pod anew, which restarts nothing.
  const isControlled = objects(metadata, 'ownerReferences').some((owner) => {
    return get(owner, 'controller') === true && text(owner, 'kind') !== 'Node';
  });
  return {
    pod,
    namespace: text(metadata, 'namespace') ?? '',
    name: text(metadata, 'name') ?? '',
    controller: controllerOf(pod),
    isControlled,
    node: text(get(pod, 'spec'), 'nodeName') ?? '',
  };
}

function isPlaced(pod: JsonObject): boolean {
  return Boolean(text(get(pod, 'spec'), 'nodeName'));
}

/** `pod search/es-0`. */
export function podName({ namespace, name }: Pick<Suspect, 'namespace' | 'name'>): string {
  return `pod ${namespace}/${name}`;
}
