import { describe, expect, test } from 'vitest';
import { AppError } from '../base/error.ts';
import { createRandom } from '../base/random.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import { type Dated, datedChoices } from './dated.testing.ts';
import { historiesOf } from './held-out.ts';
import { type MarkovOptions, markov } from './markov.ts';
import { MarkovModel } from './markov-model.ts';
import { sequencesOf } from './sequences.ts';

const USERS = 30;
/** Nobody chooses the last one. */
const ITEMS = 15;
const device = createReferenceDevice();
const random = createRandom(21);

/** Some days several things, some without a date; customer 0 has nothing, customer 1 nothing with a date. */
const choices: Dated[] = Array.from({ length: USERS }, (_, user) =>
  Array.from({ length: ITEMS - 1 }, (_, item) => ({ user, item, day: random.integer(9) }))
    .filter(() => user > 0 && random.next() < 0.5)
    .map((choice) => ({ ...choice, day: user === 1 || random.next() < 0.1 ? null : choice.day })),
).flat();
const ratings = datedChoices(choices, USERS, ITEMS);
const everybody = Uint32Array.from({ length: USERS }, (_, user) => user);
const options = { ...markov.defaults('balanced', ratings), lift: 0.3 };

const VARIANTS: Partial<MarkovOptions>[] = [
  {},
  { window: 1, decay: 1, together: 0, shrink: 0, lift: 0, recent: 1, fade: 1 },
  { window: 4, decay: 0.5, together: 2.5, shrink: 3, lift: 1, recent: 100, fade: 0.9 },
  { window: 2, decay: 0, together: 0.3, shrink: 50, lift: 0.5, recent: 3, fade: 0 },
];

/** A customer's baskets, the earliest first. */
function basketsOf(user: number): number[][] {
  const own = choices.filter((choice) => choice.user === user && choice.day !== null);
  const days = [...new Set(own.map(({ day }) => day as number))].sort((a, b) => a - b);
  return days.map((day) => own.filter((choice) => choice.day === day).map(({ item }) => item));
}

/** P(j | i) / π_j^β, in plain loops over all pairs of baskets. */
function chainByHand({ window, decay, together, shrink, lift }: MarkovOptions): number[][] {
  const counts = Array.from({ length: ITEMS }, () => new Array<number>(ITEMS).fill(0));
  for (let user = 0; user < USERS; user++) {
    const baskets = basketsOf(user);
    baskets.forEach((basket, from) => {
      baskets.forEach((later, to) => {
        const gap = to - from;
        for (const i of basket) {
          for (const j of later) {
            if (gap === 0 && i !== j) counts[i][j] += together;
            if (gap >= 1 && gap <= window) counts[i][j] += decay ** (gap - 1);
          }
        }
      });
    });
  }
  const popular = counts.map((_, item) => choices.filter((choice) => choice.item === item).length / choices.length);
  return counts.map((row) => {
    const known = row.reduce((sum, count) => sum + count, 0) + shrink;
    return row.map((count, j) =>
      popular[j] === 0 || known === 0 ? 0 : (count + shrink * popular[j]) / known / popular[j] ** lift,
    );
  });
}

/** Σ w P(j | i), the weights of the last baskets falling; null where nothing is dated. */
function scoresByHand(user: number, own: MarkovOptions): number[] | null {
  const chain = chainByHand(own);
  const latest = basketsOf(user).reverse().slice(0, own.recent);
  const said = latest.flatMap((basket, ago) => basket.map((item) => ({ item, weight: own.fade ** ago })));
  const sum = said.reduce((total, { weight }) => total + weight, 0);
  if (sum === 0) return null;
  return Array.from({ length: ITEMS }, (_, j) =>
    said.reduce((score, { item, weight }) => score + (weight / sum) * chain[item][j], 0),
  );
}

