// Math.min(...values) puts every value on the stack, which the list of a pod's author can be too long for.

/** The lowest of some numbers; undefined of none. */
export function lowest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((least, value) => Math.min(least, value));
}

/** The highest of some numbers; undefined of none. */
export function highest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((most, value) => Math.max(most, value));
}
