/** Made-up ratings as CSV text, in bytes. */
import type { RatingsChunk } from './generate-ratings.ts';

export const CSV_HEADER = 'userId,productId,rating,timestamp\n';

/** Longest row: three numbers of ten digits, a rating, separators. */
const ROW_BYTES = 40;
const ZERO = 48;
const DOT = 46;
const COMMA = 44;
const LF = 10;

/** The rows of a chunk: `17,2571,4.5,1147880044`. */
export function csvRows({ rows, customer, product, value, time }: RatingsChunk): Uint8Array {
  const out = new Uint8Array(rows * ROW_BYTES);
  let at = 0;
  for (let row = 0; row < rows; row++) {
    at = putInteger(out, at, customer[row]);
    out[at++] = COMMA;
    at = putInteger(out, at, product[row]);
    out[at++] = COMMA;
    const halves = Math.round(2 * value[row]);
    out[at++] = ZERO + (halves >> 1);
    out[at++] = DOT;
    out[at++] = ZERO + (halves & 1 ? 5 : 0);
    out[at++] = COMMA;
    at = putInteger(out, at, time[row]);
    out[at++] = LF;
  }
  return out.subarray(0, at);
}

function putInteger(out: Uint8Array, at: number, value: number): number {
  let digits = 1;
  for (let bound = 10; value >= bound; bound *= 10) digits++;
  let rest = value;
  for (let to = at + digits - 1; to >= at; to--) {
    out[to] = ZERO + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  return at + digits;
}
