import { describe, expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { NOT_FOUND } from '../compute/device.ts';
import { ratingsOf } from '../data/ratings.testing.ts';
import type { HeldOutChoices } from '../models/held-out.ts';
import { createResamples } from './bootstrap.ts';
import { categoryCosine, columnCosine, exposureOf } from './exposure.ts';
import type { Lists } from './ranking.ts';
import { trainingChoices } from './training-choices.ts';

/** Four customers, five products: 0 was chosen by three, 1 and 2 by one each, 3 and 4 by nobody; customer 3 chose nothing. */
const training = trainingChoices(
  ratingsOf(
    { users: Uint32Array.of(0, 0, 1, 2, 2), items: Uint32Array.of(0, 1, 0, 0, 2), values: new Float32Array(5).fill(1) },
    4,
    5,
    'implicit',
  ),
);
const users = Uint32Array.of(0, 1, 3);
const lists: Lists = { users, length: 2, items: Uint32Array.of(2, 3, 1, 2, 0, NOT_FOUND) };
const choices: HeldOutChoices = {
  users,
  pointers: Uint32Array.of(0, 1, 3, 4),
  items: Uint32Array.of(2, 2, 4, 0),
};
const resamples = createResamples(1);
const popular: Lists = { users, length: 2, items: Uint32Array.of(2, 3, 1, 3, 0, 1) };

describe('three lists, by hand', () => {
  test('what they do to the catalogue and how they look beside their customers', async () => {
    expect(Array.from(training.perProduct)).toEqual([3, 1, 1, 0, 0]);
    expect(training.choosers).toBe(3);
    const { exposure, counts } = await exposureOf(lists, choices, training, popular, (a, b) => (a + b) / 10, resamples);
    // 0, 1, 2, 3 of five
    expect(exposure.coverage.mean).toBe(4 / 5);
    // listed 1, 1, 2, 1, 0 times; ascending 0 1 1 1 2 with weights −4 −2 0 2 4 over (5 − 1) · 5
    expect(exposure.gini?.mean).toBeCloseTo((-4 * 0 - 2 * 1 + 0 * 1 + 2 * 1 + 4 * 2) / (4 * 5), 12);
    // 2, 1 (one chooser of three) and 3 (as if it had one): log₂ 3 each; product 0 was chosen by all: 0
    expect(exposure.novelty?.mean).toBeCloseTo((Math.log2(3) + Math.log2(3) + 0) / 3, 12);
    // listed (1 + 0)/2 and (1 + 1)/2, own (3 + 1)/2 and 3; customer 3 has nothing to compare with
    expect(exposure.popularityLift?.mean).toBeCloseTo((0.5 + 1) / (2 + 3), 12);
    // (2 + 3)/10 and (1 + 2)/10 alike; one thing alone is no pair
    expect(exposure.diversity?.mean).toBeCloseTo((1 - 0.5 + (1 - 0.3)) / 2, 12);
    // hits: 2, 2 and 0; the popular lists hold the first and the last
    expect(exposure.serendipity?.mean).toBeCloseTo(1 / 3, 12);
    expect(counts).toEqual({
      novelty: { customers: 3, undefined: 0, passed: 0 },
      // customer 3 chose nothing before
      popularityLift: { customers: 2, undefined: 1, passed: 0 },
      // and their list holds a single thing
      diversity: { customers: 2, undefined: 1, passed: 0 },
    });
  });

  test('a list of three has three pairs', async () => {
    const one: Lists = { users: Uint32Array.of(0), length: 3, items: Uint32Array.of(4, 1, 3) };
    const alike: Record<string, number> = { '14': 0.2, '34': 0.9, '13': 0.4 };
    const { exposure } = await exposureOf(
      one,
      { users: Uint32Array.of(0), pointers: Uint32Array.of(0, 1), items: Uint32Array.of(0) },
      training,
      one,
      (a, b) => alike[`${Math.min(a, b)}${Math.max(a, b)}`],
      resamples,
    );
    expect(exposure.diversity?.mean).toBeCloseTo(1 - (0.2 + 0.9 + 0.4) / 3, 12);
  });

  test('popularity is no surprise to itself, and empty lists say nothing', async () => {
    const own = await exposureOf(popular, choices, training, popular, () => 0, resamples);
    expect(own.exposure.serendipity).toEqual({ mean: 0, low: 0, high: 0 });
    const empty: Lists = { users, length: 2, items: new Uint32Array(6).fill(NOT_FOUND) };
    const nobody = { customers: 0, undefined: 3, passed: 0 };
    expect(await exposureOf(empty, choices, training, popular, () => 0, resamples)).toEqual({
      exposure: {
        coverage: { mean: 0, low: 0, high: 0 },
        gini: null,
        novelty: null,
        popularityLift: null,
        diversity: null,
        serendipity: null,
      },
      counts: { novelty: nobody, popularityLift: nobody, diversity: nobody },
    });
  });

  test('a stop is heard', async () => {
    const signal = AbortSignal.abort();
    const many: Lists = {
      users: new Uint32Array(3000),
      length: 2,
      items: new Uint32Array(6000).map((_, at) => at % 5),
    };
    const slow = () => {
      const until = performance.now() + 1;
      while (performance.now() < until);
      return 0;
    };
    const none: HeldOutChoices = { users: many.users, pointers: new Uint32Array(3001), items: new Uint32Array() };
    await expect(exposureOf(many, none, training, many, slow, resamples, undefined, signal)).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

describe('intervals over customers, against the normal approximation', () => {
  const COUNT = 800;
  const PRODUCTS = 60;
  const random = createRandom(8);
  const three = (): number[] => {
    const drawn = new Set<number>();
    while (drawn.size < 3) drawn.add(Math.floor(PRODUCTS * random.next() ** 2));
    return [...drawn];
  };
  const everyone = Array.from({ length: COUNT }, (_, user) => user);
  const drawn = Uint32Array.from(everyone);
  const chosen = everyone.map(three);
  const listed = everyone.map(three);
  const hit = listed.map((list) => list.slice(0, random.integer(3)).sort((x, y) => x - y));
  const pointers = Uint32Array.from([0, ...hit], (_, q) => hit.slice(0, q).flat().length);
  const held: HeldOutChoices = { users: drawn, pointers, items: Uint32Array.from(hit.flat()) };
  const learned = trainingChoices(
    ratingsOf(
      {
        users: Uint32Array.from(chosen.flatMap((things, user) => things.map(() => user))),
        items: Uint32Array.from(chosen.flat()),
        values: new Float32Array(3 * COUNT).fill(1),
      },
      COUNT,
      PRODUCTS,
      'implicit',
    ),
  );
  const listsOf = (all: readonly (readonly number[])[]): Lists => ({
    users: drawn,
    length: 3,
    items: Uint32Array.from(all.flat()),
  });
  const popularLists = listsOf(everyone.map(() => [0, 1, 2]));
  const alike = (x: number, y: number) => ((x * y) % 7) / 7;

  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  /** Σ a / Σ b with its error by the delta method; b = 1 for a mean. */
  function ratio(a: readonly number[], b: readonly number[]) {
    const figure = mean(a) / mean(b);
    const squares = a.reduce((sum, value, q) => sum + (value - figure * b[q]) ** 2, 0);
    return { figure, error: Math.sqrt(squares) / (a.length * mean(b)) };
  }
  const ones = everyone.map(() => 1);
  const times = (item: number) => chosen.filter((things) => things.includes(item)).length;
  const fame = (things: readonly number[]) => mean(things.map(times));
  const pairs = ([x, y, z]: readonly number[]) => 1 - (alike(x, y) + alike(x, z) + alike(y, z)) / 3;
  const expected = {
    novelty: ratio(
      listed.map((list) => mean(list.map((item) => -Math.log2(Math.max(1, times(item)) / COUNT)))),
      ones,
    ),
    popularityLift: ratio(listed.map(fame), chosen.map(fame)),
    diversity: ratio(listed.map(pairs), ones),
    serendipity: ratio(
      hit.map((things) => things.filter((item) => item > 2).length),
      hit.map((things) => things.length),
    ),
  };

  test.each(Object.entries(expected))('%s', async (name, { figure, error }) => {
    const { exposure } = await exposureOf(listsOf(listed), held, learned, popularLists, alike, createResamples(3));
    const interval = exposure[name as keyof typeof expected];
    if (!interval) throw new RangeError(name);
    expect(interval.mean).toBeCloseTo(figure, 10);
    // 1,000 rounds leave about 0.08 standard errors of doubt about each end.
    expect(Math.abs(interval.low - (figure - 1.96 * error))).toBeLessThan(0.3 * error);
    expect(Math.abs(interval.high - (figure + 1.96 * error))).toBeLessThan(0.3 * error);
  });

  test('who has nothing to compare with is in no draw', async () => {
    const { exposure, counts } = await exposureOf(lists, choices, training, popular, () => 0.5, createResamples(3));
    expect(counts.popularityLift.customers).toBe(2);
    // (1 + 0)/2 over (3 + 1)/2, and (1 + 1)/2 over 3: the ratio lies between those of the two.
    expect(exposure.popularityLift?.low).toBeCloseTo(0.5 / 2, 12);
    expect(exposure.popularityLift?.high).toBeCloseTo(1 / 3, 12);
    expect(exposure.diversity).toEqual({ mean: 0.5, low: 0.5, high: 0.5 });
  });
});

describe('how alike two products are', () => {
  test('cosine of the columns of choices, against counting', () => {
    const random = createRandom(6);
    const chosen = Array.from({ length: 30 }, () => Array.from({ length: 8 }, (_, item) => random.next() < item / 10));
    const rows = chosen.flatMap((row, user) => row.flatMap((yes, item) => (yes ? [{ user, item }] : [])));
    const cosine = columnCosine(
      trainingChoices(
        ratingsOf(
          {
            users: Uint32Array.from(rows, ({ user }) => user),
            items: Uint32Array.from(rows, ({ item }) => item),
            values: Float32Array.from(rows, (_, at) => 1 + (at % 3)),
          },
          30,
          8,
          'implicit',
        ),
      ),
    );
    const count = (yes: (row: boolean[]) => boolean) => chosen.filter(yes).length;
    for (let a = 0; a < 8; a++) {
      for (let b = 0; b < 8; b++) {
        const [n, m, both] = [count((row) => row[a]), count((row) => row[b]), count((row) => row[a] && row[b])];
        const expected = n * m === 0 ? 0 : both / Math.sqrt(n * m);
        expect(cosine(a, b)).toBeCloseTo(expected, 12);
        expect(cosine(b, a)).toBe(cosine(a, b));
      }
    }
  });

  test('cosine of the sets of categories, by hand', () => {
    // 0: drama, comedy; 1: drama; 2: none; 3: comedy, drama, war
    const cosine = categoryCosine({
      names: ['drama', 'comedy', 'war'],
      pointers: Uint32Array.of(0, 2, 3, 3, 6),
      codes: Uint32Array.of(0, 1, 0, 1, 0, 2),
    });
    expect(cosine(0, 1)).toBeCloseTo(1 / Math.sqrt(2), 12);
    expect(cosine(0, 3)).toBeCloseTo(2 / Math.sqrt(6), 12);
    expect(cosine(0, 0)).toBeCloseTo(1, 12);
    expect(cosine(1, 2)).toBe(0);
    expect(cosine(2, 2)).toBe(0);
  });
});
