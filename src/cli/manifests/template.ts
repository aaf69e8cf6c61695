import type { JsonObject } from '../../core/json.ts';
import type { Operation } from '../../core/operation.ts';

/** A pod that an object of a manifest makes, and where it stands in the object. */
export interface Template {
  /** The pod as the API server will be asked for it, as far as the object tells. */
  readonly pod: JsonObject;
  /** Which of several pods of a custom resource: `nodeSets[0]`. */
  readonly part?: string;
  /** The kind of object that owns the pods, for the decision; undefined for a Pod. */
  readonly ownerKind?: string;
  /** The patch of the pod as a patch of the object, as far as the object has the fields. */
  readonly write: (patch: readonly Operation[]) => Operation[];
  /** What the decision cannot know, or what a patch of the object brings with it, one sentence each. */
  readonly notes: readonly string[];
}

/** Writes a patch of a pod where the pod's own fields stand in the object. */
export function writeAt(path: string): Template['write'] {
  return (patch) => patch.map((operation) => ({ ...operation, path: `${path}${operation.path}` }));
}
