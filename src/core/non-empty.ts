/** A list with something in it. */
export type NonEmpty<T> = readonly [T, ...T[]];

/** The parts of a text between separators; one at least. */
export function split(text: string, separator: string): NonEmpty<string> {
  return text.split(separator) as [string, ...string[]];
}

/** The last item of a list that has one. */
export function last<T>(list: NonEmpty<T>): T {
  return list[list.length - 1] as T;
}
