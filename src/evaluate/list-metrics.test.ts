import { describe, expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import type { Pairs } from '../base/sparse.ts';
import { NOT_FOUND } from '../compute/device.ts';
import { ratingsOf } from '../data/ratings.testing.ts';
import type { HeldOutChoices } from '../models/held-out.ts';
import {
  areasUnderCurve,
  areaUnderCurve,
  averagePrecision,
  judgeLists,
  LIST_METRICS,
  reciprocalRank,
  testedCustomers,
} from './list-metrics.ts';
import type { Lists } from './ranking.ts';

const pairs = (rows: readonly (readonly [user: number, item: number, value: number])[]): Pairs => ({
  users: Uint32Array.from(rows, ([user]) => user),
  items: Uint32Array.from(rows, ([, item]) => item),
  values: Float32Array.from(rows, ([, , value]) => value),
});

describe('who is tested', () => {
  const train = ratingsOf(
    pairs([
      [0, 0, 5],
      [1, 1, 4],
      [2, 2, 5],
      [3, 3, 1],
    ]),
    5,
    6,
  );

  test('customers with a relevant thing that could be listed; the others are counted', () => {
    const { choices, skipped } = testedCustomers(
      pairs([
        [3, 5, 3],
        [0, 4, 2],
        [1, 1, 5],
        [2, 2, 5],
        [2, 4, 4],
        [2, 0, 1],
      ]),
      train,
    );
    // 0 has only a dislike held out, 1 only what training holds already; 3 was happy with product 5
    expect(Array.from(choices.users)).toEqual([2, 3]);
    expect(skipped).toBe(2);
    // all that is relevant to a tested customer counts, as in `rankAll`
    expect(Array.from(choices.pointers)).toEqual([0, 2, 3]);
    expect(Array.from(choices.items)).toEqual([2, 4, 5]);
  });

  test('nothing held out: nobody is tested and nobody skipped', () => {
    const { choices, skipped } = testedCustomers(pairs([]), train);
    expect([choices.users.length, skipped]).toEqual([0, 0]);
  });
});

describe('lists, by hand', () => {
  const choices: HeldOutChoices = {
    users: Uint32Array.of(0, 2, 5),
    pointers: Uint32Array.of(0, 2, 3, 7),
    items: Uint32Array.of(1, 4, 3, 0, 1, 2, 6),
  };

  test('every metric of three lists of three', () => {
    const lists: Lists = {
      users: choices.users,
      length: 3,
      items: Uint32Array.of(4, 7, 1, 5, 3, NOT_FOUND, 7, 2, 0),
    };
    const figures = judgeLists(lists, choices);
    const d = (place: number) => 1 / Math.log2(place + 1);
    // hits at places 1 and 3 of 2 relevant; at 2 of 1; at 2 and 3 of 4 (the best list would have 3 of them)
    const expected: Record<(typeof LIST_METRICS)[number], number[]> = {
      hitRate: [1, 1, 1],
      precision: [2 / 3, 1 / 3, 2 / 3],
      recall: [2 / 2, 1 / 1, 2 / 4],
      ndcg: [(d(1) + d(3)) / (d(1) + d(2)), d(2) / d(1), (d(2) + d(3)) / (d(1) + d(2) + d(3))],
      averagePrecision: [(1 / 1 + 2 / 3) / 2, 1 / 2 / 1, (1 / 2 + 2 / 3) / 3],
      reciprocalRank: [1, 1 / 2, 1 / 2],
    };
    for (const metric of LIST_METRICS) {
      expect(figures[metric]).toHaveLength(3);
      figures[metric].forEach((value, q) => {
        expect(value, `${metric} of list ${q}`).toBeCloseTo(expected[metric][q], 6);
      });
    }
  });

  test('no hit is nothing of everything, and lists of other customers are refused', () => {
    const lists: Lists = { users: choices.users, length: 1, items: Uint32Array.of(7, 7, 7) };
    const figures = judgeLists(lists, choices);
    for (const metric of LIST_METRICS) expect(Array.from(figures[metric])).toEqual([0, 0, 0]);
    expect(() => judgeLists({ ...lists, users: Uint32Array.of(0), items: Uint32Array.of(7) }, choices)).toThrow(
      RangeError,
    );
  });
});

describe('published examples', () => {
  test("mean reciprocal rank of Wikipedia's plurals (right answers in places 3, 2 and 1): 11/18", () => {
    const ranks = [[2], [1], [0]].map((places) => reciprocalRank(places, 3));
    expect((ranks[0] + ranks[1] + ranks[2]) / 3).toBeCloseTo(11 / 18, 12);
    expect(reciprocalRank([2], 2)).toBe(0);
    expect(reciprocalRank([], 2)).toBe(0);
  });

  // scikit-learn's documentation: truths 0 0 1 1, scores .1 .4 .35 .8
  const scores = Float32Array.of(0.1, 0.4, 0.35, 0.8);

  test('average precision of the example in scikit-learn: 0.83', () => {
    // by score: 3 (relevant), 1, 2 (relevant), 0
    expect(averagePrecision([0, 2], 2, 4)).toBeCloseTo((1 + 2 / 3) / 2, 12);
    // cut after one place, the best possible list is one hit
    expect(averagePrecision([0, 2], 2, 1)).toBe(1);
  });

  test('area under the curve of the same example: 0.75', () => {
    expect(areaUnderCurve(scores, Uint32Array.of(2, 3), new Uint32Array())).toBeCloseTo(0.75, 12);
  });
});

describe('area under the curve', () => {
  test('is the share of pairs in the right order, equal ones half, over random scores with ties and gaps', () => {
    const random = createRandom(4);
    for (let round = 0; round < 200; round++) {
      const n = 2 + random.integer(12);
      const scores = Float32Array.from({ length: n }, () => {
        const value = random.integer(5);
        return value === 0 ? Number.NEGATIVE_INFINITY : value === 1 ? Number.NaN : value;
      });
      const role = Array.from({ length: n }, () => random.integer(3));
      const of = (wanted: number) => Uint32Array.from(role.keys()).filter((item) => role[item] === wanted);
      const [relevant, others, excluded] = [of(0), of(1), of(2)];
      const worth = (item: number) => (Number.isNaN(scores[item]) ? Number.NEGATIVE_INFINITY : scores[item]);
      let won = 0;
      for (const good of relevant) {
        for (const bad of others) won += worth(good) > worth(bad) ? 1 : worth(good) === worth(bad) ? 0.5 : 0;
      }
      const area = areaUnderCurve(scores, relevant, excluded);
      if (relevant.length === 0 || others.length === 0) expect(area).toBeNaN();
      else expect(area).toBeCloseTo(won / (relevant.length * others.length), 10);
      // what training holds is no candidate, though it be relevant
      const both = Uint32Array.from([...relevant, ...excluded]).sort();
      if (relevant.length > 0 && others.length > 0) expect(areaUnderCurve(scores, both, excluded)).toBe(area);
    }
  });

  test('is asked for by customer, in blocks, without what they have; undefined is not zero', async () => {
    const train = ratingsOf(
      pairs([
        [0, 0, 5],
        [1, 0, 5],
        [1, 1, 5],
        [2, 3, 5],
      ]),
      3,
      4,
      'implicit',
    );
    const asked: number[] = [];
    const model = {
      async scoresForMany(users: Uint32Array) {
        asked.push(...users);
        return Float32Array.from({ length: users.length * 4 }, (_, at) => at % 4);
      },
    };
    const choices: HeldOutChoices = {
      users: Uint32Array.of(0, 1, 2),
      pointers: Uint32Array.of(0, 1, 3, 4),
      items: Uint32Array.of(2, 2, 3, 0),
    };
    const areas = await areasUnderCurve(model, train, choices);
    expect(asked).toEqual([0, 1, 2]);
    // 0: 2 beats 1, not 3. 1: nothing but relevant things is left. 2: 0 beats neither 1 nor 2.
    expect(Array.from(areas)).toEqual([0.5, Number.NaN, 0]);
  });
});
