import { describe, expect, test } from 'vitest';
import { createRandom } from '../base/random.ts';
import { NOT_FOUND } from '../compute/device.ts';
import type { HeldOutChoices } from '../models/held-out.ts';
import { createResamples, resampled } from './bootstrap.ts';
import { recallByAttribute, recallByCategory, simultaneous } from './group-recall.ts';
import type { CategoryGrouping, CustomerGrouping, GroupKey } from './groupings.ts';
import { NO_GROUP } from './groupings.ts';
import type { Lists } from './ranking.ts';
import { studentReach } from './student.ts';

const key = (value: string | null): GroupKey => ({ value, range: null, pooled: value === null ? 2 : 0 });
/** Customers with so many held-out choices each; which ones does not matter. */
const heldOf = (counts: readonly number[]): HeldOutChoices => ({
  users: Uint32Array.from(counts, (_, user) => user),
  pointers: Uint32Array.from([0, ...counts.map((_, q) => counts.slice(0, q + 1).reduce((sum, n) => sum + n, 0))]),
  items: new Uint32Array(counts.reduce((sum, n) => sum + n, 0)),
});

describe('by attribute', () => {
  const grouping = (of: readonly number[], keys: readonly GroupKey[]): CustomerGrouping => ({
    attribute: 'region',
    keys,
    of: Uint8Array.from(of),
    unknown: 1,
    tooFew: 2,
  });

  test('means, sizes and differences from everybody else, those of no group included', async () => {
    const recall = Float32Array.of(1, 0.5, 0, 0.25, 0.75, 0.5);
    const made = await recallByAttribute(
      grouping([0, 0, 1, 1, 2, NO_GROUP], [key('north'), key('south'), key(null)]),
      recall,
      heldOf([2, 2, 5, 4, 4, 8]),
      createResamples(1),
    );
    expect(made).toMatchObject({ attribute: 'region', unknown: 1, tooFew: 2 });
    expect(made.groups.map(({ value, customers, relevant }) => [value, customers, relevant])).toEqual([
      ['north', 2, 4],
      ['south', 2, 9],
      [null, 1, 4],
    ]);
    expect(made.groups.map(({ recall: { mean } }) => mean)).toEqual([0.75, 0.125, 0.75]);
    expect(made.groups[0].difference?.mean).toBeCloseTo(0.75 - (0 + 0.25 + 0.75 + 0.5) / 4, 12);
    expect(made.groups[1].difference?.mean).toBeCloseTo(0.125 - (1 + 0.5 + 0.75 + 0.5) / 4, 12);
    // how one customer differs says nothing of the group
    expect(made.groups[2].difference).toBeNull();
    expect(made.worst.group).toBe(1);
  });

  test('what was put together is nobody who could be called worst', async () => {
    const recall = Float32Array.of(0.5, 0.5, 0.25, 0.25, 0, 0);
    const keys = [key('north'), key('south'), key(null)];
    const { worst } = await recallByAttribute(
      grouping([0, 0, 1, 1, 2, 2], keys),
      recall,
      heldOf(Array(6).fill(1)),
      createResamples(1),
    );
    expect(worst.group).toBe(1);
  });

  const judgeDrawn = (groups: number, each: number, chance: (group: number) => number, seed: number) => {
    const random = createRandom(seed);
    const of = Array.from({ length: groups * each }, (_, user) => user % groups);
    const keys = Array.from({ length: groups }, (_, group) => key(`group ${group}`));
    const recall = Float32Array.from(of, (group) => (random.next() < chance(group) ? 1 : 0));
    return recallByAttribute(grouping(of, keys), recall, heldOf(of.map(() => 1)), createResamples(seed, 200));
  };

  test('a group that is served worse is told from chance', async () => {
    const { worst } = await judgeDrawn(6, 40, (group) => (group === 3 ? 0.1 : 0.6), 1);
    expect(worst).toEqual({ group: 3, certain: true });
  });

  test.each([
    [6, 40, 0.5],
    // in one of eight draws a group has no hit at all, and no spread of its own
    [12, 20, 0.2],
  ])('%i groups of %i, all served alike: the worst is hardly ever called certain', async (groups, each, chance) => {
    const rounds = 100;
    let [wrong, alone] = [0, 0];
    for (let round = 0; round < rounds; round++) {
      const made = await judgeDrawn(groups, each, () => chance, round);
      if (made.worst.certain) wrong++;
      // what the worst of them would have said by its own interval alone
      const { recall, difference } = made.groups[made.worst.group];
      const error = Math.sqrt(
        (recall.mean * (1 - recall.mean)) / each + (chance * (1 - chance)) / (each * (groups - 1)),
      );
      if ((difference?.mean ?? 0) + 1.96 * error < 0) alone++;
    }
    expect(wrong / rounds).toBeLessThanOrEqual(0.06);
    expect(alone / rounds).toBeGreaterThan(0.1);
  });

  test('all ties: no difference, no width, nobody called worst for certain', async () => {
    const made = await recallByAttribute(
      grouping([0, 0, 1, 1], [key('a'), key('b')]),
      new Float32Array(4).fill(0.5),
      heldOf([1, 1, 1, 1]),
      createResamples(1),
    );
    expect(made.groups.map(({ difference }) => difference)).toEqual([
      { mean: 0, low: 0, high: 0 },
      { mean: 0, low: 0, high: 0 },
    ]);
    expect(made.worst.certain).toBe(false);
  });

  test('two groups that are everybody: one is the other’s difference', async () => {
    const random = createRandom(2);
    const recall = Float32Array.from({ length: 60 }, () => random.integer(5) / 4);
    const of = Array.from(recall, (_, user) => user % 2);
    const made = await recallByAttribute(
      grouping(of, [key('a'), key('b')]),
      recall,
      heldOf(Array(60).fill(4)),
      createResamples(3),
    );
    const [a, b] = made.groups.map(({ difference }) => difference);
    expect(a?.mean).toBeCloseTo(-(b?.mean ?? 0), 12);
    expect(a?.low).toBeCloseTo(-(b?.high ?? 0), 12);
  });
});

