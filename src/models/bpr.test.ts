import { describe, expect, test } from 'vitest';
import { AppError } from '../base/error.ts';
import { createRandom } from '../base/random.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import { ratingsOf } from '../data/ratings.testing.ts';
import { bpr } from './bpr.ts';
import { foldIn } from './bpr-fold-in.ts';
import { BprModel } from './bpr-model.ts';
import { type BprFactors, type BprRegularization, climb, logisticLoss } from './bpr-steps.ts';
import { type Triples, tripleSource } from './bpr-triples.ts';
import { byPopularity, chosenTable, historyOf, randomChoices } from './choices.testing.ts';
import { chosenPairs } from './chosen-pairs.ts';
import { historiesOf } from './held-out.ts';
import { plantedRatings, splitOff } from './planted.testing.ts';
import type { Checkpoint, EpochEvent } from './recommender.ts';

const device = createReferenceDevice();
const REGULARIZATION: BprRegularization = { userReg: 0.03, positiveReg: 0.02, negativeReg: 0.05, biasReg: 0.07 };
const FACTORS = 3;

function randomFactors(users: number, items: number, seed: number): BprFactors {
  const random = createRandom(seed);
  const normals = (length: number) => random.normals(length, 0.8);
  return {
    factors: FACTORS,
    userFactors: normals(users * FACTORS),
    itemFactors: normals(items * FACTORS),
    itemBias: normals(items),
  };
}

const copyOf = ({ factors, userFactors, itemFactors, itemBias }: BprFactors): BprFactors => ({
  factors,
  userFactors: userFactors.slice(),
  itemFactors: itemFactors.slice(),
  itemBias: itemBias.slice(),
});

/** ln σ(x_ui − x_uj) − ½ Σ λ θ² of one triple, written out. */
function objective(model: Readonly<Record<string, number[]>>, [u, i, j]: readonly [number, number, number]): number {
  const row = (of: readonly number[], at: number) => of.slice(at * FACTORS, (at + 1) * FACTORS);
  const [p, qi, qj] = [row(model.userFactors, u), row(model.itemFactors, i), row(model.itemFactors, j)];
  const [bi, bj] = [model.itemBias[i], model.itemBias[j]];
  const score = (q: readonly number[], b: number) => q.reduce((sum, value, f) => sum + value * p[f], b);
  const squares = (of: readonly number[]) => of.reduce((sum, value) => sum + value * value, 0);
  const { userReg, positiveReg, negativeReg, biasReg } = REGULARIZATION;
  const weight =
    userReg * squares(p) + positiveReg * squares(qi) + negativeReg * squares(qj) + biasReg * (bi * bi + bj * bj);
  return Math.log(1 / (1 + Math.exp(score(qj, bj) - score(qi, bi)))) - weight / 2;
}

const asNumbers = ({ userFactors, itemFactors, itemBias }: BprFactors) => ({
  userFactors: [...userFactors],
  itemFactors: [...itemFactors],
  itemBias: [...itemBias],
});

const triplesOf = (rows: readonly (readonly [number, number, number])[]): Triples => ({
  users: Uint32Array.from(rows, ([u]) => u),
  items: Uint32Array.from(rows, ([, i]) => i),
  others: Uint32Array.from(rows, ([, , j]) => j),
});

