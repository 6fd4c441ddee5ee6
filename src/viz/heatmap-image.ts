import { TopK } from '../base/top-k.ts';
import { type ColorScale, scaleIndex } from './color-scales.ts';

/** Share of the values beyond the strong end of the colours: one odd pair must not bleach the rest. */
const BEYOND = 0.005;
/**
 * Share of the values that count as "different", where values have one sign: what everything has in
 * common with everything is paper, and colour is left for what stands out.
 */
const BACKGROUND = 0.3;
/** Pairs looked at to find the domain; enough for the third digit. */
const SAMPLES = 50_000;

/**
 * The values the ends of the scale stand for, as quantiles of what is off the diagonal; symmetric
 * about 0 where values have a sign.
 *
 * @param values n × n, symmetric
 */
export function colorDomain(values: Float32Array, n: number, signed: boolean): readonly [number, number] {
  const pairs = (n * (n - 1)) / 2;
  // Odd, so that it does not fall in step with blocks of even size.
  const stride = Math.max(1, Math.floor(pairs / SAMPLES) | 1);
  const seen: number[] = [];
  let at = 0;
  for (let i = 1; i < n; i++) {
    for (let j = 0; j < i; j++, at++) {
      const value = values[i * n + j];
      if (at % stride === 0 && value === value) seen.push(value);
    }
  }
  if (seen.length === 0) return signed ? [-1, 1] : [0, 1];
  seen.sort((x, y) => x - y);
  const low = seen[Math.floor((signed ? BEYOND : BACKGROUND) * (seen.length - 1))];
  const high = seen[Math.ceil((1 - BEYOND) * (seen.length - 1))];
  if (!signed) return high > low ? [low, high] : [Math.min(0, low), Math.max(high, low + 1e-6)];
  const reach = Math.max(Math.abs(low), Math.abs(high), 1e-6);
  return [-reach, reach];
}

/** The picture, a pixel per cell, as RGBA bytes; undefined cells are transparent. */
export function paintValues(
  values: Float32Array,
  domain: readonly [number, number],
  { table }: ColorScale,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * values.length);
  for (let at = 0; at < values.length; at++) {
    const value = values[at];
    if (value !== value) continue;
    const entry = 3 * scaleIndex(value, domain);
    pixels[4 * at] = table[entry];
    pixels[4 * at + 1] = table[entry + 1];
    pixels[4 * at + 2] = table[entry + 2];
    pixels[4 * at + 3] = 255;
  }
  return pixels;
}

export interface Pair {
  readonly row: number;
  readonly column: number;
  readonly value: number;
}

/** The pairs most alike, best first: what the table beside the picture lists. */
export function strongestPairs(values: Float32Array, n: number, count: number): Pair[] {
  const top = new TopK(count);
  for (let row = 0; row < n; row++) {
    for (let column = row + 1; column < n; column++) top.offer(row * n + column, values[row * n + column]);
  }
  const { indices, scores } = top.drain();
  return Array.from(indices, (at, rank) => ({ row: Math.floor(at / n), column: at % n, value: scores[rank] }));
}
