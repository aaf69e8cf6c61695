import type { Decision } from '../../core/decision.ts';
import { get, type JsonObject, objects, text } from '../../core/json.ts';
import type { Settings } from '../../core/settings.ts';
import type { Kube } from '../../kube.ts';
import { type Controller, controllerOf } from '../doctor/controller.ts';
import { CrashReader } from '../doctor/crash.ts';
import { badEnds, isAlive } from '../doctor/pod-status.ts';
import { type Demand, decisionOn, demandOf } from './demand.ts';

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
  /** The catalogue rows whose words they are. */
  readonly rows: readonly string[];
  /** Why its log was not read, in one line. */
  readonly unread: string | undefined;
}

/** The suspects among pods, of which nothing else is kept; the logs of those that crash are read, within limits. */
export async function suspectsAmong(
  kube: Kube,
  pods: AsyncIterable<JsonObject>,
  settings: Settings,
): Promise<Suspect[]> {
  const reader = new CrashReader(kube, settings.catalogue);
  const suspects: Suspect[] = [];
  for await (const pod of pods) {
    if (!isAlive(pod)) continue;
    const decision = decisionOn(pod, settings);
    const crash = isPlaced(pod) ? await crashOf(pod, decision, reader) : undefined;
    if (crash === undefined && decision.decision === 'skip') continue;
    suspects.push({ ...identified(pod), crash, demand: demandOf(pod, { decision, crash }, settings) });
  }
  return suspects;
}

// A log that cannot be read costs the line only: what the pod is may tell enough.
async function crashOf(pod: JsonObject, decision: Decision, reader: CrashReader): Promise<Ending | undefined> {
  const [end] = badEnds(pod);
  if (end === undefined) return undefined;
  const earlier = reader.unread;
  const [said] = await reader.crashesOf(pod, decision.workload !== null);
  if (said !== undefined) return { container: said.container, line: said.line, rows: said.rows, unread: undefined };
  const unread = reader.unread > earlier ? (reader.failure?.message ?? 'too many pods crash') : undefined;
  return { container: end.container, line: undefined, rows: [], unread };
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
