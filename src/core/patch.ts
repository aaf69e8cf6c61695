import { affinityOperations } from './affinity.ts';
import { APPLIED } from './annotations.ts';
import type { PatchDecision } from './decision.ts';
import { CONTAINER_NAME, initContainer, resourcesFor } from './init-container.ts';
import { get, isObject, type JsonObject, pointerToken, text } from './json.ts';
import { HIGHEST } from './kernel-range.ts';
import type { Operation } from './operation.ts';
import type { Pod } from './pod.ts';
import { podParts, readPod } from './read-pod.ts';
import type { Settings } from './settings.ts';

/**
 * The RFC 6902 operations that carry a decision out on the pod it was made for, parents first, in a stable order. They
 * always apply: one that does not would reject the pod even under failurePolicy Ignore.
 */
export function patchFor(raw: unknown, decision: PatchDecision, settings: Settings): Operation[] {
  const pod = readPod(raw);
  if (!pod) return [];
  const { strategy, value } = decision;
  const applied = `${strategy}=${value}`;
  const room = roomFor(pod);
  const operations =
    strategy === 'init-container'
      ? [addInitContainer(pod, decision, settings, room >= MOST_ADDED_BYTES)]
      : affinityOperations(pod, value, { ...settings.nodeAffinity, mode: decision.affinityMode });
  return [...operations, ...annotate(pod, applied, room)];
}

/**
 * The same as ASCII text of JSON. The init container is the same for all pods but for its resources, so its text is made
 * once per value.
 */
export function patchText(raw: unknown, decision: PatchDecision, settings: Settings): string {
  const pod = podParts(raw);
  if (!pod || decision.strategy !== 'init-container') return wholeText(raw, decision, settings);
  const room = roomFor(pod);
  if (room < MOST_ADDED_BYTES) return wholeText(raw, decision, settings);
  const { before, after } = containerText(decision.value, settings.initContainer);
  const resources = resourcesFor(decision.container, settings.initContainer);
  const own = Object.keys(resources).length > 0 ? ascii(`"resources":${JSON.stringify(resources)},`) : '';
  const added = `${before}${own}${after}`;
  const insertion = Array.isArray(pod.spec.initContainers)
    ? `{"op":"add","path":"/spec/initContainers/0","value":${added}}`
    : `{"op":"add","path":"/spec/initContainers","value":[${added}]}`;
  const annotation = annotate(pod, `init-container=${decision.value}`, room).map((each) => ascii(JSON.stringify(each)));
  return `[${[insertion, ...annotation].join(',')}]`;
}

function wholeText(raw: unknown, decision: PatchDecision, settings: Settings): string {
  return ascii(JSON.stringify(patchFor(raw, decision, settings)));
}

interface ContainerText {
  readonly before: string;
  readonly after: string;
}

// A memory of a pure function: what goes in is the administrator's settings and one of the catalogue's few numbers.
const texts = new WeakMap<Settings['initContainer'], Map<number, ContainerText>>();

function containerText(value: number, settings: Settings['initContainer']): ContainerText {
  const known = texts.get(settings) ?? new Map<number, ContainerText>();
  texts.set(settings, known);
  const made =
    known.get(value) ??
    textAround(ascii(JSON.stringify(initContainer(value, { raw: {} }, { ...settings, resources: 'inherit' }))));
  known.set(value, made);
  return made;
}

// Where initContainer puts the resources.
function textAround(json: string): ContainerText {
  const at = json.indexOf('"securityContext":');
  return { before: json.slice(0, at), after: json.slice(at) };
}

// What is not ASCII stands as \uXXXX in the JSON.
function ascii(json: string): string {
  return /[\u0080-\uffff]/.test(json)
    ? json.replace(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
    : json;
}

function addInitContainer(
  pod: Pod,
  { value, container }: PatchDecision,
  settings: Settings,
  hasProfile: boolean,
): Operation {
  const made = initContainer(value, container, settings.initContainer);
  const added = hasProfile ? made : withoutProfile(made);
  return Array.isArray(get(pod.spec, 'initContainers'))
    ? { op: 'add', path: '/spec/initContainers/0', value: added }
    : { op: 'add', path: '/spec/initContainers', value: [added] };
}

// A privileged container has no profile unless its pod asks for one.
function withoutProfile(container: JsonObject): JsonObject {
  const { appArmorProfile: _, ...securityContext } = get(container, 'securityContext') as JsonObject;
  return { ...container, securityContext };
}

/** TotalAnnotationSizeLimitB in k8s.io/apimachinery/pkg/api/validation: a pod beyond it is refused. */
export const MOST_ANNOTATION_BYTES = 256 * 1024;

/**
 * The most that a pod with our container has more of annotations. Some API servers, that of 1.30 among them, repeat the AppArmor
 * profile of our container in the annotation that it once was, before they count (k8s.io/kubernetes/pkg/registry/core/pod,
 * applyAppArmorVersionSkew); the rest is what the patch itself adds.
 */
export const MOST_ADDED_BYTES =
  `container.apparmor.security.beta.kubernetes.io/${CONTAINER_NAME}unconfined`.length +
  `${APPLIED}init-container=${HIGHEST}`.length;

/** How many bytes the pod's annotations may still grow by, at least. */
function roomFor({ raw }: Pick<Pod, 'raw'>): number {
  const annotations = get(get(raw, 'metadata'), 'annotations');
  return isObject(annotations) ? MOST_ANNOTATION_BYTES - bytesOf(annotations) : MOST_ANNOTATION_BYTES;
}

function annotate(pod: Pick<Pod, 'raw'>, applied: string, room: number): Operation[] {
  const metadata = get(pod.raw, 'metadata');
  if (!isObject(metadata)) return [{ op: 'add', path: '/metadata', value: { annotations: { [APPLIED]: applied } } }];
  if (!isObject(get(metadata, 'annotations')))
    return [{ op: 'add', path: '/metadata/annotations', value: { [APPLIED]: applied } }];
  return APPLIED.length + applied.length > room
    ? []
    : [{ op: 'add', path: `/metadata/annotations/${pointerToken(APPLIED)}`, value: applied }];
}

// At least the bytes of keys and values; no more of them are counted than decide.
function bytesOf(annotations: JsonObject): number {
  const texts: string[] = [];
  let characters = 0;
  for (const key of Object.keys(annotations)) {
    const value = text(annotations, key) ?? '';
    texts.push(key, value);
    characters += key.length + value.length;
    if (characters > MOST_ANNOTATION_BYTES) return characters;
  }
  // Only a pod that comes near the limit is worth an exact count.
  if (characters * 3 < MOST_ANNOTATION_BYTES / 2) return characters * 3;
  const encoder = new TextEncoder();
  return texts.reduce((sum, each) => sum + encoder.encode(each).length, 0);
}