describe('what follows what', () => {
  test.each(VARIANTS)('every score is what plain loops give: %o', async (variant) => {
    const own = { ...options, ...variant };
    const { model } = await markov.fit(ratings, own, { device });
    const scores = await model.scoresForMany(everybody);
    const exclude = historiesOf(ratings.byUser, everybody);
    const { indices } = await model.topItemsForMany(everybody, 4, exclude);
    let answered = 0;
    for (const user of everybody) {
      const expected = scoresByHand(user, own);
      if (!expected) continue;
      answered++;
      expected.forEach((score, item) => {
        expect(scores[user * ITEMS + item]).toBeCloseTo(score, 5);
      });
      const list = [...indices.subarray(user * 4, user * 4 + 4)].filter((item) => item < ITEMS);
      const has = [...exclude.indices.subarray(exclude.pointers[user], exclude.pointers[user + 1])];
      const best = expected.flatMap((score, item) => (has.includes(item) ? [] : [score])).sort((a, b) => b - a);
      list.forEach((item, place) => {
        expect(expected[item]).toBeCloseTo(best[place], 5);
      });
      expect(list.filter((item) => has.includes(item))).toEqual([]);
    }
    expect(answered).toBe(USERS - 2);
  });

  test('who has nothing, or nothing with a date, is answered by popularity', async () => {
    const { model } = await markov.fit(ratings, options, { device });
    const counts = Array.from({ length: ITEMS }, (_, item) => choices.filter((one) => one.item === item).length);
    const order = counts.map((_, item) => item).sort((a, b) => counts[b] - counts[a] || a - b);
    for (const user of [0, 1]) {
      const { indices, scores } = await model.topItems(user, ITEMS, new Uint32Array());
      expect([...indices]).toEqual(order);
      expect(scores.every(Number.isFinite)).toBe(true);
    }
    const nothing = { items: new Uint32Array(), values: new Float32Array() };
    expect([...model.topItemsFrom(nothing, 3, new Uint32Array()).indices]).toEqual(order.slice(0, 3));
    expect(model.explain(nothing, order[0])).toMatchObject({
      contributions: [],
      score: expect.closeTo(counts[order[0]] / USERS, 6),
    });
    await expect(model.topItems(USERS, 1, new Uint32Array())).rejects.toThrow(RangeError);
  });

  test('a history without an order: everything counts alike, and a score is the sum of its reasons', async () => {
    const { model } = await markov.fit(ratings, options, { device });
    const chain = chainByHand(options);
    const history = { items: Uint32Array.of(2, 5, 6, 9), values: Float32Array.of(1, 4, 0, 0.5) };
    const counting = [2, 5, 9];
    const list = model.topItemsFrom(history, 4, history.items);
    list.indices.forEach((item, place) => {
      const { score, baseline, contributions } = model.explain(history, item);
      expect(list.scores[place]).toBeCloseTo(score, 5);
      expect(baseline).toBe(0);
      expect(contributions.reduce((sum, { amount }) => sum + amount, 0)).toBeCloseTo(score, 6);
      for (const { item: other, amount } of contributions) {
        expect(amount).toBeCloseTo(counting.includes(other) ? chain[other][item] / 3 : 0, 5);
      }
    });
    expect(model.scoresFrom(history)[list.indices[0]]).toBe(list.scores[0]);
  });

  test('a customer whose order is known: the same list as theirs, with reasons; what is new counts as the latest', async () => {
    const own = { ...options, recent: 3 };
    const { model } = await markov.fit(ratings, own, { device });
    const chain = chainByHand(own);
    const user = 7;
    const ordered = model.inOrderOf(user);
    const baskets = basketsOf(user);
    const dated = baskets.flat().sort((a, b) => a - b);
    const history = { items: Uint32Array.from(dated), values: new Float32Array(dated.length).fill(2) };
    const list = ordered.topItemsFrom(history, 4, history.items);
    const theirs = await model.topItems(user, 4, history.items);
    expect(list.indices).toEqual(theirs.indices);
    // Added up in another order.
    for (const [place, score] of theirs.scores.entries()) expect(list.scores[place]).toBeCloseTo(score, 6);
    expect(model.topItemsFrom(history, 1, history.items).scores[0]).not.toBeCloseTo(theirs.scores[0], 3);
    list.indices.forEach((item, place) => {
      const { score, contributions } = ordered.explain(history, item);
      expect(score).toBeCloseTo(list.scores[place], 5);
      const said = contributions.filter(({ amount }) => amount > 0).map((one) => one.item);
      expect(baskets.slice(-3).flat()).toEqual(expect.arrayContaining(said));
      expect(said.length).toBeGreaterThan(2);
    });

    // Something more, something less: steps are what is left of them, and what is new comes after the last.
    const has = ratings.byUser.indices.subarray(ratings.byUser.pointers[user], ratings.byUser.pointers[user + 1]);
    const added = Array.from({ length: ITEMS - 1 }, (_, item) => item).find((item) => !has.includes(item)) ?? -1;
    const [gone] = baskets[baskets.length - 2];
    const changed = [...dated.filter((item) => item !== gone), added].sort((a, b) => a - b);
    const after = [...baskets, [added]].reverse().slice(0, 3);
    const said = after.flatMap((basket, ago) => basket.map((item) => ({ item, weight: own.fade ** ago })));
    const kept = said.filter(({ item }) => item !== gone);
    const sum = kept.reduce((total, { weight }) => total + weight, 0);
    const scores = ordered.scoresFrom({
      items: Uint32Array.from(changed),
      values: new Float32Array(changed.length).fill(1),
    });
    for (let item = 0; item < ITEMS; item++) {
      const expected = kept.reduce((score, one) => score + (one.weight / sum) * chain[one.item][item], 0);
      expect(scores[item]).toBeCloseTo(expected, 5);
    }
    // A stranger has no order.
    expect(model.inOrderOf(USERS + 3).scoresFrom(history)).toEqual(model.scoresFrom(history));
  });

  test('validation chooses the lift: the one whose lists hold most of what is held out; a refit keeps it', async () => {
    // A hundred products more, so that a list of ten is a choice, in runs of five that follow one another.
    const wide = 100;
    const runs = Array.from({ length: 150 }, (_, user) => {
      const from = random.integer(wide / 5) * 5;
      const popular = Array.from({ length: 3 }, () => random.integer(10));
      const items = [...new Set([...popular, from, from + 1, from + 2, from + 3, from + 4])];
      return items.map((item, day) => ({ user, item, day }));
    });
    const data = datedChoices(
      runs.flatMap((own) => own.slice(0, -2)),
      150,
      wide,
    );
    const held = runs.flatMap((own) => own.slice(-2));
    const validation = {
      users: Uint32Array.from(held, ({ user }) => user),
      items: Uint32Array.from(held, ({ item }) => item),
      values: new Float32Array(held.length).fill(1),
    };
    const all = Uint32Array.from({ length: 150 }, (_, user) => user);
    /** recall@10, counted here. */
    const recallAt = async (lift: number) => {
      const { model } = await markov.fit(data, { ...options, lift }, { device });
      const { indices } = await model.topItemsForMany(all, 10, historiesOf(data.byUser, all));
      const found = runs.map((own, user) => {
        const list = indices.subarray(user * 10, user * 10 + 10);
        return own.slice(-2).filter(({ item }) => list.includes(item)).length / 2;
      });
      return found.reduce((sum, share) => sum + share, 0) / runs.length;
    };
    const recalls = await Promise.all([0, 0.2, 0.4].map(recallAt));
    const fitted = await markov.fit(data, { ...options, lift: -1 }, { device, validation });
    expect(Math.max(...recalls)).toBeGreaterThan(Math.min(...recalls));
    expect(fitted.model.lift).toBe([0, 0.2, 0.4][recalls.indexOf(Math.max(...recalls))]);
    const again = markov.refitOptions?.({ ...options, lift: -1 }, fitted);
    expect(again).toMatchObject({ lift: fitted.model.lift, epochs: 1 });
    expect((await markov.fit(data, { ...options, lift: -1 }, { device })).model.lift).toBe(0);
  });

  test('comes back from its bytes; damage is noticed; the same bytes every time', async () => {
    const { model } = await markov.fit(ratings, options, { device });
    const bytes = model.toBytes();
    const back = MarkovModel.fromBytes(bytes);
    expect(back.toBytes()).toEqual(bytes);
    expect(await back.scoresForMany(everybody)).toEqual(await model.scoresForMany(everybody));
    expect(() => MarkovModel.fromBytes(bytes.subarray(0, bytes.length - 4))).toThrow(AppError);
    const broken = bytes.slice();
    broken[broken.length - 2] ^= 1;
    expect(() => MarkovModel.fromBytes(broken)).toThrow(AppError);
    expect((await markov.fit(ratings, options, { device })).model.toBytes()).toEqual(bytes);
  });

  test('no times, no order, no choices and nonsense are refused', async () => {
    const fit = (data: typeof ratings, change: Partial<MarkovOptions> = {}) =>
      Promise.resolve().then(() => markov.fit(data, { ...options, ...change }, { device }));
    await expect(fit({ ...ratings, lastTime: null })).rejects.toMatchObject({
      code: 'columnMissing',
      params: { role: 'time' },
    });
    for (const time of [5, Number.NaN]) {
      const still = { ...ratings, lastTime: () => new Float64Array(choices.length).fill(time) };
      await expect(fit(still)).rejects.toMatchObject({ code: 'noSequences' });
    }
    await expect(fit(datedChoices([], 3, 3))).rejects.toMatchObject({ code: 'tooFewRatings' });
    for (const change of [
      { window: 0 },
      { recent: 0 },
      { decay: 2 },
      { fade: -1 },
      { shrink: -1 },
      { together: Number.NaN },
    ]) {
      await expect(fit(ratings, change)).rejects.toThrow(RangeError);
    }
  });
});

