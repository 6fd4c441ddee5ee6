/** Growing columns: what streaming rows are collected in, without an object per row. */
import { ownText } from './read/own-text.ts';

const FIRST_CAPACITY = 4096;

type Numbers = Uint8Array | Uint32Array | Float32Array | Float64Array;

/** An append-only typed array that doubles when full. Hot loops read `data` and `length` directly. */
export class Column<T extends Numbers> {
  data: T;
  length = 0;
  readonly #create: (capacity: number) => T;

  constructor(create: (capacity: number) => T) {
    this.#create = create;
    this.data = create(FIRST_CAPACITY);
  }

  push(value: number): void {
    if (this.length === this.data.length) this.#grow(this.length + 1);
    this.data[this.length++] = value;
  }

  /** Copies bytes or numbers to the end. */
  append(values: T): void {
    const end = this.length + values.length;
    if (end > this.data.length) this.#grow(end);
    this.data.set(values as ArrayLike<number>, this.length);
    this.length = end;
  }

  #grow(needed: number): void {
    let capacity = this.data.length;
    while (capacity < needed) capacity *= 2;
    const grown = this.#create(capacity);
    grown.set(this.data as ArrayLike<number>);
    this.data = grown;
  }
}

export const uint8Column = () => new Column<Uint8Array>((capacity) => new Uint8Array(capacity));
export const uint32Column = () => new Column<Uint32Array>((capacity) => new Uint32Array(capacity));
export const float32Column = () => new Column<Float32Array>((capacity) => new Float32Array(capacity));
export const float64Column = () => new Column<Float64Array>((capacity) => new Float64Array(capacity));

/** Numbers distinct texts 0, 1, 2 … in order of first appearance. */
export class Interner {
  readonly names: string[] = [];
  readonly #codes = new Map<string, number>();
  #lastName: string | null = null;
  #lastCode = 0;

  code(name: string): number {
    // Logs are often sorted by customer or order: the same text again costs one comparison.
    if (name === this.#lastName) return this.#lastCode;
    let code = this.#codes.get(name);
    if (code === undefined) {
      code = this.names.length;
      // A cell may be a slice that keeps a whole chunk of the file alive; names live as long as the data does.
      const own = ownText(name);
      this.names.push(own);
      this.#codes.set(own, code);
    }
    this.#lastName = name;
    this.#lastCode = code;
    return code;
  }

  /** The code of a name seen before, or −1. */
  find(name: string): number {
    return this.#codes.get(name) ?? -1;
  }
}
