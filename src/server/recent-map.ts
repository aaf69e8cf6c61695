/**
 * A map that keeps what was asked for lately, within a size. It holds two halves: when the recent one is full it becomes the
 * earlier one, and what was in the earlier one is forgotten. Asking costs one look-up, and no order is kept.
 */
export class RecentMap<Key, Value> {
  readonly #half: number;
  readonly #sizeOf: (key: Key, value: Value) => number;
  #recent = new Map<Key, Value>();
  #earlier: ReadonlyMap<Key, Value> = new Map();
  #size = 0;

  /** `most` is in the unit of `sizeOf`; by default it is a number of entries. */
  constructor(most: number, sizeOf: (key: Key, value: Value) => number = () => 1) {
    this.#half = most / 2;
    this.#sizeOf = sizeOf;
  }

  /** The value of a key that is not forgotten, which is then recent again. */
  get(key: Key): Value | undefined {
    const recent = this.#recent.get(key);
    if (recent !== undefined) return recent;
    const earlier = this.#earlier.get(key);
    if (earlier !== undefined) this.set(key, earlier);
    return earlier;
  }

  /** Keeps a value; one that is larger than half of the map is not kept. */
  set(key: Key, value: Value): void {
    const size = this.#sizeOf(key, value);
    if (size > this.#half) return;
    if (this.#size + size > this.#half) {
      this.#earlier = this.#recent;
      this.#recent = new Map();
      this.#size = 0;
    }
    this.#recent.set(key, value);
    this.#size += size;
  }
}
