import { describe, expect, test } from 'vitest';
import { AppError } from '../base/error.ts';
import type { ComputeDevice } from '../compute/device.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import { choiceWeights } from '../data/ratings.ts';
import { historiesOf } from './held-out.ts';
import { mfChoice } from './mf-choice.ts';
import { MfChoiceModel } from './mf-choice-model.ts';
import { plantedRatings, splitOff } from './planted.testing.ts';
import type { Checkpoint, History } from './recommender.ts';

const device = createReferenceDevice();
const USERS = 60;
const ITEMS = 40;
const K = 6;
const { ratings, held } = splitOff(plantedRatings({ users: USERS, items: ITEMS, perUser: 18, noise: 0.6, seed: 4 }), 5);
const options = { ...mfChoice.defaults('balanced', ratings), factors: K, epochs: 6, weightPower: 1, seed: 2 };
const { model } = await mfChoice.fit(ratings, options, { device });
const weights = choiceWeights(ratings);
const historyOf = (user: number): History => ({
  items: weights.indices.slice(weights.pointers[user], weights.pointers[user + 1]),
  values: weights.values.slice(weights.pointers[user], weights.pointers[user + 1]),
});
const nobody: History = { items: new Uint32Array(), values: new Float32Array() };
const itemVector = (item: number) => model.itemVectors.data.subarray(item * K, (item + 1) * K);
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  let sum = 0;
  for (let f = 0; f < K; f++) sum += a[f] * b[f];
  return sum;
};

describe('fit', () => {
  test('same seed, same bytes; continued from every checkpoint, the same too', async () => {
    const checkpoints: Checkpoint[] = [];
    const whole = await mfChoice.fit(ratings, options, {
      device,
      validation: held,
      onCheckpoint: (checkpoint) => void checkpoints.push(checkpoint),
    });
    const again = await mfChoice.fit(ratings, options, { device, validation: held });
    expect(again.model.toBytes()).toEqual(whole.model.toBytes());
    for (const resumeFrom of checkpoints) {
      const continued = await mfChoice.fit(ratings, options, { device, validation: held, resumeFrom });
      expect(continued.model.toBytes()).toEqual(whole.model.toBytes());
    }
  });

  test('lists hold what the planted taste says, and nothing of the history, disliked things included', async () => {
    const users = Uint32Array.from({ length: USERS }, (_, user) => user);
    const exclude = historiesOf(ratings.byUser, users);
    const { indices } = await model.topItemsForMany(users, 5, exclude);
    let right = 0;
    for (let user = 0; user < USERS; user++) {
      const seen = new Set(exclude.indices.subarray(exclude.pointers[user], exclude.pointers[user + 1]));
      for (const item of indices.subarray(user * 5, user * 5 + 5)) {
        expect(seen.has(item)).toBe(false);
        if (user % 2 === (item < ITEMS / 2 ? 0 : 1)) right++;
      }
    }
    expect(right / (USERS * 5)).toBeGreaterThan(0.9);
  });

  test('data without a single choice is refused', async () => {
    const disliked = { ...ratings, rule: { ...ratings.rule, minRating: 6 } };
    await expect(mfChoice.fit(disliked, options, { device })).rejects.toMatchObject({ code: 'tooFewRatings' });
  });
});

