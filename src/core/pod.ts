import { get, isObject, type Json, type JsonObject, text } from './json.ts';
import { LIMITS } from './limits.ts';

/** One `env` entry; `value` is undefined when it comes from somewhere that the pod does not show. */
export interface EnvVar {
  readonly name: string;
  readonly value: string | undefined;
  readonly path: string;
}

/** One `volumeMounts` entry; `mountPath` has no trailing slash. */
export interface VolumeMount {
  readonly mountPath: string;
  readonly readOnly: boolean;
  readonly path: string;
}

/** The string values of a map, by key, whatever a tenant calls the keys. */
export interface Texts {
  get(key: string): string | undefined;
  has(key: string): boolean;
}

/**
 * The part of a container that decides something. Lists are taken apart when they are first asked for, and no further
 * than {@link LIMITS} allow: most containers of most pods are asked for nothing.
 */
export interface Container {
  readonly raw: JsonObject;
  /** JSON Pointer of the container in the pod. */
  readonly path: string;
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  /** True when the command line is longer than what is read of it, so that nobody can say what it does in the end. */
  readonly isCommandCut: boolean;
  readonly env: readonly EnvVar[];
  /** True when `envFrom` brings variables that the pod does not show. */
  readonly hasEnvFrom: boolean;
  readonly ports: readonly number[];
  readonly mounts: readonly VolumeMount[];
  readonly privileged: boolean;
  /** The user that the pod states for this container (its own, else the pod's); undefined leaves it to the image. */
  readonly runAsUser: number | undefined;
  readonly runAsNonRoot: boolean;
  /** True for a native sidecar: an init container with `restartPolicy: Always`. */
  readonly isSidecar: boolean;
}

/** The part of a pod that decides something; unknown fields stay in `raw` and survive, since patches are made by JSON Pointer. */
export interface Pod {
  readonly raw: JsonObject;
  readonly spec: JsonObject;
  readonly labels: Texts;
  readonly annotations: Texts;
  readonly ownerKinds: readonly string[];
  readonly containers: readonly Container[];
  readonly initContainers: readonly Container[];
}

/** A pod that was decoded from JSON and has the shape of one, before anything is read of it. */
export interface PodParts {
  readonly raw: JsonObject;
  readonly spec: JsonObject;
  readonly labels: Json | undefined;
  readonly annotations: Json | undefined;
  /** At least one. */
  readonly containers: readonly JsonObject[];
  readonly initContainers: readonly JsonObject[];
}

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
  const { raw, spec, labels, annotations } = parts;
  const budget = { characters: LIMITS.commandLines.most };
  return {
    raw,
    spec,
    labels: new MapTexts(labels),
    annotations: new MapTexts(annotations),
    get ownerKinds() {
      return entries(get(raw, 'metadata'), 'ownerReferences', (owner) => text(owner, 'kind'));
    },
    containers: readContainers(parts.containers, 'containers', spec, budget),
    initContainers: readContainers(parts.initContainers, 'initContainers', spec, budget),
  };
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

function readContainers(
  list: readonly JsonObject[],
  key: 'containers' | 'initContainers',
  spec: JsonObject,
  budget: Budget,
): Container[] {
  const seen = list.length > LIMITS.containers.most ? list.slice(0, LIMITS.containers.most) : list;
  return seen.map((raw, index) => new ReadContainer(raw, `/spec/${key}/${index}`, spec, budget));
}

// What is left of the command lines of a pod.
interface Budget {
  characters: number;
}

class ReadContainer implements Container {
  readonly raw: JsonObject;
  readonly path: string;
  readonly #spec: JsonObject;
  readonly #budget: Budget;
  #line: CommandLine | undefined;
  #env: readonly EnvVar[] | undefined;
  #ports: readonly number[] | undefined;
  #mounts: readonly VolumeMount[] | undefined;

  constructor(raw: JsonObject, path: string, spec: JsonObject, budget: Budget) {
    this.raw = raw;
    this.path = path;
    this.#spec = spec;
    this.#budget = budget;
  }

  get name(): string {
    return text(this.raw, 'name') ?? '';
  }

  get image(): string {
    return text(this.raw, 'image') ?? '';
  }

  get command(): readonly string[] {
    return this.#commandLine().command;
  }

  get args(): readonly string[] {
    return this.#commandLine().args;
  }

