import { crc32 } from 'node:zlib';
import { entries } from '../core/entries.ts';
import { asText, get, isObject, type Json, type JsonObject } from '../core/json.ts';
import { type ReviewOutcome, type ReviewPath, review } from '../core/review.ts';
import type { Settings } from '../core/settings.ts';
import { judge, type Verdict } from '../core/verdict.ts';
import { decodeBody } from './decode.ts';
import type { Limits } from './limits.ts';
import { RecentMap } from './recent-map.ts';
import { placeOfSpec, splitReview } from './split-review.ts';

/** The verdicts on pods of which more may come from the same template. */
export interface TemplateMemory {
  /** What {@link review} would say to the decoded body; undefined where the body must be decoded as a whole to know that. */
  readonly review: (bytes: Buffer, path: ReviewPath) => ReviewOutcome | undefined;
  /** How many reviews were answered with a verdict that was known. */
  readonly recalled: () => number;
}

interface Remembered {
  readonly spec: Buffer;
  readonly verdict: Verdict;
}

// What a map and its objects take besides the texts.
const ENTRY_BYTES = 1024;
// Of specs that were seen once only their checksum is kept.
const SEEN_ONCE = 8_192;

/**
 * Remembers verdicts by the bytes of what a pod has from its template: pods come in numbers, as replicas, at rollouts and when
 * nodes are drained. It begins with the second pod of a spec, so that one of which there is no other costs a checksum.
 */
export function createTemplateMemory(settings: Settings, limits: Limits, judgePod = judge): TemplateMemory {
  const seen = new RecentMap<number, true>(SEEN_ONCE);
  const verdicts = new RecentMap<string, Remembered>(limits.templateBytes, sizeOf);
  let recalled = 0;

  return {
    review: (bytes, path) => {
      // In a small body nothing is cut out for having too many values.
      if (path === 'warn' || bytes.length > limits.smallBodyBytes) return undefined;
      const place = placeOfSpec(bytes);
      if (!place) return undefined;
      const spec = withoutTokenName(bytes.subarray(place.start, place.end));
      const checksum = crc32(spec);
      if (!seen.get(checksum)) {
        seen.set(checksum, true);
        return undefined;
      }
      const split = splitReview(bytes, place, limits);
      if (!split) return undefined;
      const metadata = ofTemplate(get(split.pod, 'metadata'));
      const key = `${checksum} ${path} ${JSON.stringify(metadata)}`;
      const known = verdicts.get(key);
      if (known?.spec.equals(spec)) {
        recalled += 1;
        return review(split.body, path, settings, () => known.verdict);
      }
      const decoded = decodeBody(spec, limits);
      if (!decoded.ok) return undefined;
      return review(split.body, path, settings, (_, strategy) => {
        // Nothing else is judged than what is compared, so that the verdict is true of every pod that has the same.
        const verdict = judgePod({ metadata, spec: decoded.value }, strategy, settings);
        verdicts.set(key, { spec: ownCopy(spec), verdict });
        return verdict;
      });
    },
    recalled: () => recalled,
  };
}

function sizeOf(key: string, { spec, verdict }: Remembered): number {
  return key.length + spec.length + JSON.stringify(verdict).length + ENTRY_BYTES;
}

// Buffer.from would keep a part of a larger one alive.
function ownCopy(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}

// Of a pod's metadata no verdict depends on more.
function ofTemplate(metadata: Json | undefined): Json | undefined {
  if (!isObject(metadata)) return metadata;
  const kinds = entries(get(metadata, 'ownerReferences'), (owner) => asText(get(owner, 'kind')));
  const known: JsonObject = { ownerReferences: kinds.map((kind) => ({ kind })) };
  for (const key of ['labels', 'annotations']) {
    const value = get(metadata, key);
    if (value !== undefined) known[key] = value;
  }
  return known;
}

// The ServiceAccount plugin gives the volume of every pod's token a name of its own, with five of these letters
// (kubernetes/kubernetes plugin/pkg/admission/serviceaccount, k8s.io/apimachinery/pkg/util/rand).
const TOKEN_NAME = /^"kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}"$/;
const BEFORE = '"kube-api-access-';
const LETTERS = Buffer.from('xxxxx');

function withoutTokenName(spec: Buffer): Buffer {
  const first = spec.indexOf(BEFORE);
  if (first === -1) return spec;
  const name = spec.subarray(first, first + BEFORE.length + LETTERS.length + 1);
  if (!TOKEN_NAME.test(name.toString('latin1'))) return spec;
  const copy = Buffer.from(spec);
  for (let at = first; at !== -1; at = spec.indexOf(name, at + name.length)) copy.set(LETTERS, at + BEFORE.length);
  return copy;
}
