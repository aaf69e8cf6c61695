// The parts of a review, such as `request.object`, stand three levels deep: { request: { object: {
const PART_DEPTH = 3;
// A part other than the object has a dozen values.
const SMALL_PART = 1_000;
const NULL = Buffer.from('null');

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];

interface Part {
  readonly start: number;
  readonly end: number;
  readonly values: number;
}

/**
 * The bytes themselves when they hold at most `most` JSON values. Otherwise a copy in which every part of the review with
 * many values is null, so that the rest, and with it the uid, can be read; undefined when that leaves too many, too.
 * What is no JSON is left to the parser.
 */
export function cutLargeParts(bytes: Buffer, most: number): Buffer | undefined {
  // Every value takes two bytes at least: itself and what separates it from the next.
  if (bytes.length / 2 <= most) return bytes;
  const { values, large } = countValues(bytes);
  if (values <= most) return bytes;
  if (large.reduce((left, part) => left - part.values, values) > most) return undefined;
  const kept: Buffer[] = [];
  let from = 0;
  for (const { start, end } of large) {
    kept.push(bytes.subarray(from, start), NULL);
    from = end;
  }
  return Buffer.concat([...kept, bytes.subarray(from)]);
}

// One pass, no recursion.
function countValues(bytes: Buffer): { readonly values: number; readonly large: readonly Part[] } {
  const large: Part[] = [];
  let [values, depth, start, before] = [0, 0, 0, 0];
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) at = endOfString(bytes, at);
    else if (byte === COMMA) values += 1;
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      values += 1;
      depth += 1;
      if (depth === PART_DEPTH) [start, before] = [at, values];
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      if (depth === PART_DEPTH && values - before > SMALL_PART) {
        large.push({ start, end: at + 1, values: values - before });
      }
      depth -= 1;
    }
  }
  return { values, large };
}

function endOfString(bytes: Buffer, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}