describe('a step', () => {
  test('goes along the gradient of the objective, as finite differences find it', () => {
    const model = randomFactors(2, 3, 4);
    const triple = [1, 2, 0] as const;
    const rate = 1e-3;
    const after = asNumbers(
      (() => {
        const moved = copyOf(model);
        climb(moved, triplesOf([triple]), rate, REGULARIZATION);
        return moved;
      })(),
    );
    const before = asNumbers(model);
    let moved = 0;
    for (const name of ['userFactors', 'itemFactors', 'itemBias'] as const) {
      before[name].forEach((value, at) => {
        const shifted = (by: number) => ({ ...before, [name]: before[name].with(at, value + by) });
        const slope = (objective(shifted(1e-5), triple) - objective(shifted(-1e-5), triple)) / 2e-5;
        expect((after[name][at] - value) / rate).toBeCloseTo(slope, 3);
        if (slope !== 0) moved++;
      });
    }
    // one customer's vector, two products' vectors and biases
    expect(moved).toBe(3 * FACTORS + 2);
  });

  test('many of them are what naive loops make of the same triples, one after the other', () => {
    const [users, items] = [7, 9];
    const random = createRandom(8);
    const rows = Array.from({ length: 300 }, () => {
      const i = random.integer(items);
      return [random.integer(users), i, (i + 1 + random.integer(items - 1)) % items] as const;
    });
    const model = randomFactors(users, items, 5);
    const p = Array.from({ length: users }, (_, u) => [...model.userFactors.slice(u * FACTORS, (u + 1) * FACTORS)]);
    const q = Array.from({ length: items }, (_, i) => [...model.itemFactors.slice(i * FACTORS, (i + 1) * FACTORS)]);
    const b = [...model.itemBias];
    const rate = 0.05;
    let loss = 0;
    for (const [u, i, j] of rows) {
      const x = p[u].reduce((sum, value, f) => sum + value * (q[i][f] - q[j][f]), b[i] - b[j]);
      const sigmoid = 1 / (1 + Math.exp(-x));
      loss -= Math.log(sigmoid);
      const [pu, qi, qj] = [p[u], q[i], q[j]];
      p[u] = pu.map((value, f) => value + rate * ((1 - sigmoid) * (qi[f] - qj[f]) - REGULARIZATION.userReg * value));
      q[i] = qi.map((value, f) => value + rate * ((1 - sigmoid) * pu[f] - REGULARIZATION.positiveReg * value));
      q[j] = qj.map((value, f) => value + rate * (-(1 - sigmoid) * pu[f] - REGULARIZATION.negativeReg * value));
      b[i] += rate * (1 - sigmoid - REGULARIZATION.biasReg * b[i]);
      b[j] += rate * (-(1 - sigmoid) - REGULARIZATION.biasReg * b[j]);
    }
    expect(climb(model, triplesOf(rows), rate, REGULARIZATION)).toBeCloseTo(loss, 3);
    const close = (actual: Float32Array, expected: readonly number[]) =>
      expected.forEach((value, at) => {
        expect(actual[at]).toBeCloseTo(value, 4);
      });
    close(model.userFactors, p.flat());
    close(model.itemFactors, q.flat());
    close(model.itemBias, b);
  });

  test('the loss has a value however wrong or right a score is', () => {
    for (const x of [-3, -0.2, 0, 1.5]) expect(logisticLoss(x)).toBeCloseTo(-Math.log(1 / (1 + Math.exp(-x))), 12);
    expect(logisticLoss(-5000)).toBe(5000);
    expect(logisticLoss(5000)).toBe(0);
  });
});

