import { isAlias, isMap, isNode, isScalar, isSeq, type Node, type Pair } from 'yaml';
import type { Manifest } from './parse.ts';
import { tokensOf } from './pointer.ts';
import { unmended } from './text-edit.ts';

/** A part of a document's text; offsets count from the start of the document's text. */
export interface Place {
  readonly from: number;
  readonly to: number;
  /** False for what only holds the place that was asked for. */
  readonly isExact: boolean;
}

type Range = Omit<Place, 'isExact'>;

/**
 * Where a document states what a JSON Pointer points to: the key with its value, or the item. Of a pointer to what the
 * document leaves out, such as a default, the closest place that holds it; undefined when the document is empty.
 */
export function locate({ document, mended }: Manifest, pointer: string): Place | undefined {
  let node: unknown = document.contents;
  let place = rangeOf(node);
  let isExact = true;
  for (const token of tokensOf(pointer)) {
    if (isAlias(node)) node = node.resolve(document);
    const found = isMap(node)
      ? pairAt(node.items as Pair[], token)
      : isSeq(node)
        ? node.items[Number(token)]
        : undefined;
    isExact = found !== undefined;
    if (found === undefined) break;
    const value: unknown = isNode(found) ? found : (found as Pair).value;
    place = joined(isNode(found) ? undefined : rangeOf((found as Pair).key), rangeOf(value)) ?? place;
    node = value;
  }
  return place && { from: unmended(place.from, mended), to: unmended(place.to, mended), isExact };
}

// Of a key that is given twice, the last counts.
function pairAt(items: readonly Pair[], token: string): Pair | undefined {
  return items.findLast(({ key }) => isScalar(key) && String(key.value) === token);
}

function rangeOf(node: unknown): Range | undefined {
  const range = isNode(node) ? (node as Node).range : undefined;
  return range ? { from: range[0], to: range[1] } : undefined;
}

function joined(key: Range | undefined, value: Range | undefined): Range | undefined {
  if (!key || !value) return key ?? value;
  return { from: Math.min(key.from, value.from), to: Math.max(key.to, value.to) };
}
