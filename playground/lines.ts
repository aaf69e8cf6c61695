import { locate } from '../src/cli/yaml/locate.ts';
import type { BrokenManifest, Manifest } from '../src/cli/yaml/parse.ts';

/** The lines of the whole text, from 1, that state what a JSON Pointer into one of its documents points to. */
export type Lines = (document: number, pointer: string) => { first: number; last: number } | undefined;

/** Finds lines in the text that documents make up. */
export function linesOf(manifests: readonly (Manifest | BrokenManifest)[]): Lines {
  const starts: number[] = [];
  let length = 0;
  for (const { text } of manifests) {
    starts.push(length);
    length += text.length;
  }
  const lineAt = lineCounter(manifests.map(({ text }) => text).join(''));
  return (document, pointer) => {
    const manifest = manifests[document];
    const place = manifest?.ok ? locate(manifest, pointer) : undefined;
    if (!place) return undefined;
    const start = starts[document] ?? 0;
    const first = lineAt(start + place.from);
    // What is only near, such as the object that an operator fills in, is shown by its first line.
    return { first, last: place.isExact ? Math.max(first, lineAt(start + place.to - 1)) : first };
  };
}

function lineCounter(text: string): (offset: number) => number {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  return (offset) => {
    let [low, high] = [0, starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
