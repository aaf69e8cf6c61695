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
