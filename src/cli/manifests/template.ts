import type { JsonObject } from '../../core/json.ts';

/** A pod that an object of a manifest makes, and where it stands in the object. */
export interface Template {
  /** The pod as the API server will be asked for it, as far as the object tells. */
  readonly pod: JsonObject;
  /** Which of several pods of a custom resource: `nodeSets[0]`. */
  readonly part?: string;
  /** The kind of object that owns the pods, for the decision; undefined for a Pod. */
  readonly ownerKind?: string;
  /** JSON Pointer into the object for one into the pod. */
  readonly place: (pointer: string) => string;
  /** What the decision cannot know, or what a patch of the object brings with it, one sentence each. */
  readonly notes: readonly string[];
}