describe('triples', () => {
  const ratings = randomChoices(30, 12, 3);
  const table = chosenTable(ratings);
  const known = Array.from({ length: 30 }, (_, user) => {
    const { pointers, indices } = ratings.byUser;
    return new Set(indices.subarray(pointers[user], pointers[user + 1]));
  });
  const source = tripleSource(chosenPairs(ratings), ratings.byUser, 6);
  const all = (epoch: number, most = 50, from = source) => {
    const drawn: (readonly [number, number, number])[] = [];
    // A block's arrays are written over by the next one.
    for (const { users, items, others } of from.epoch(epoch, most)) {
      users.forEach((user, t) => {
        drawn.push([user, items[t], others[t]]);
      });
    }
    return drawn;
  };

  test('are of a customer, something they chose and something they do not have; as many as there are choices', () => {
    const drawn = all(1);
    expect(drawn).toHaveLength(table.flat().reduce((sum, value) => sum + value, 0));
    for (const [user, item, other] of drawn) {
      expect(table[user][item]).toBe(1);
      expect(known[user].has(other)).toBe(false);
    }
    expect(all(1, 7)).toEqual(drawn);
    expect(all(2)).not.toEqual(drawn);
    expect(all(1, 50, tripleSource(chosenPairs(ratings), ratings.byUser, 9))).not.toEqual(drawn);
  });

  test('every choice is as likely as any other, and so is every product that a customer does not have', () => {
    const times = new Map<string, number>();
    const against = new Map<string, number>();
    const epochs = 400;
    for (let epoch = 1; epoch <= epochs; epoch++) {
      for (const [user, item, other] of all(epoch, 1000)) {
        times.set(`${user} ${item}`, (times.get(`${user} ${item}`) ?? 0) + 1);
        against.set(`${user} ${other}`, (against.get(`${user} ${other}`) ?? 0) + 1);
      }
    }
    expect(times.size).toBe(source.count);
    // Poisson with mean 400: five standard deviations to either side
    for (const count of times.values()) expect(Math.abs(count - epochs)).toBeLessThan(5 * Math.sqrt(epochs));
    for (let user = 1; user < 30; user++) {
      const own = table[user].filter((value) => value === 1).length;
      const expected = (epochs * own) / (12 - known[user].size);
      for (let item = 0; item < 12; item++) {
        const count = against.get(`${user} ${item}`) ?? 0;
        if (known[user].has(item) || own === 0) expect(count).toBe(0);
        else expect(Math.abs(count - expected)).toBeLessThan(5 * Math.sqrt(expected));
      }
    }
  });

  test('somebody who has every product has nothing to be compared with', () => {
    const pairs = {
      users: Uint32Array.of(0, 0, 0, 1),
      items: Uint32Array.of(0, 1, 2, 1),
      values: Float32Array.of(5, 5, 1, 4),
    };
    const full = ratingsOf(pairs, 2, 3);
    const of = tripleSource(chosenPairs(full), full.byUser, 1);
    expect(of.count).toBe(1);
    const [{ users, items }] = [...of.epoch(1, 10)];
    expect([users[0], items[0]]).toEqual([1, 1]);
  });
});

