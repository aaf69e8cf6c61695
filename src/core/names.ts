/**
 * Values by name, for names that are looked up in every review and are hardly ever there. It says "certainly not" of most by
 * their length and first letter, since to look a name up it must be hashed, and each name of each pod is a new text.
 */
export class Names<Value> {
  readonly #values: ReadonlyMap<string, Value>;
  readonly #shapes = new Uint8Array(SHAPES);

  constructor(values: Iterable<readonly [name: string, value: Value]>) {
    this.#values = new Map(values);
    for (const name of this.#values.keys()) this.#shapes[shapeOf(name.length, name.charCodeAt(0))] = 1;
  }

  /** How many names there are. */
  get size(): number {
    return this.#values.size;
  }

  /** All names, in the order in which they came. */
  keys(): Iterable<string> {
    return this.#values.keys();
  }

  /** The value of a name. */
  get(name: string): Value | undefined {
    return this.mayHave(name.length, name.charCodeAt(0)) ? this.#values.get(name) : undefined;
  }

  /** True when a name is there. */
  has(name: string): boolean {
    return this.mayHave(name.length, name.charCodeAt(0)) && this.#values.has(name);
  }

  /** False when no name has this length and begins with the letter that has this code, be it large or small. */
  mayHave(length: number, first: number): boolean {
    return this.#shapes[shapeOf(length, first)] === 1;
  }
}

const SHAPES = 1024;

// The last five bits of a letter's code are the same for a large and a small one.
function shapeOf(length: number, first: number): number {
  return ((length & 31) << 5) | (first & 31);
}
