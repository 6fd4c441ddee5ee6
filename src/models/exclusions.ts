/** Lists of product rows that must not be listed, put together. */

/** Per row of a list of customers, ascending product rows that must not be listed. */
export interface Exclusions {
  readonly pointers: Uint32Array;
  readonly indices: Uint32Array;
}

/** So many times as long, a list is copied in runs between the rows of the other. */
const MUCH_LONGER = 16;

/** Of two ascending lists without repeats: what is in either, ascending; the one itself where the other is empty. */
export function union(a: Uint32Array, b: Uint32Array): Uint32Array {
  if (b.length === 0) return a;
  if (a.length === 0) return b;
  if (b.length > MUCH_LONGER * a.length) return filledIn(a, b);
  if (a.length > MUCH_LONGER * b.length) return filledIn(b, a);
  const both = new Uint32Array(a.length + b.length);
  let [i, j, to] = [0, 0, 0];
  while (i < a.length || j < b.length) {
    const next = j >= b.length || (i < a.length && a[i] <= b[j]) ? a[i++] : b[j++];
    if (to === 0 || both[to - 1] !== next) both[to++] = next;
  }
  return both.subarray(0, to);
}

/** `union` of a few rows and many. */
function filledIn(few: Uint32Array, many: Uint32Array): Uint32Array {
  const both = new Uint32Array(few.length + many.length);
  let [from, to] = [0, 0];
  for (const row of few) {
    const at = placeOf(many, row, from);
    both.set(many.subarray(from, at), to);
    to += at - from;
    both[to++] = row;
    from = many[at] === row ? at + 1 : at;
  }
  both.set(many.subarray(from), to);
  return both.subarray(0, to + many.length - from);
}

/** Of the first that is not below `row`, from a place on. */
function placeOf(rows: Uint32Array, row: number, from: number): number {
  let [low, high] = [from, rows.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle] < row) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** One list of rows for each customer, as one. */
export function joined(rows: readonly Uint32Array[]): Exclusions {
  const pointers = new Uint32Array(rows.length + 1);
  rows.forEach((row, q) => {
    pointers[q + 1] = pointers[q] + row.length;
  });
  const indices = new Uint32Array(pointers[rows.length]);
  rows.forEach((row, q) => {
    indices.set(row, pointers[q]);
  });
  return { pointers, indices };
}

/** `atOnce` customers at a time, each block with the place of its first. */
export function blocksOf(users: Uint32Array, atOnce: number): [number, Uint32Array][] {
  const blocks: [number, Uint32Array][] = [];
  for (let from = 0; from < users.length; from += atOnce) blocks.push([from, users.subarray(from, from + atOnce)]);
  return blocks;
}