describe('by category', () => {
  // products 0, 1 comedy; 1, 2 drama; 3 of no group
  const categories: CategoryGrouping = {
    keys: [key('comedy'), key('drama')],
    of: [[0], [0, 1], [1], []],
    unknown: 3,
    tooFew: 0,
  };
  const users = Uint32Array.of(4, 7, 9);
  const choices: HeldOutChoices = {
    users,
    pointers: Uint32Array.of(0, 3, 5, 7),
    items: Uint32Array.of(0, 1, 3, 2, 3, 0, 8),
  };
  const lists: Lists = { users, length: 2, items: Uint32Array.of(1, 3, 2, NOT_FOUND, 1, 2) };

  test('found of what was held out in the category, customer by customer, against all that was held out beside it', async () => {
    const made = await recallByCategory(categories, lists, choices, createResamples(1));
    expect(made).toMatchObject({ unknown: 3, tooFew: 0, worst: { group: 0 } });
    expect(made.groups.map(({ value, customers, relevant }) => [value, customers, relevant])).toEqual([
      ['comedy', 2, 3],
      ['drama', 2, 2],
    ]);
    // comedy: 1 of 2, 0 of 1; drama: 1 of 1, 1 of 1
    expect(made.groups.map(({ recall: { mean } }) => mean)).toEqual([(1 / 2 + 0) / 2, 1]);
    // beside comedy: 3 found; 2 found, 3 not; 8 (beyond the table) not. Beside drama: 3 found, 0 not; 3 not; 0 and 8 not
    expect(made.groups[0].difference?.mean).toBeCloseTo(1 / 4 - (1 + 1 / 2 + 0) / 3, 12);
    expect(made.groups[1].difference?.mean).toBeCloseTo(1 - (1 / 2 + 0 + 0) / 3, 12);
  });
});

/** P(|Z| ≥ z) by Simpson's rule on the density. */
function normalTails(z: number): number {
  const steps = 2000;
  const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  let area = 0;
  for (let s = 0; s <= steps; s++) {
    area += (s === 0 || s === steps ? 1 : s % 2 === 1 ? 4 : 2) * density((z * s) / steps);
  }
  return 1 - (2 * area * z) / (3 * steps);
}

describe('intervals that hold together', () => {
  test('as their definition has it, in plain loops', async () => {
    const random = createRandom(8);
    const figures = Array.from({ length: 4 }, () => ({
      sums: Float64Array.from({ length: 30 }, () => random.normal()),
      counts: null,
    }));
    const drawn = await resampled(figures, createResamples(2, 400));
    const rounds = drawn.map((figure) => ({ ...figure, customers: 30, least: 0 }));
    const deviations = rounds.map(({ drawn }) => {
      const mean = drawn.reduce((sum, value) => sum + value, 0) / 400;
      return Math.sqrt((drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 399) * (30 / 29));
    });
    const largest = Array.from({ length: 400 }, (_, round) =>
      Math.max(...rounds.map(({ value, drawn }, f) => Math.abs(drawn[round] - value) / deviations[f])),
    ).sort((a, b) => a - b);
    const reach = largest[379] + 0.05 * (largest[380] - largest[379]);
    // the t of 29 degrees of freedom that is exceeded as seldom as the normal one is
    const student = studentReach(normalTails(reach), 29);
    simultaneous(rounds).forEach((interval, f) => {
      expect(interval?.mean).toBe(rounds[f].value);
      expect(interval?.low).toBeCloseTo(Math.max(-1, rounds[f].value - student * deviations[f]), 4);
      expect(interval?.high).toBeCloseTo(Math.min(1, rounds[f].value + student * deviations[f]), 4);
    });
    // wider than one alone, narrower than Bonferroni's for four by much
    expect(reach).toBeGreaterThan(2.1);
    expect(reach).toBeLessThan(2.9);
  });

  test('no error is less than a group of that size has among all customers', async () => {
    // nobody of b found anything: resampling b alone says that this is certain
    const recall = Float32Array.from({ length: 30 }, (_, user) => (user % 3 === 0 && user < 24 ? 1 : 0));
    const of = Array.from(recall, (_, user) => (user < 24 ? 0 : 1));
    const made = await recallByAttribute(
      { attribute: 'x', keys: [key('a'), key('b')], of: Uint8Array.from(of), unknown: 0, tooFew: 0 },
      recall,
      heldOf(of.map(() => 1)),
      createResamples(1),
    );
    expect(made.worst).toEqual({ group: 1, certain: false });
    // 8 of 30: variance 8 · 22 / 30 / 29; t of 5 degrees at 5 % or less is 2.571 or more
    const error = Math.sqrt(((8 * 22) / 30 / 29) * (1 / 6 + 1 / 24));
    const { difference } = made.groups[1];
    expect(((difference?.high ?? 0) - (difference?.mean ?? 0)) / error).toBeGreaterThan(2.4);
  });

  test('a figure nobody has gives none, nor does that of a single customer', () => {
    expect(simultaneous([{ value: Number.NaN, drawn: Float64Array.of(Number.NaN), customers: 0, least: 0 }])).toEqual([
      null,
    ]);
    expect(simultaneous([{ value: 0.5, drawn: Float64Array.of(0.5, 0.5), customers: 1, least: 0 }])).toEqual([null]);
  });
});