test('what a customer chose without a date has no say, whichever way they are asked about', async () => {
  const data = datedChoices(
    Array.from({ length: 12 }, (_, user) => [
      { user, item: user % 3, day: 1 },
      { user, item: 3 + (user % 3), day: 2 },
      { user, item: 6, day: user === 0 ? null : 3 },
    ]).flat(),
    12,
    8,
  );
  const { model } = await markov.fit(data, markov.defaults('balanced', data), { device });
  const own = data.byUser.indices.subarray(0, data.byUser.pointers[1]);
  const history = { items: Uint32Array.from(own), values: new Float32Array(own.length).fill(1) };
  for (const asked of [model, MarkovModel.fromBytes(model.toBytes())]) {
    const known = await asked.topItems(0, 5, history.items);
    const ordered = asked.inOrderOf(0).topItemsFrom(history, 5, history.items);
    expect(ordered.indices).toEqual(known.indices);
    expect(ordered.scores).toEqual(known.scores);
    // What is new to them counts as their latest.
    const more = { items: Uint32Array.of(...own, 7).sort(), values: new Float32Array(own.length + 1).fill(1) };
    expect(asked.inOrderOf(0).scoresFrom(more)).not.toEqual(asked.inOrderOf(0).scoresFrom(history));
  }
});

test('sequences: by time, ties one step, dislikes and what has no date left out', () => {
  const data = datedChoices(
    [
      { user: 0, item: 2, day: 5 },
      { user: 0, item: 0, day: 7 },
      { user: 0, item: 3, day: 5 },
      { user: 0, item: 1, day: null },
      { user: 2, item: 3, day: 1 },
    ],
    3,
    4,
  );
  const sequences = sequencesOf(data);
  expect(sequences?.pointers).toEqual(Uint32Array.of(0, 3, 3, 4));
  expect(sequences?.items).toEqual(Uint32Array.of(2, 3, 0, 3));
  expect(sequences?.steps).toEqual(Uint32Array.of(0, 0, 1, 0));
  const rated = { ...data, scale: { min: 1, max: 5, step: 1 }, rule: { minRating: 3, eventWeights: {} } };
  const values = Float32Array.of(5, 5, 2, 4, 3);
  expect(sequencesOf({ ...rated, byUser: { ...data.byUser, values } })?.items).toEqual(Uint32Array.of(3, 0, 3));
  expect(sequencesOf({ ...data, lastTime: null })).toBeNull();
});
