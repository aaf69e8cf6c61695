import { type Budget, type CommandLine, readCommandLine } from './command-line.ts';
import { entries } from './entries.ts';
import { asText, get, isObject, type Json, type JsonObject } from './json.ts';
import { LIMITS } from './limits.ts';
import type { Container, EnvVar, VolumeMount } from './pod.ts';

/** The views of a list of containers, as far as it is read. */
export function readContainers(
  list: readonly JsonObject[],
  key: 'containers' | 'initContainers',
  spec: JsonObject,
  budget: Budget,
): Container[] {
  const seen = list.length > LIMITS.containers.most ? list.slice(0, LIMITS.containers.most) : list;
  return seen.map((raw, index) => new ReadContainer(raw, `/spec/${key}/${index}`, spec, budget));
}

// Keys are read as properties, which is quicker than `get` and as safe: no object inherits one that is called so.
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
    return asText(this.raw.name) ?? '';
  }

  get image(): string {
    return asText(this.raw.image) ?? '';
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
    this.#env ??= entries(this.raw.env, ({ name, value, valueFrom }, index) => ({
      name: asText(name) ?? '',
      value: isObject(valueFrom) ? undefined : (asText(value) ?? ''),
      path: `${this.path}/env/${index}`,
    }));
    return this.#env;
  }

  get hasEnvFrom(): boolean {
    return entries(this.raw.envFrom, (entry) => entry).length > 0;
  }

  get ports(): readonly number[] {
    this.#ports ??= entries(this.raw.ports, ({ containerPort }) =>
      typeof containerPort === 'number' ? containerPort : undefined,
    );
    return this.#ports;
  }

  get mounts(): readonly VolumeMount[] {
    this.#mounts ??= entries(this.raw.volumeMounts, ({ mountPath, readOnly }, index) => ({
      mountPath: withoutTrailingSlashes(asText(mountPath) ?? ''),
      readOnly: readOnly === true,
      path: `${this.path}/volumeMounts/${index}`,
    }));
    return this.#mounts;
  }

  get privileged(): boolean {
    return get(this.raw.securityContext, 'privileged') === true;
  }

  get runAsUser(): number | undefined {
    const user = this.#security('runAsUser');
    return typeof user === 'number' ? user : undefined;
  }

  get runAsNonRoot(): boolean {
    return this.#security('runAsNonRoot') === true;
  }

  get isSidecar(): boolean {
    return this.raw.restartPolicy === 'Always';
  }

  #security(key: string): Json | undefined {
    return get(this.raw.securityContext, key) ?? get(this.#spec.securityContext, key);
  }

  #commandLine(): CommandLine {
    this.#line ??= readCommandLine(this.raw, this.#budget);
    return this.#line;
  }
}

// Not a regular expression: /\/+$/ takes quadratic time on a long run of slashes.
function withoutTrailingSlashes(path: string): string {
  let end = path.length;
  while (end > 1 && path[end - 1] === '/') end -= 1;
  return path.slice(0, end);
}
