const KEY = Buffer.from('"managedFields":[');
const CLOSE_LIST = 0x5d;

/**
 * The bytes without what the first list of managed fields holds, which nobody here reads: half of an ordinary review, and
 * the dearest half to decode, because each of its keys is new. Undefined when there is no such list.
 *
 * The list is taken to end at the first `]`. If that one stands in a string, or ends a list within, then what is left is
 * no JSON: it has an odd number of quotes, or a `]` too many. So whoever can decode it has the same value, but for that list.
 */
export function withoutManagedFields(bytes: Buffer): Buffer | undefined {
  const key = bytes.indexOf(KEY);
  if (key === -1) return undefined;
  const start = key + KEY.length;
  const end = bytes.indexOf(CLOSE_LIST, start);
  return end === -1 ? undefined : Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
}
