import { affinityOperations } from './affinity.ts';
import { APPLIED } from './annotations.ts';
import type { PatchDecision } from './decision.ts';
import { initContainer } from './init-container.ts';
import { get, isObject, pointerToken } from './json.ts';
import type { Operation } from './operation.ts';
import { type Pod, readPod } from './pod.ts';
import type { Settings } from './settings.ts';

/**
 * The RFC 6902 operations that carry a decision out on the pod it was made for, parents first, in a stable order. They
 * always apply: one that does not would reject the pod even under failurePolicy Ignore.
 */
export function patchFor(raw: unknown, decision: PatchDecision, settings: Settings): Operation[] {
  const pod = readPod(raw);
  if (!pod) return [];
  const { strategy, value } = decision;
  const operations =
    strategy === 'init-container'
      ? [addInitContainer(pod, decision, settings)]
      : affinityOperations(pod, value, settings.nodeAffinity);
  return [...operations, annotate(pod, `${strategy}=${value}`)];
}

function addInitContainer(pod: Pod, { value, container }: PatchDecision, settings: Settings): Operation {
  const added = initContainer(value, container, settings.initContainer);
  return Array.isArray(get(pod.spec, 'initContainers'))
    ? { op: 'add', path: '/spec/initContainers/0', value: added }
    : { op: 'add', path: '/spec/initContainers', value: [added] };
}

function annotate(pod: Pod, applied: string): Operation {
  const metadata = get(pod.raw, 'metadata');
  if (!isObject(metadata)) return { op: 'add', path: '/metadata', value: { annotations: { [APPLIED]: applied } } };
  return isObject(get(metadata, 'annotations'))
    ? { op: 'add', path: `/metadata/annotations/${pointerToken(APPLIED)}`, value: applied }
    : { op: 'add', path: '/metadata/annotations', value: { [APPLIED]: applied } };
}
