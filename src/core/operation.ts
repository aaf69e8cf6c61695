import type { Json } from './json.ts';

/** One RFC 6902 operation; `add` is the only one that we ever need, and the only one that cannot remove anything of the author's. */
export interface Operation {
  readonly op: 'add';
  /** JSON Pointer (RFC 6901) into the pod. */
  readonly path: string;
  readonly value: Json;
}
