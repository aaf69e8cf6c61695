import { guaranteedBySelection } from '../../core/affinity.ts';
import type { AllowedStrategy, Decision } from '../../core/decision.ts';
import { evaluate } from '../../core/evaluate.ts';
import { CONTAINER_NAME } from '../../core/init-container.ts';
import { get, type JsonObject, text } from '../../core/json.ts';
import { podParts, readParts } from '../../core/read-pod.ts';
import type { Settings } from '../../core/settings.ts';
import type { Kube } from '../../kube.ts';
import { pages, type Refusal } from '../cluster.ts';
import { type Crash, CrashReader } from './crash.ts';
import { Groups } from './groups.ts';
import { isAlive, isBeingDeleted, type MissingImage, missingImages, unschedulable } from './pod-status.ts';

/** What was found among the pods; its size does not depend on how many there are. */
export interface Sweep {
  readonly read: number;
  /** There are more, which were not looked at. */
  readonly isCut: boolean;
  readonly missed: Groups<null>;
  readonly crashes: Groups<CrashOf>;
  /** Bad ends whose logs were not read. */
  readonly unread: number;
  readonly logRefusal: Refusal | undefined;
  /** Pods that wait for the image of our init container. */
  readonly ourImages: Groups<MissingImage>;
  /** Pods that raise the value themselves, with an image that cannot be had. */
  readonly theirImages: Groups<MissingImage>;
  /** Pods that are to go to prepared nodes and fit nowhere. */
  readonly pending: Groups<Pending>;
}

/** A crash, and what the webhook makes of its pod. */
export interface CrashOf extends Omit<Crash, 'pod'> {
  readonly decision: Decision;
}

/** A pod without a node. */
export interface Pending {
  /** What its node must be labelled with at least. */
  readonly value: number;
  /** The scheduler's words. */
  readonly why: string;
}

/** How to sweep. */
export interface SweepOptions {
  readonly path: string;
  /** The most pods to look at. */
  readonly limit: number;
  readonly settings: Settings;
  /** What the webhook does in a namespace; undefined when it sees no pods there. */
  readonly strategyFor: (namespace: string) => AllowedStrategy | undefined;
  readonly progress: (line: string) => void;
}

/** Looks at every pod, page by page, and keeps nothing of those that are well. */
export async function sweep(kube: Kube, options: SweepOptions): Promise<Sweep> {
  const found = {
    missed: new Groups<null>(),
    crashes: new Groups<CrashOf>(),
    ourImages: new Groups<MissingImage>(),
    theirImages: new Groups<MissingImage>(),
    pending: new Groups<Pending>(),
  };
  const crashes = new CrashReader(kube, options.settings.catalogue);
  let [count, isCut] = [0, false];
  for await (const { items, hasMore } of pages(kube, options.path, options.limit)) {
    for (const pod of items) await look(pod, found, crashes, options);
    count += items.length;
    isCut = hasMore;
    if (hasMore) options.progress(`pods read: ${count}`);
  }
  return { ...found, read: count, isCut, unread: crashes.unread, logRefusal: crashes.refusal };
}

type Found = Pick<Sweep, 'missed' | 'crashes' | 'ourImages' | 'theirImages' | 'pending'>;

async function look(pod: JsonObject, found: Found, reader: CrashReader, options: SweepOptions): Promise<void> {
  // The remedy of a crash leaves the old pod behind for a while.
  if (isBeingDeleted(pod)) return;
  const { settings, strategyFor } = options;
  const strategy = strategyFor(text(get(pod, 'metadata'), 'namespace') ?? '');
  const decision = evaluate(pod, { strategy: strategy ?? 'init-container' }, settings);
  const isMissed = decision.decision === 'patch' && strategy !== undefined && strategy !== 'none';
  if (isAlive(pod)) {
    if (isMissed) found.missed.add(pod, '', () => null);
    lookAtImages(pod, decision, found);
    lookAtPlace(pod, settings, found);
  }
  const isKnown = decision.decision === 'patch' || decision.workload !== null;
  for (const { container, line, rows } of await reader.crashesOf(pod, isKnown)) {
    found.crashes.add(pod, container, () => ({ container, line, rows, decision }));
  }
}

function lookAtImages(pod: JsonObject, { evidence }: Decision, { ourImages, theirImages }: Found): void {
  for (const missing of missingImages(pod, 'initContainerStatuses')) {
    if (missing.container === CONTAINER_NAME) ourImages.add(pod, missing.container, () => missing);
    // The evidence names the init containers that are trusted with the value.
    const raises = evidence.some(({ signal, container }) => {
      return signal === 'init-container' && container === missing.container && container !== CONTAINER_NAME;
    });
    if (raises) theirImages.add(pod, missing.container, () => missing);
  }
}

function lookAtPlace(pod: JsonObject, { nodeAffinity }: Settings, { pending }: Found): void {
  const why = unschedulable(pod);
  const parts = why === undefined ? undefined : podParts(pod);
  const value = parts && guaranteedBySelection(readParts(parts), nodeAffinity.label);
  if (why !== undefined && value !== undefined) pending.add(pod, '', () => ({ value, why }));
}
