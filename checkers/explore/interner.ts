// Dense integers for values: equal texts get equal numbers, in the order in which they were first seen.

export class Interner<T> {
  readonly #ids = new Map<string, number>();
  readonly #values: T[] = [];
  #characters = 0;

  get size(): number {
    return this.#values.length;
  }

  /** In the order of their numbers. */
  get values(): readonly T[] {
    return this.#values;
  }

  /** About what it takes in memory: a text of one byte a character, its place in the table, and a value some times as large. */
  get bytes(): number {
    return 6 * this.#characters + 120 * this.size;
  }

  /** The number of a value with this canonical text; `make` supplies the value to keep if the text is new. */
  intern(text: string, make: () => T): number {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.#values.push(make()) - 1;
    this.#ids.set(text, id);
    this.#characters += text.length;
    return id;
  }

  value(id: number): T {
    const value = this.#values[id];
    if (value === undefined) throw new RangeError(`nothing was interned as ${id}`);
    return value;
  }
}
