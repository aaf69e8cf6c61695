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
      : affinityOperations(pod, value, { ...settings.nodeAffinity, mode: decision.affinityMode });
  return [...operations, ...annotate(pod, `${strategy}=${value}`)];
}

function addInitContainer(pod: Pod, { value, container }: PatchDecision, settings: Settings): Operation {
  const added = initContainer(value, container, settings.initContainer);
  return Array.isArray(get(pod.spec, 'initContainers'))
    ? { op: 'add', path: '/spec/initContainers/0', value: added }
    : { op: 'add', path: '/spec/initContainers', value: [added] };
}

// TotalAnnotationSizeLimitB in k8s.io/apimachinery/pkg/api/validation: a pod beyond it is refused.
const MOST_ANNOTATION_BYTES = 256 * 1024;

function annotate(pod: Pod, applied: string): Operation[] {
  const metadata = get(pod.raw, 'metadata');
  if (!isObject(metadata)) return [{ op: 'add', path: '/metadata', value: { annotations: { [APPLIED]: applied } } }];
  if (!isObject(get(metadata, 'annotations')))
    return [{ op: 'add', path: '/metadata/annotations', value: { [APPLIED]: applied } }];
  return bytesOfAnnotations(pod) + APPLIED.length + applied.length > MOST_ANNOTATION_BYTES
    ? []
    : [{ op: 'add', path: `/metadata/annotations/${pointerToken(APPLIED)}`, value: applied }];
}

function bytesOfAnnotations({ annotations }: Pod): number {
  const texts = [...annotations].flat();
  const characters = texts.reduce((sum, text) => sum + text.length, 0);
  // Only a pod that comes near the limit is worth an exact count.
  if (characters * 3 < MOST_ANNOTATION_BYTES / 2) return characters * 3;
  const encoder = new TextEncoder();
  return texts.reduce((sum, text) => sum + encoder.encode(text).length, 0);
}
