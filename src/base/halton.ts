/**
 * Points that fill a unit cube evenly however many of them are taken: the Halton sequence (1960), its digits exchanged at
 * random (Faure & Lemieux 2009 compare the ways to do that), so that dimensions with large bases do not go in step.
 */
import { createRandom } from './random.ts';

/** One a dimension. */
const BASES = [2, 3, 5, 7, 11, 13, 17, 19] as const;
/** Digits beyond this change a coordinate by less than 2⁻³². */
const FINEST = 2 ** -32;

/** Most dimensions a sequence may have. */
export const MOST_DIMENSIONS = BASES.length;

/**
 * The points of one sequence by number, from 0; each has `dimensions` coordinates in [0, 1). For a base b and any m the
 * points k·bᵐ … (k + 1)·bᵐ − 1 lie in bᵐ different intervals of length b⁻ᵐ. The same seed gives the same points, and
 * taking more of them changes none of the first. RangeError for fewer than 1 or more than `MOST_DIMENSIONS` dimensions.
 */
export function haltonPoints(dimensions: number, seed: number): (point: number) => Float64Array {
  if (!(Number.isInteger(dimensions) && dimensions >= 1 && dimensions <= MOST_DIMENSIONS)) {
    throw new RangeError(`${dimensions} dimensions`);
  }
  const random = createRandom(seed);
  const places = BASES.slice(0, dimensions).map((base) =>
    Array.from({ length: Math.ceil(-Math.log(FINEST) / Math.log(base)) }, () =>
      random.shuffle(Uint8Array.from({ length: base }, (_, digit) => digit)),
    ),
  );
  return (point) =>
    Float64Array.from(places, (digits, d) => {
      const base = BASES[d];
      let rest = point;
      let weight = 1;
      let coordinate = 0;
      for (const exchanged of digits) {
        weight /= base;
        coordinate += weight * exchanged[rest % base];
        rest = Math.floor(rest / base);
      }
      return coordinate;
    });
}