describe('BPR', () => {
  const planted = plantedRatings({ users: 60, items: 40, perUser: 18, noise: 0.6, seed: 4 });
  const { ratings, held } = splitOff(planted, 6);
  const options = { ...bpr.defaults('balanced', ratings), factors: 8, epochs: 25, patience: 50 };
  const everybody = Uint32Array.from({ length: 60 }, (_, user) => user);
  const inTheirHalf = (user: number, item: number) => user % 2 === (item < 20 ? 0 : 1);

  test('finds the planted halves, by learned vectors and by those of a history alike', async () => {
    const { model } = await bpr.fit(ratings, options, { device });
    const exclude = historiesOf(ratings.byUser, everybody);
    const { indices } = await model.topItemsForMany(everybody, 4, exclude);
    let right = 0;
    let folded = 0;
    const table = chosenTable(ratings);
    for (const user of everybody) {
      for (const item of indices.subarray(user * 4, user * 4 + 4)) right += inTheirHalf(user, item) ? 1 : 0;
      const own = exclude.indices.subarray(exclude.pointers[user], exclude.pointers[user + 1]);
      for (const item of model.topItemsFrom(historyOf(table, user), 4, own).indices)
        folded += inTheirHalf(user, item) ? 1 : 0;
      expect([...(await model.topItems(user, 4, own)).indices]).toEqual([...indices.subarray(user * 4, user * 4 + 4)]);
    }
    expect(right / 240).toBeGreaterThan(0.9);
    expect(folded / 240).toBeGreaterThan(0.9);
  });

  test('learns: the loss falls, recall on validation rises above that of popularity', async () => {
    const events: EpochEvent[] = [];
    await bpr.fit(ratings, options, { device, validation: held, onEpoch: (event) => events.push(event) });
    expect(events).toHaveLength(25);
    expect(events[0]).toMatchObject({ model: 'bpr', head: 'choice', epoch: 1, epochs: 25 });
    // before anything is learned it is ln 2
    expect(events[0].trainLoss).toBeLessThan(Math.log(2));
    expect(events[24].trainLoss).toBeLessThan(0.7 * events[0].trainLoss);
    const order = byPopularity(chosenTable(ratings));
    let recall = 0;
    let customers = 0;
    for (const user of everybody) {
      const wanted = new Set(held.items.filter((_, p) => held.users[p] === user && held.values[p] >= 3));
      if (wanted.size === 0) continue;
      const { pointers, indices } = ratings.byUser;
      const own = indices.subarray(pointers[user], pointers[user + 1]);
      const list = order.filter((item) => !own.includes(item)).slice(0, 10);
      recall += list.filter((item) => wanted.has(item)).length / wanted.size;
      customers++;
    }
    expect(Math.max(...events.map(({ validation }) => validation ?? 0))).toBeGreaterThan((1.2 * recall) / customers);
  });

  test('goes on from a checkpoint to the same bits; another seed is another model', async () => {
    const checkpoints: Checkpoint[] = [];
    const whole = await bpr.fit(
      ratings,
      { ...options, epochs: 6 },
      {
        device,
        validation: held,
        onCheckpoint: (checkpoint) => checkpoints.push(checkpoint),
      },
    );
    expect(checkpoints).toHaveLength(6);
    const kept = structuredClone(checkpoints[2]);
    const events: EpochEvent[] = [];
    const rest = await bpr.fit(
      ratings,
      { ...options, epochs: 6 },
      {
        device,
        validation: held,
        resumeFrom: checkpoints[2],
        onEpoch: (event) => events.push(event),
      },
    );
    expect(events.map(({ epoch }) => epoch)).toEqual([4, 5, 6]);
    expect(rest.model.toBytes()).toEqual(whole.model.toBytes());
    // what somebody keeps is theirs
    expect(checkpoints[2]).toEqual(kept);
    const other = await bpr.fit(ratings, { ...options, epochs: 6, seed: 2 }, { device, validation: held });
    expect(other.model.toBytes()).not.toEqual(whole.model.toBytes());
  });

  test('a stop after an epoch gives what there is; validation chooses the best epoch', async () => {
    const stopper = new AbortController();
    const events: EpochEvent[] = [];
    const { epochs, stoppedEarly } = await bpr.fit(ratings, options, {
      device,
      validation: held,
      signal: stopper.signal,
      onEpoch(event) {
        events.push(event);
        if (event.epoch === 3) stopper.abort();
      },
    });
    expect(stoppedEarly).toBe(true);
    expect(events).toHaveLength(3);
    const best = events.reduce((top, event) => ((event.validation ?? 0) > (top.validation ?? 0) ? event : top));
    expect(epochs).toBe(best.epoch);
  });

  test('scores are b_i + p·q_i; nobody without a choice has a direction, and gets popularity', async () => {
    const choices = randomChoices(25, 14, 2);
    const table = chosenTable(choices);
    const order = byPopularity(table);
    const { model } = await bpr.fit(choices, { ...options, factors: 4, epochs: 3 }, { device });
    const users = Uint32Array.from({ length: 25 }, (_, user) => user);
    const scores = await model.scoresForMany(users);
    expect(scores.every(Number.isFinite)).toBe(true);
    const { data, factors } = model.columnVectors;
    for (const user of [3, 8]) {
      const own = model.customerVectors.data.subarray(user * factors, (user + 1) * factors);
      order.forEach((item, column) => {
        const dot = own.reduce((sum, value, f) => sum + value * data[column * factors + f], model.itemBias[column]);
        expect(scores[user * 14 + item]).toBeCloseTo(dot, 5);
      });
    }
    expect([...(await model.topItems(0, 3, new Uint32Array())).indices]).toEqual(order.slice(0, 3));
    expect([...scores.subarray(0, 14)].map((_, item) => scores[item])).toEqual(
      table[0].map((_, item) => Math.fround(table.filter((row) => row[item] === 1).length / 25)),
    );
    const nothing = { items: Uint32Array.of(1), values: Float32Array.of(0) };
    expect([...model.topItemsFrom(nothing, 3, new Uint32Array()).indices]).toEqual(order.slice(0, 3));
    expect(model.topItemsFrom(historyOf(table, 4), 100, new Uint32Array()).indices).toHaveLength(14);
    // a history of everything there is leaves nothing to compare with
    const everything = { items: Uint32Array.from(order.keys()), values: new Float32Array(14).fill(1) };
    expect(model.scoresFrom(everything).every(Number.isFinite)).toBe(true);
    await expect(model.topItems(25, 3, new Uint32Array())).rejects.toThrow(RangeError);
  });

  test('comes back from its bytes; damage is noticed; nonsense is refused', async () => {
    const { model } = await bpr.fit(ratings, { ...options, epochs: 2 }, { device });
    const bytes = model.toBytes();
    const back = BprModel.fromBytes(bytes, device);
    expect(back.toBytes()).toEqual(bytes);
    expect(await back.scoresForMany(everybody)).toEqual(await model.scoresForMany(everybody));
    const history = historyOf(chosenTable(ratings), 5);
    expect(back.scoresFrom(history)).toEqual(model.scoresFrom(history));
    expect(() => BprModel.fromBytes(bytes.subarray(0, bytes.length - 4), device)).toThrow(AppError);
    const changed = bytes.slice();
    changed[bytes.length - 2] ^= 1;
    expect(() => BprModel.fromBytes(changed, device)).toThrow(AppError);
    for (const nonsense of [
      { factors: 0 },
      { factors: 2.5 },
      { learningRate: 0 },
      { decay: Number.NaN },
      { userReg: -1 },
    ]) {
      await expect(bpr.fit(ratings, { ...options, ...nonsense }, { device })).rejects.toThrow(RangeError);
    }
    const disliked = { ...ratings, rule: { ...ratings.rule, minRating: 6 } };
    await expect(bpr.fit(disliked, options, { device })).rejects.toMatchObject({ code: 'tooFewRatings' });
  });

  test('where everybody has everything there is nothing to learn', async () => {
    const pairs = {
      users: Uint32Array.of(0, 0, 1, 1),
      items: Uint32Array.of(0, 1, 0, 1),
      values: Float32Array.of(5, 4, 4, 5),
    };
    await expect(bpr.fit(ratingsOf(pairs, 2, 2), options, { device })).rejects.toMatchObject({ code: 'nothingLeft' });
  });
});

