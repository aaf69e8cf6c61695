import { entries } from './entries.ts';
import { asText, get, isObject, type Json, type JsonObject, text } from './json.ts';
import { LIMITS } from './limits.ts';
import type { Container, Pod, PodParts, Texts } from './pod.ts';
import { readContainers } from './read-container.ts';

/**
 * The parts of a pod that was decoded from JSON, or undefined when it does not have the shape of one:
 * no spec, no container, or a container list that is not a list of objects. Never throws.
 */
export function podParts(raw: unknown): PodParts | undefined {
  const spec = get(raw, 'spec');
  if (!isObject(raw) || !isObject(spec)) return undefined;
  const metadata = get(raw, 'metadata') ?? undefined;
  if (metadata !== undefined && !isObject(metadata)) return undefined;
  const containers = objectList(spec.containers);
  const initContainers = objectList(spec.initContainers);
  if (!containers || !initContainers || containers.length === 0) return undefined;
  return { raw, spec, labels: metadata?.labels, annotations: metadata?.annotations, containers, initContainers };
}

function objectList(list: Json | undefined): readonly JsonObject[] | undefined {
  if (list === undefined || list === null) return [];
  return Array.isArray(list) && list.every(isObject) ? list : undefined;
}

/** The view of a pod that was decoded from JSON, or undefined when it does not have the shape of one. Never throws. */
export function readPod(raw: unknown): Pod | undefined {
  const parts = podParts(raw);
  return parts && readParts(parts);
}

/** The view of a pod. */
export function readParts(parts: PodParts): Pod {
  return new ReadPod(parts);
}

// A class: V8 puts the accessors of an object literal into the old generation, where they would keep the whole pod from the
// young one's collector, and gives such an object slow properties.
class ReadPod implements Pod {
  readonly raw: JsonObject;
  readonly spec: JsonObject;
  readonly labels: Texts;
  readonly annotations: Texts;
  readonly containers: readonly Container[];
  readonly initContainers: readonly Container[];

  constructor({ raw, spec, labels, annotations, containers, initContainers }: PodParts) {
    const budget = { characters: LIMITS.commandLines.most };
    this.raw = raw;
    this.spec = spec;
    this.labels = new MapTexts(labels);
    this.annotations = new MapTexts(annotations);
    this.containers = readContainers(containers, 'containers', spec, budget);
    this.initContainers = readContainers(initContainers, 'initContainers', spec, budget);
  }

  get ownerKinds(): readonly string[] {
    return entries(get(get(this.raw, 'metadata'), 'ownerReferences'), (owner) => asText(owner.kind));
  }
}

/** True when there are more containers than are looked at, or more variables, ports or mounts in one of them. */
export function isCut({ containers, initContainers }: Pick<PodParts, 'containers' | 'initContainers'>): boolean {
  return [containers, initContainers].some((list) => {
    return list.length > LIMITS.containers.most || list.some(isCutContainer);
  });
}

function isCutContainer({ env, ports, volumeMounts }: JsonObject): boolean {
  return isTooLong(env) || isTooLong(ports) || isTooLong(volumeMounts);
}

function isTooLong(list: Json | undefined): boolean {
  return Array.isArray(list) && list.length > LIMITS.entries.most;
}

/** The string values of a decoded map, by key. */
export function textsOf(map: Json | undefined): Texts {
  return new MapTexts(map);
}

class MapTexts implements Texts {
  readonly #map: unknown;

  constructor(map: unknown) {
    this.#map = map;
  }

  get(key: string): string | undefined {
    return text(this.#map, key);
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }
}
