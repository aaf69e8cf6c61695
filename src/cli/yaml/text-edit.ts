/** A change of a text: at an offset, take some characters away and put others in. */
export interface Edit {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

/** The text with edits made; their offsets are those of the text as it was. */
export function withEdits(source: string, edits: readonly Edit[]): string {
  const pieces: string[] = [];
  let done = 0;
  for (const { at, remove, insert } of [...edits].sort((left, right) => left.at - right.at)) {
    pieces.push(source.slice(done, at), insert);
    done = at + remove;
  }
  return [...pieces, source.slice(done)].join('');
}

/** The offset in a text of one in the text with edits made that only insert. */
export function unmended(offset: number, mended: readonly Edit[]): number {
  let shift = 0;
  for (const { at, insert } of mended) {
    if (at + shift >= offset) break;
    shift += Math.min(insert.length, offset - at - shift);
  }
  return offset - shift;
}
