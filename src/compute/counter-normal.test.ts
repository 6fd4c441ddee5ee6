import { describe, expect, it } from 'vitest';
import { counterBits, counterNormals, streamKey } from './counter-normal.ts';

/** pcg3d as published, in whole numbers without any limit. */
function pcg3d(row: number, pair: number, key: number): bigint[] {
  const word = (n: bigint) => n & 0xffffffffn;
  const v = [row, pair, key].map((n) => word(BigInt(n) * 1664525n + 1013904223n));
  const round = () => {
    v[0] = word(v[0] + v[1] * v[2]);
    v[1] = word(v[1] + v[2] * v[0]);
    v[2] = word(v[2] + v[0] * v[1]);
  };
  round();
  for (let at = 0; at < 3; at++) v[at] ^= v[at] >> 16n;
  round();
  return v;
}

/** `rows` rows of `columns` numbers of one stream. */
function draw(key: number, rows: number, columns: number): Float64Array[] {
  return Array.from({ length: rows }, (_, row) => {
    const out = new Float64Array(columns);
    counterNormals(key, row, out);
    return out;
  });
}

const mean = (values: ArrayLike<number>, of: (x: number) => number) => {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += of(values[at]);
  return sum / values.length;
};

const ROWS = 6000;
const COLUMNS = 33;
const flat = (rows: Float64Array[]) => Float64Array.from(rows.flatMap((row) => [...row]));

describe('the hash', () => {
  it('is pcg3d', () => {
    for (const [key, row, pair] of [
      [0, 0, 0],
      [0xffffffff, 0xfffffffe, 7],
      [123456789, 6039, 16],
    ]) {
      const [x, y] = pcg3d(row, pair, key);
      expect(counterBits(key, row, pair)).toEqual([Number(x), Number(y)]);
    }
  });

  it('gives every half sweep of a seed, and the same one of other seeds, a key of its own', () => {
    const keys = new Set<number>();
    for (let seed = 0; seed < 20; seed++) {
      for (let sweep = 0; sweep < 500; sweep++) {
        keys.add(streamKey(seed, sweep, 'user')).add(streamKey(seed, sweep, 'item'));
      }
    }
    // 20,000 keys of 2³²: two collide once in 21 times by chance
    expect(keys.size).toBeGreaterThan(19_998);
    expect(streamKey(1, 2, 'user')).toBe(streamKey(1, 2, 'user'));
  });
});

describe('the numbers', () => {
  const rows = draw(streamKey(1, 3, 'user'), ROWS, COLUMNS);
  const all = flat(rows);
  // standard errors at this many numbers
  const unit = 1 / Math.sqrt(all.length);

  it('have the moments of a standard normal', () => {
    expect(Math.abs(mean(all, (x) => x))).toBeLessThan(4 * unit);
    expect(Math.abs(mean(all, (x) => x ** 2) - 1)).toBeLessThan(4 * Math.SQRT2 * unit);
    expect(Math.abs(mean(all, (x) => x ** 3))).toBeLessThan(4 * Math.sqrt(15) * unit);
    expect(Math.abs(mean(all, (x) => x ** 4) - 3)).toBeLessThan(4 * Math.sqrt(96) * unit);
  });

  it('lie between the quantiles of a standard normal as often as they should', () => {
    for (const [limit, beyond] of [
      [0.125661, 0.9],
      [0.67449, 0.5],
      [1.644854, 0.1],
      [2.575829, 0.01],
      [3.290527, 0.001],
    ]) {
      const share = mean(all, (x) => (Math.abs(x) > limit ? 1 : 0));
      expect(Math.abs(share - beyond)).toBeLessThan(4 * Math.sqrt(beyond * (1 - beyond)) * unit);
    }
    expect(all.every((x) => Math.abs(x) < 5.8)).toBe(true);
  });

  it('do not know of their neighbours: rows, columns, sweeps, sides, seeds', () => {
    const correlation = (a: ArrayLike<number>, b: ArrayLike<number>) => {
      let sum = 0;
      let squares = 0;
      const length = Math.min(a.length, b.length);
      for (let at = 0; at < length; at++) {
        sum += a[at] * b[at];
        squares += (a[at] ** 2 - 1) * (b[at] ** 2 - 1);
      }
      return { plain: sum / length, ofSquares: squares / 2 / length };
    };
    const next = rows.slice(1).flatMap((row) => [...row]);
    const tenth = rows.slice(10).flatMap((row) => [...row]);
    const others = [
      next,
      tenth,
      flat(draw(streamKey(1, 4, 'user'), ROWS, COLUMNS)),
      flat(draw(streamKey(1, 3, 'item'), ROWS, COLUMNS)),
      flat(draw(streamKey(2, 3, 'user'), ROWS, COLUMNS)),
    ];
    for (const other of others) {
      const { plain, ofSquares } = correlation(all, other);
      expect(Math.abs(plain)).toBeLessThan(4 * unit);
      expect(Math.abs(ofSquares)).toBeLessThan(4 * unit);
    }
    for (let apart = 1; apart < COLUMNS; apart += 5) {
      const left = flat(rows.map((row) => row.subarray(0, COLUMNS - apart)));
      const right = flat(rows.map((row) => row.subarray(apart)));
      const { plain, ofSquares } = correlation(left, right);
      const bound = 4 / Math.sqrt(left.length);
      expect(Math.abs(plain)).toBeLessThan(bound);
      expect(Math.abs(ofSquares)).toBeLessThan(bound);
    }
  });

  it('of one place do not depend on how many are asked for', () => {
    const few = new Float64Array(4);
    counterNormals(streamKey(1, 3, 'user'), 17, few);
    expect(few).toEqual(rows[17].slice(0, 4));
  });
});
