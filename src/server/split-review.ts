import { randomUUID } from 'node:crypto';
import { get, isObject, type JsonObject } from '../core/json.ts';
import { decodeBody } from './decode.ts';
import type { Limits } from './limits.ts';

/** Where the spec of a pod seems to stand in a body. */
export interface SpecPlace {
  readonly start: number;
  readonly end: number;
}

const KEY = Buffer.from('"spec":{');
const NEXT_KEY = Buffer.from('},"status":');

/** Where the spec of a review's pod stands, if the body has the order of an API server's: a spec, and then a status. */
export function placeOfSpec(bytes: Buffer): SpecPlace | undefined {
  const key = bytes.indexOf(KEY);
  const start = key + KEY.length - 1;
  const end = bytes.lastIndexOf(NEXT_KEY) + 1;
  return key === -1 || end <= start ? undefined : { start, end };
}

/** A review decoded but for the spec of its pod. */
export interface SplitReview {
  /** All of it; its pod is {@link pod}. */
  readonly body: unknown;
  readonly pod: JsonObject;
}

// Nobody can guess it, so that it stands nowhere but where it was put.
const MARK = randomUUID();
const MARKED = Buffer.from(`"${MARK}"`);

/**
 * Decodes a review without the spec of its pod, the dearest part and the same in every pod of a template. Undefined when no
 * spec of a pod stands in that place, or when the rest is no JSON.
 *
 * What stands in the place is replaced by a mark. If the rest is JSON, and its pod has the mark for a spec, then what was
 * replaced stands where a value stands: so whenever it is one JSON value, the body is JSON and has that spec.
 */
export function splitReview(
  bytes: Buffer,
  { start, end }: SpecPlace,
  limits: Pick<Limits, 'bodyValues'>,
): SplitReview | undefined {
  const rest = decodeBody(Buffer.concat([bytes.subarray(0, start), MARKED, bytes.subarray(end)]), limits);
  if (!rest.ok) return undefined;
  const pod = get(get(rest.value, 'request'), 'object');
  return isObject(pod) && get(pod, 'spec') === MARK ? { body: rest.value, pod } : undefined;
}
