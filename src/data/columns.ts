/** Growing columns: what streaming rows are collected in, without an object per row. */
import { ownText } from './read/own-text.ts';

const FIRST_CAPACITY = 1 << 16;
/** Without a guess of how long it will be, a full column grows by half. */
const GROWTH = 1.5;

type Numbers = Uint8Array | Uint32Array | Float32Array | Float64Array;

/**
 * An append-only typed array. As long as nothing but `usual` was appended it takes no memory: `data` is empty then,
 * otherwise hot loops read `data` and `length` directly.
 */
export class Column<T extends Numbers> {
  data: T;
  length = 0;
  readonly #create: (capacity: number) => T;
  #expected = FIRST_CAPACITY;

  constructor(
    create: (capacity: number) => T,
    readonly usual = 0,
  ) {
    this.#create = create;
    this.data = create(0);
  }

  /** False while every value is `usual` and `data` is empty. */
  get stored(): boolean {
    return this.data.length > 0;
  }

  at(row: number): number {
    return this.data.length > 0 ? this.data[row] : this.usual;
  }

  /** How long it will probably be: with a good guess it is allocated once (memory never touched costs nothing). */
  expect(length: number): void {
    this.#expected = Math.max(FIRST_CAPACITY, length);
  }

  push(value: number): void {
    this.#reserve(1);
    this.data[this.length++] = value;
  }

  /** Appends the first `count` values. */
  append(values: ArrayLike<number>, count = values.length): void {
    this.appendRange(values, 0, count);
  }

  /** Appends values[from] … values[to − 1]. */
  appendRange(values: ArrayLike<number>, from: number, to: number): void {
    this.#reserve(to - from);
    const { data } = this;
    for (let at = from, end = this.length; at < to; at++) data[end++] = values[at];
    this.length += to - from;
  }

  /** Appends `usual` so many times. */
  skip(count: number): void {
    if (this.data.length > 0) {
      this.#reserve(count);
      this.data.fill(this.usual, this.length, this.length + count);
    }
    this.length += count;
  }

  /** `data`, with memory of its own from now on. */
  fill(): T {
    if (!this.stored) {
      this.data = this.#create(this.length);
      this.data.fill(this.usual);
    }
    return this.data;
  }

  /** Keeps the first `length` values and gives them away: the column is empty afterwards. */
  take(length = this.length): T {
    const { data } = this;
    this.data = this.#create(0);
    this.length = 0;
    if (data.length === 0) return this.#create(length).fill(this.usual) as T;
    return length === data.length ? data : trimmedTo(data, length);
  }

  #reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.data.length) return;
    const capacity = Math.max(needed, Math.ceil(GROWTH * this.data.length), this.#expected);
    const grown = this.#create(capacity);
    if (this.data.length > 0) grown.set(this.data as ArrayLike<number>);
    else if (this.usual !== 0) grown.fill(this.usual, 0, this.length);
    this.data = grown;
  }
}

/** Above this share of use the rest of a buffer, never touched, is left where it is: no copy. */
const WELL_USED = 0.9;

function trimmedTo<T extends Numbers>(data: T, length: number): T {
  return (length >= WELL_USED * data.length ? data.subarray(0, length) : data.slice(0, length)) as T;
}

export const uint8Column = () => new Column<Uint8Array>((capacity) => new Uint8Array(capacity));
export const uint32Column = (usual = 0) => new Column<Uint32Array>((capacity) => new Uint32Array(capacity), usual);
export const float32Column = (usual = 0) => new Column<Float32Array>((capacity) => new Float32Array(capacity), usual);
export const float64Column = (usual = 0) => new Column<Float64Array>((capacity) => new Float64Array(capacity), usual);

/** Numbers distinct texts 0, 1, 2 … in order of first appearance. */
export class Interner {
  readonly names: string[] = [];
  readonly #codes = new Map<string, number>();

  code(name: string): number {
    let code = this.#codes.get(name);
    if (code === undefined) {
      code = this.names.length;
      // A cell may be a slice that keeps a whole chunk of the file alive; names live as long as the data does.
      const own = ownText(name);
      this.names.push(own);
      this.#codes.set(own, code);
    }
    return code;
  }
}