describe('a customer solved exactly', () => {
  const history = historyOf(11);
  const meanWeight = weights.values.reduce((sum, value) => sum + value, 0) / weights.values.length;

  /** Σ c(1 − s)² + w Σ_all s² + λ‖p‖², written down from its definition over every product. */
  function objective(vector: ArrayLike<number>): number {
    const { unobservedWeight } = options;
    const choices = weights.values.length;
    const typical = Math.sqrt(
      (choices / USERS + unobservedWeight * ITEMS) * (choices / ITEMS + unobservedWeight * USERS),
    );
    const regularization = (options.reg * (history.items.length + unobservedWeight * ITEMS)) / typical;
    let sum = regularization * dot(vector, vector);
    for (let item = 0; item < ITEMS; item++) {
      const score = dot(vector, itemVector(item));
      sum += unobservedWeight * score ** 2;
      const at = history.items.indexOf(item);
      if (at >= 0) sum += (history.values[at] / meanWeight) * (1 - score) ** 2;
    }
    return sum;
  }

  test('no small change of the solution lowers the objective', () => {
    const { vector } = model.foldIn(history);
    const least = objective(vector);
    for (const step of [1e-2, -1e-2]) {
      for (let f = 0; f < K; f++) {
        const moved = vector.slice();
        moved[f] += step;
        expect(objective(moved)).toBeGreaterThan(least);
      }
    }
  });

  test('reasons add up to the score of the list, to 1e-5', () => {
    const who = model.foldIn(history);
    const list = model.topItemsFor(who, 10, history.items);
    expect(list.indices).toHaveLength(10);
    list.indices.forEach((item, place) => {
      const { score, baseline, contributions } = model.explain(history, item);
      const sum = contributions.reduce((total, { amount }) => total + amount, baseline);
      expect(Math.abs(sum - list.scores[place])).toBeLessThan(1e-5);
      expect(Math.abs(score - sum)).toBeLessThan(1e-9);
      expect(baseline).toBe(0);
      expect(history.items).not.toContain(item);
      if (place > 0) expect(list.scores[place]).toBeLessThanOrEqual(list.scores[place - 1]);
    });
    expect(model.scoreFor(who, list.indices)).toEqual(list.scores);
  });

  test('a thing that is no choice says nothing', () => {
    const extended = {
      items: Uint32Array.from([...history.items, 39]),
      values: Float32Array.from([...history.values, 0]),
    };
    expect(model.foldIn(extended)).toEqual(model.foldIn(history));
    expect(model.explain(extended, 3).contributions.find(({ item }) => item === 39)?.amount).toBeCloseTo(0, 12);
  });

  test('somebody unknown is answered by popularity, and the reason says the same', () => {
    const list = model.topItemsFor(model.foldIn(nobody), ITEMS, new Uint32Array());
    const totals = new Float64Array(ITEMS);
    weights.indices.forEach((item, e) => {
      totals[item] += weights.values[e];
    });
    for (let place = 1; place < ITEMS; place++) {
      expect(totals[list.indices[place]]).toBeLessThanOrEqual(totals[list.indices[place - 1]] + 1e-4);
    }
    expect(model.explain(nobody, list.indices[0]).score).toBeCloseTo(list.scores[0], 6);
  });
});

describe('neighbours and audiences', () => {
  test('similar things share the planted half, and never hold the thing itself', () => {
    for (const item of [2, 30]) {
      const { indices, scores } = model.similarItems(item, 8);
      expect(indices).not.toContain(item);
      expect(Array.from(indices).filter((other) => other < ITEMS / 2 === item < ITEMS / 2).length).toBeGreaterThan(6);
      const cosine = dot(itemVector(item), itemVector(indices[0]));
      const norms = Math.sqrt(
        dot(itemVector(item), itemVector(item)) * dot(itemVector(indices[0]), itemVector(indices[0])),
      );
      expect(scores[0]).toBeCloseTo(cosine / norms, 5);
    }
  });

  test('a known customer is their own nearest; an audience is of the right half', async () => {
    const vector = model.userVectors.data.slice(5 * K, 6 * K);
    expect(model.similarUsers({ vector, bias: 0 }, 3).indices[0]).toBe(5);
    const audience = await model.topUsers(1, 12, new Uint32Array());
    expect(Array.from(audience.indices).filter((user) => user % 2 === 0).length).toBeGreaterThan(10);
  });

  test('an audience is everybody by the product of both vectors, whoever is left out not among them', async () => {
    const userVector = (user: number) => model.userVectors.data.subarray(user * K, (user + 1) * K);
    for (const [item, count] of [
      [1, 12],
      [33, USERS],
    ] as const) {
      const exclude = Uint32Array.of(0, 7, 8, 31, USERS - 1);
      const expected = Array.from({ length: USERS }, (_, user) => user)
        .filter((user) => !exclude.includes(user))
        .sort((a, b) => dot(itemVector(item), userVector(b)) - dot(itemVector(item), userVector(a)))
        .slice(0, count);
      const { indices, scores } = await model.topUsers(item, count, exclude);
      expect([...indices]).toEqual(expected);
      scores.forEach((score, at) => {
        expect(score).toBeCloseTo(dot(itemVector(item), userVector(indices[at])), 5);
      });
    }
    await expect(model.topUsers(ITEMS, 3, new Uint32Array())).rejects.toThrow(RangeError);
  });
});