  get isCommandCut(): boolean {
    return this.#commandLine().isCommandCut;
  }

  get env(): readonly EnvVar[] {
    this.#env ??= entries(this.raw, 'env', (entry, index) => new ReadVariable(entry, this.path, index));
    return this.#env;
  }

  get hasEnvFrom(): boolean {
    return entries(this.raw, 'envFrom', (entry) => entry).length > 0;
  }

  get ports(): readonly number[] {
    this.#ports ??= entries(this.raw, 'ports', (port) => {
      const number = get(port, 'containerPort');
      return typeof number === 'number' ? number : undefined;
    });
    return this.#ports;
  }

  get mounts(): readonly VolumeMount[] {
    this.#mounts ??= entries(this.raw, 'volumeMounts', (mount, index) => ({
      mountPath: withoutTrailingSlashes(text(mount, 'mountPath') ?? ''),
      readOnly: get(mount, 'readOnly') === true,
      path: `${this.path}/volumeMounts/${index}`,
    }));
    return this.#mounts;
  }

  get privileged(): boolean {
    return get(get(this.raw, 'securityContext'), 'privileged') === true;
  }

  get runAsUser(): number | undefined {
    const user = this.#security('runAsUser');
    return typeof user === 'number' ? user : undefined;
  }

  get runAsNonRoot(): boolean {
    return this.#security('runAsNonRoot') === true;
  }

  get isSidecar(): boolean {
    return text(this.raw, 'restartPolicy') === 'Always';
  }

  #security(key: string): Json | undefined {
    return get(get(this.raw, 'securityContext'), key) ?? get(get(this.#spec, 'securityContext'), key);
  }

  #commandLine(): CommandLine {
    this.#line ??= readCommandLine(this.raw, this.#budget);
    return this.#line;
  }
}

class ReadVariable implements EnvVar {
  readonly name: string;
  readonly value: string | undefined;
  readonly #container: string;
  readonly #index: number;

  constructor(entry: JsonObject, container: string, index: number) {
    this.name = text(entry, 'name') ?? '';
    this.value = isObject(entry.valueFrom) ? undefined : (text(entry, 'value') ?? '');
    this.#container = container;
    this.#index = index;
  }

  get path(): string {
    return `${this.#container}/env/${this.#index}`;
  }
}

/** What `read` makes of each object in the list at `key`, with its index in the list; undefined leaves one out. */
function entries<T>(value: unknown, key: string, read: (entry: JsonObject, index: number) => T | undefined): T[] {
  const list = get(value, key);
  if (!Array.isArray(list)) return [];
  const found: T[] = [];
  const count = Math.min(list.length, LIMITS.entries.most);
  for (let index = 0; index < count; index += 1) {
    const entry = list[index];
    const made = isObject(entry) ? read(entry, index) : undefined;
    if (made !== undefined) found.push(made);
  }
  return found;
}

type CommandLine = Pick<Container, 'command' | 'args' | 'isCommandCut'>;

// A line that is too long is not read at all: half a script could say the opposite of the whole.
function readCommandLine(raw: JsonObject, budget: Budget): CommandLine {
  const [command, args] = [wordsAt(raw, 'command'), wordsAt(raw, 'args')];
  const characters = command && args ? lengthOf(command) + lengthOf(args) : Number.POSITIVE_INFINITY;
  const isTooLong = characters > Math.min(LIMITS.commandLength.most, budget.characters);
  if (!command || !args || isTooLong || command.length + args.length > LIMITS.commandWords.most) {
    return { command: [], args: [], isCommandCut: true };
  }
  budget.characters -= characters;
  return { command, args, isCommandCut: false };
}

function wordsAt(raw: JsonObject, key: 'command' | 'args'): string[] | undefined {
  const list = get(raw, key);
  if (!Array.isArray(list)) return [];
  return list.length > LIMITS.commandWords.most ? undefined : list.filter((word) => typeof word === 'string');
}

function lengthOf(words: readonly string[]): number {
  return words.reduce((sum, word) => sum + word.length, 0);
}

// Not a regular expression: /\/+$/ takes quadratic time on a long run of slashes.
function withoutTrailingSlashes(path: string): string {
  let end = path.length;
  while (end > 1 && path[end - 1] === '/') end -= 1;
  return path.slice(0, end);
}
