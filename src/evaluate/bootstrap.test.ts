import { describe, expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import {
  bootstrap,
  type CustomerSums,
  comparePaired,
  comparePairs,
  createResamples,
  meanOver,
  type Resamples,
} from './bootstrap.ts';

const normals = (count: number, mean: number, sd: number, seed: number) => {
  const random = createRandom(seed);
  return Float64Array.from({ length: count }, () => mean + sd * random.normal());
};
const average = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: ArrayLike<number>) => {
  const mean = average(values);
  return Math.sqrt(Array.from(values).reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
};

describe('intervals against the normal approximation', () => {
  test.each([
    ['a mean of 1,500 customers', 1500],
    ['a mean of 50,000 customers, drawn in groups', 50_000],
  ])('%s: ± 1.96 s/√n', async (_, count) => {
    const values = normals(count, 5, 2, 3);
    const [interval] = await bootstrap([{ sums: values, counts: null }], createResamples(7));
    const error = deviation(values) / Math.sqrt(count);
    expect(interval?.mean).toBeCloseTo(average(values), 10);
    // 1,000 rounds leave about 0.08 standard errors of doubt about each end
    expect(Math.abs((interval?.low ?? 0) - (average(values) - 1.96 * error))).toBeLessThan(0.3 * error);
    expect(Math.abs((interval?.high ?? 0) - (average(values) + 1.96 * error))).toBeLessThan(0.3 * error);
  });

  test('a root of a ratio of sums: RMSE by the delta method', async () => {
    const random = createRandom(5);
    const counts = Float64Array.from({ length: 2000 }, () => 1 + random.integer(20));
    const sums = counts.map((n) => {
      // customers differ in how predictable they are, so their ratings are no independent sample
      const sd = 0.5 + random.next();
      let squares = 0;
      for (let r = 0; r < n; r++) squares += (sd * random.normal()) ** 2;
      return squares;
    });
    const [interval] = await bootstrap([{ sums, counts, root: true }], createResamples(2));
    const total = counts.reduce((sum, n) => sum + n, 0);
    const ratio = sums.reduce((sum, s) => sum + s, 0) / total;
    const residuals = sums.map((s, c) => (s - ratio * counts[c]) ** 2);
    const error = Math.sqrt(residuals.reduce((sum, r) => sum + r, 0)) / total / (2 * Math.sqrt(ratio));
    expect(interval?.mean).toBeCloseTo(Math.sqrt(ratio), 10);
    expect(Math.abs((interval?.low ?? 0) - (Math.sqrt(ratio) - 1.96 * error))).toBeLessThan(0.3 * error);
    expect(Math.abs((interval?.high ?? 0) - (Math.sqrt(ratio) + 1.96 * error))).toBeLessThan(0.3 * error);
  });

  test('holds the truth in about 95 of 100 samples', async () => {
    let held = 0;
    for (let sample = 0; sample < 200; sample++) {
      const [interval] = await bootstrap(
        [{ sums: normals(60, 1, 1, 1000 + sample), counts: null }],
        createResamples(sample, 400),
      );
      if (interval && interval.low <= 1 && interval.high >= 1) held++;
    }
    // the percentile bootstrap of 60 holds a little less than it says; 200 samples leave ± 3.5 of 100
    expect(held).toBeGreaterThan(176);
    expect(held).toBeLessThan(199);
  });
});

describe('details of the bootstrap', () => {
  test('one draw serves every figure, and the seed decides it', async () => {
    const values = normals(40, 0, 1, 9);
    const doubled = values.map((value) => 2 * value + 1);
    const ask = (seed: number) =>
      bootstrap(
        [
          { sums: values, counts: null },
          { sums: doubled, counts: null },
        ],
        createResamples(seed),
      );
    const [one, two] = await ask(3);
    expect(two?.low).toBeCloseTo(2 * (one?.low ?? 0) + 1, 10);
    expect(two?.high).toBeCloseTo(2 * (one?.high ?? 0) + 1, 10);
    expect(await ask(3)).toEqual([one, two]);
    expect((await ask(4))[0]).not.toEqual(one);
  });

  test('customers without a figure have no part in it; nobody at all is no figure', async () => {
    const sparse = meanOver(Float32Array.of(1, Number.NaN, 3, Number.NaN));
    const [interval] = await bootstrap([sparse], createResamples(1));
    expect(interval?.mean).toBe(2);
    expect(interval?.low).toBe(1);
    expect(interval?.high).toBe(3);
    expect(await bootstrap([meanOver(Float32Array.of(Number.NaN))], createResamples(1))).toEqual([null]);
    expect(await bootstrap([meanOver(new Float32Array())], createResamples(1))).toEqual([null]);
    expect(await bootstrap([meanOver(Float32Array.of(7))], createResamples(1))).toEqual([{ mean: 7, low: 7, high: 7 }]);
  });

  test('figures of different customers are refused', async () => {
    const figures = [meanOver(new Float32Array(3)), meanOver(new Float32Array(4))];
    await expect(bootstrap(figures, createResamples(1))).rejects.toThrow(RangeError);
  });
});

describe('two models on the same customers', () => {
  const first = Float32Array.of(0.9, 0.4, 0.7, 0.5, 0.8, 0.1, 0.6, 0.9);
  const second = Float32Array.of(0.5, 0.4, 0.1, 0.7, 0.2, 0.1, 0.3, 0.8);

  /** Every one of the 2ⁿ ways to exchange the two for each customer, worked out in full. */
  const exactP = (a: CustomerSums, b: CustomerSums) => {
    const n = a.sums.length;
    const figure = (model: CustomerSums, other: CustomerSums, exchanged: number) => {
      let [sum, count] = [0, 0];
      for (let c = 0; c < n; c++) {
        const from = (exchanged >> c) & 1 ? other : model;
        sum += from.sums[c];
        count += from.counts?.[c] ?? 1;
      }
      return model.root ? Math.sqrt(sum / count) : sum / count;
    };
    const observed = Math.abs(figure(a, b, 0) - figure(b, a, 0));
    let asLarge = 0;
    for (let exchanged = 0; exchanged < 2 ** n; exchanged++) {
      const difference = Math.abs(figure(a, b, exchanged) - figure(b, a, exchanged));
      if (difference >= observed - 1e-12) asLarge++;
    }
    return asLarge / 2 ** n;
  };

  test('difference, shares and p of means, the p against all 256 exchanges', async () => {
    const paired = await comparePaired(meanOver(first), meanOver(second), 'higher', createResamples(4, 20_000));
    expect(paired?.difference.mean).toBeCloseTo(average(first) - average(second), 6);
    expect([paired?.better, paired?.equal, paired?.worse]).toEqual([5 / 8, 2 / 8, 1 / 8]);
    const exact = exactP(meanOver(first), meanOver(second));
    expect(exact).toBeGreaterThan(0.02);
    expect(Math.abs((paired?.p ?? 0) - exact)).toBeLessThan(0.01);
  });

  test('RMSE: the same test on what the sums give, lower being better', async () => {
    const counts = Float64Array.of(3, 1, 4, 2, 6, 5, 2, 1);
    const a: CustomerSums = { sums: Float64Array.of(2, 3, 5, 1, 4, 6, 2, 0.5), counts, root: true };
    const b: CustomerSums = { sums: Float64Array.of(3, 3, 7, 0.5, 9, 6, 5, 1), counts, root: true };
    const paired = await comparePaired(a, b, 'lower', createResamples(8, 20_000));
    expect(paired?.difference.mean).toBeCloseTo(Math.sqrt(23.5 / 24) - Math.sqrt(34.5 / 24), 10);
    expect([paired?.better, paired?.equal, paired?.worse]).toEqual([5 / 8, 2 / 8, 1 / 8]);
    expect(Math.abs((paired?.p ?? 0) - exactP(a, b))).toBeLessThan(0.01);
  });

  test('the interval of a difference is that of the differences: pairing keeps what customers have in common', async () => {
    const level = normals(900, 0, 10, 1);
    const gain = normals(900, 0.2, 1, 2);
    const better = { sums: level.map((value, c) => value + gain[c]), counts: null };
    const paired = await comparePaired(better, { sums: level, counts: null }, 'higher', createResamples(6));
    const error = deviation(gain) / Math.sqrt(900);
    expect(Math.abs((paired?.difference.low ?? 0) - (average(gain) - 1.96 * error))).toBeLessThan(0.3 * error);
    expect(Math.abs((paired?.difference.high ?? 0) - (average(gain) + 1.96 * error))).toBeLessThan(0.3 * error);
    // z = 6: no exchange in 1,000 comes near
    expect(paired?.p).toBeCloseTo(1 / 1001, 10);
  });

  test('a model and itself: no difference at all, and p is 1', async () => {
    expect(await comparePaired(meanOver(first), meanOver(first), 'higher', createResamples(1))).toEqual({
      difference: { mean: 0, low: 0, high: 0 },
      p: 1,
      better: 0,
      equal: 1,
      worse: 0,
    });
  });

  test('p is uniform where nothing differs: small about as often as it says', async () => {
    let small = 0;
    for (let sample = 0; sample < 300; sample++) {
      const a = { sums: normals(30, 0, 1, 2 * sample), counts: null };
      const b = { sums: normals(30, 0, 1, 2 * sample + 1), counts: null };
      const paired = await comparePaired(a, b, 'higher', createResamples(sample, 200));
      if (paired && paired.p < 0.1) small++;
    }
    // 30 expected, standard deviation 5.2
    expect(small).toBeGreaterThan(13);
    expect(small).toBeLessThan(47);
  });

  test('customers are paired: others are refused, nobody is no comparison', async () => {
    await expect(
      comparePaired(meanOver(first), meanOver(second.subarray(1)), 'higher', createResamples(1)),
    ).rejects.toThrow(RangeError);
    const nobody = meanOver(new Float32Array());
    expect(await comparePaired(nobody, nobody, 'higher', createResamples(1))).toBeNull();
  });
});

describe('every two of several models', () => {
  const COUNT = 300;
  const models = [1, 2, 3, 4].map((seed) => ({ sums: normals(COUNT, 0.3 + 0.02 * seed, 0.3, seed), counts: null }));

  test('are what each two are alone, to the last bit, and each of them once', async () => {
    const resamples = createResamples(5);
    const pairs = await comparePairs(models, 'higher', resamples);
    expect(pairs.map(({ first, second }) => [first, second])).toEqual([
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 2],
      [1, 3],
      [2, 3],
    ]);
    for (const { first, second, paired } of pairs) {
      expect(paired).toEqual(await comparePaired(models[first], models[second], 'higher', resamples));
    }
  });

  test('the other way round nothing changes but the side', async () => {
    const resamples = createResamples(5);
    const [there, back] = await Promise.all([
      comparePairs(models, 'lower', resamples),
      comparePairs(models.toReversed(), 'lower', resamples),
    ]);
    for (const { first, second, paired } of there) {
      const last = models.length - 1;
      const other = back.find((pair) => pair.first === last - second && pair.second === last - first)?.paired;
      expect(other?.p).toBe(paired.p);
      expect(other?.difference.mean).toBe(-paired.difference.mean);
      expect(other?.difference.low).toBeCloseTo(-paired.difference.high, 12);
      expect(other?.difference.high).toBeCloseTo(-paired.difference.low, 12);
      expect([other?.better, other?.equal, other?.worse]).toEqual([paired.worse, paired.equal, paired.better]);
    }
  });

  test('customers are drawn once for all of them, and the share grows to the whole', async () => {
    let asked = 0;
    const resamples: Resamples = createResamples(5);
    const counted: Resamples = {
      ...resamples,
      timesDrawn: (groups) => {
        asked++;
        return resamples.timesDrawn(groups);
      },
    };
    const shares: number[] = [];
    await comparePairs(models, 'higher', counted, (share) => shares.push(share));
    expect(asked).toBe(1);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBeCloseTo(1, 12);
  });

  test('of one model, or of none, there are no pairs', async () => {
    expect(await comparePairs(models.slice(0, 1), 'higher', createResamples(1))).toEqual([]);
    expect(await comparePairs([], 'higher', createResamples(1))).toEqual([]);
  });
});
