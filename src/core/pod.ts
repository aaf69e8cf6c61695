import type { Json, JsonObject } from './json.ts';
import type { LIMITS } from './limits.ts';

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