describe('where the model lives', () => {
  const users = Uint32Array.of(0, 3, 9);
  const exclude = historiesOf(ratings.byUser, users);

  test('one by one and all at once are the same lists', async () => {
    const { indices, scores } = await model.topItemsForMany(users, 7, exclude);
    for (let q = 0; q < users.length; q++) {
      const list = await model.topItems(
        users[q],
        7,
        exclude.indices.subarray(exclude.pointers[q], exclude.pointers[q + 1]),
      );
      expect(indices.slice(q * 7, q * 7 + 7)).toEqual(list.indices);
      for (let place = 0; place < 7; place++) expect(scores[q * 7 + place]).toBeCloseTo(list.scores[place], 6);
    }
  });

  test('scores of every pair are products of the vectors; popularity where there is no choice', async () => {
    const lost: ComputeDevice = {
      ...device,
      dots: async () => {
        throw new AppError('deviceLost', { device: 'webgpu' });
      },
    };
    const { userVectors } = model;
    const withoutOne = { ...ratings, byUser: { ...ratings.byUser, values: ratings.byUser.values.slice() } };
    withoutOne.byUser.values.fill(1, ratings.byUser.pointers[3], ratings.byUser.pointers[4]);
    const { model: other } = await mfChoice.fit(withoutOne, options, { device });
    for (const of of [model, MfChoiceModel.fromBytes(model.toBytes(), lost)]) {
      const scores = await of.scoresForMany(users);
      for (let q = 0; q < users.length; q++) {
        for (let item = 0; item < ITEMS; item++) {
          const own = userVectors.data.subarray(users[q] * K, users[q] * K + K);
          expect(scores[q * ITEMS + item]).toBeCloseTo(dot(own, itemVector(item)), 5);
        }
      }
    }
    const scores = await other.scoresForMany(users);
    const popular = other.scoreFor(
      other.foldIn(nobody),
      Uint32Array.from({ length: ITEMS }, (_, item) => item),
    );
    expect(scores.subarray(ITEMS, 2 * ITEMS)).toEqual(popular);
    expect(scores.subarray(0, ITEMS)).not.toEqual(popular);
  });

  test('a history is answered as the customer solved from it', () => {
    const history = historyOf(11);
    expect(model.topItemsFrom(history, 6, history.items)).toEqual(
      model.topItemsFor(model.foldIn(history), 6, history.items),
    );
    const everything = Uint32Array.from({ length: ITEMS }, (_, item) => item);
    for (const of of [history, nobody]) {
      const scores = model.scoresFrom(of);
      expect(scores).toEqual(model.scoreFor(model.foldIn(of), everything));
      // Whoever asked may write into them.
      scores.fill(0);
      expect(model.scoresFrom(of)).not.toEqual(scores);
    }
  });

  test('comes back from its bytes with the same lists, also when the device is lost', async () => {
    const lost: ComputeDevice = {
      ...device,
      topK: async () => {
        throw new AppError('deviceLost', { device: 'webgpu' });
      },
    };
    const expected = await model.topItemsForMany(users, 7, exclude);
    const back = MfChoiceModel.fromBytes(model.toBytes(), lost);
    const actual = await back.topItemsForMany(users, 7, exclude);
    expect(actual.indices).toEqual(expected.indices);
    expect(back.explain(historyOf(3), 8)).toEqual(model.explain(historyOf(3), 8));
    expect(() => MfChoiceModel.fromBytes(model.toBytes().subarray(0, 200), device)).toThrow(AppError);
  });
});
