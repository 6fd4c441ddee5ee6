const SHORT_SLOTS = 1 << 14;
/** How far to shift a 32-bit hash so that it indexes the slots. */
const SLOT_SHIFT = 32 - 14;
/** Characters that fit into the two words of a key. */
const SHORT = 8;
/** Longer texts are rarely repeated and dear to compare. */
const LONGEST_COMPARED = 64;

/**
 * Hands out one string object for equal cells. Logs repeat themselves (ids, ratings, countries, days), and
 * a string seen before costs neither memory nor, in the maps downstream, a second hashing.
 * Short cells: a direct-mapped table in which a newcomer evicts what stood in its slot, so that it never grows.
 * Longer cells: compared with the last one of their column.
 */
export class CellCache {
  // Up to eight ASCII characters are packed into two words, which are the key and the proof.
  readonly #high = new Int32Array(SHORT_SLOTS);
  readonly #low = new Int32Array(SHORT_SLOTS);
  readonly #short = new Array<string>(SHORT_SLOTS);
  readonly #lastStart: Int32Array;
  readonly #lastEnd: Int32Array;
  readonly #last: string[];

  constructor(columns: number) {
    this.#lastStart = new Int32Array(columns);
    this.#lastEnd = new Int32Array(columns);
    this.#last = new Array<string>(columns).fill('');
  }

  /** Call when `text` and `codes` are others than before. */
  beginPiece(): void {
    this.#lastEnd.fill(0);
    this.#lastStart.fill(0);
  }

  /**
   * text[start … end), whose character codes stand at the same places in `codes` (anything beyond ASCII as
   * some value ≥ 128).
   */
  cell(text: string, codes: Uint8Array, start: number, end: number, column: number): string {
    const length = end - start;
    if (length === 0) return '';
    if (length <= SHORT) return this.#shortCell(text, codes, start, end);
    if (length <= LONGEST_COMPARED && this.#lastEnd[column] - this.#lastStart[column] === length) {
      if (sameAscii(codes, this.#lastStart[column], start, length)) return this.#last[column];
    }
    const cell = text.slice(start, end);
    this.#lastStart[column] = start;
    this.#lastEnd[column] = end;
    this.#last[column] = cell;
    return cell;
  }

  #shortCell(text: string, codes: Uint8Array, start: number, end: number): string {
    let high = 0;
    let low = 0;
    const middle = end - start > 4 ? end - 4 : start;
    for (let at = start; at < middle; at++) high = (high << 8) | codes[at];
    for (let at = middle; at < end; at++) low = (low << 8) | codes[at];
    // A leading NUL would pack like a shorter text.
    if (((high | low) & 0x80808080) !== 0 || codes[start] === 0) return text.slice(start, end);
    const slot = Math.imul(low ^ Math.imul(high, 0x2c1b3c6d), 0x9e3779b1) >>> SLOT_SHIFT;
    if (this.#low[slot] === low && this.#high[slot] === high) return this.#short[slot];
    const cell = text.slice(start, end);
    this.#low[slot] = low;
    this.#high[slot] = high;
    this.#short[slot] = cell;
    return cell;
  }
}

/** Whether two stretches of the same codes are equal and nothing but ASCII. */
function sameAscii(codes: Uint8Array, one: number, other: number, length: number): boolean {
  for (let at = 0; at < length; at++) {
    const code = codes[one + at];
    if (code !== codes[other + at] || code >= 128) return false;
  }
  return true;
}