describe('the vector of a history', () => {
  const items = 30;
  const random = createRandom(12);
  const width = FACTORS + 1;
  const data = random.normals(items * width);
  const vectors = { data, factors: width };
  const chosen = [2, 5, 11, 17];
  const others = Array.from({ length: items }, (_, item) => item).filter((item) => !chosen.includes(item));
  const lambda = 0.02;
  const score = (p: readonly number[], item: number) =>
    p.reduce((sum, value, f) => sum + value * data[item * width + f], data[item * width + FACTORS]);
  const value = (p: readonly number[]) => {
    let sum = 0;
    for (const i of chosen) {
      for (const j of others) sum += Math.log(1 / (1 + Math.exp(score(p, j) - score(p, i))));
    }
    return sum / (chosen.length * others.length) - (lambda / 2) * p.reduce((squares, x) => squares + x * x, 0);
  };

  test('is where the objective is highest: no slope is left, and no step to any side gets higher', () => {
    const p = [...foldIn(vectors, chosen, others, lambda, 400)];
    const top = value(p);
    p.forEach((at, f) => {
      const slope = (value(p.with(f, at + 1e-4)) - value(p.with(f, at - 1e-4))) / 2e-4;
      expect(slope).toBeCloseTo(0, 4);
    });
    for (let trial = 0; trial < 50; trial++) {
      const aside = p.map((at) => at + 0.3 * random.normal());
      expect(value(aside)).toBeLessThan(top);
    }
    // and the steps it is given come near it
    expect(value([...foldIn(vectors, chosen, others, lambda)])).toBeGreaterThan(value([0, 0, 0]));
    expect(top - value([...foldIn(vectors, chosen, others, lambda)])).toBeLessThan(0.01 * (top - value([0, 0, 0])));
  });

  test('is zero where there is nothing to compare, and finite for scores beyond all measure', () => {
    expect(foldIn(vectors, [], others, lambda)).toEqual(new Float64Array(FACTORS));
    expect(foldIn(vectors, chosen, [], lambda)).toEqual(new Float64Array(FACTORS));
    expect(foldIn({ ...vectors, data: new Float32Array(data.length) }, chosen, others, 0)).toEqual(
      new Float64Array(FACTORS),
    );
    const huge = { ...vectors, data: data.map((x) => 1e4 * x) };
    expect(foldIn(huge, chosen, others, lambda).every(Number.isFinite)).toBe(true);
  });
});
