import { describe, expect, test } from 'vitest';
import { AppError } from '../base/error.ts';
import { createRandom } from '../base/random.ts';
import { csrFromPairs } from '../base/sparse.ts';
import type { ComputeDevice } from '../compute/device.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import { createWasmDevice } from '../compute/wasm/device.ts';
import { byPopularity, chosenTable, historyOf, randomChoices, sortedList } from './choices.testing.ts';
import { chosenPairs } from './chosen-pairs.ts';
import { historiesOf } from './held-out.ts';
import { plantedRatings, splitOff } from './planted.testing.ts';
import type { EpochEvent } from './recommender.ts';
import { noiseOf, svd } from './svd.ts';
import { SvdModel } from './svd-model.ts';
import { orthonormal, truncatedSvd } from './truncated-svd.ts';

const USERS = 50;
const ITEMS = 18;
const K = 5;
const ratings = randomChoices(USERS, ITEMS, 8);
const table = chosenTable(ratings);
const order = byPopularity(table);
const device = createReferenceDevice();
const options = { ...svd.defaults('balanced', ratings), factors: K, noiseLevel: 0, powerIterations: 12 };
const everybody = Uint32Array.from({ length: USERS }, (_, user) => user);
const all = Array.from({ length: ITEMS }, (_, item) => item);
const quiet = { due: () => false, turn: async () => undefined };

/**
 * Singular values (largest first) and right singular vectors of a dense matrix by one-sided Jacobi (Hestenes 1958):
 * pairs of columns are turned until all of them are orthogonal; their lengths are the singular values.
 */
function denseSvd(matrix: readonly (readonly number[])[]) {
  const a = matrix.map((row) => [...row]);
  const n = a[0].length;
  const v = a[0].map((_, row) => a[0].map((_, column) => (row === column ? 1 : 0)));
  for (let sweep = 0; sweep < 40; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const [pp, qq, pq] = a.reduce(
          ([x, y, z], row) => [x + row[p] * row[p], y + row[q] * row[q], z + row[p] * row[q]],
          [0, 0, 0],
        );
        if (pq === 0) continue;
        const angle = 0.5 * Math.atan2(2 * pq, pp - qq);
        const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
        for (const row of [...a, ...v]) {
          [row[p], row[q]] = [cosine * row[p] + sine * row[q], cosine * row[q] - sine * row[p]];
        }
      }
    }
  }
  const lengths = all.slice(0, n).map((column) => Math.hypot(...a.map((row) => row[column])));
  const sorted = lengths.map((_, column) => column).sort((p, q) => lengths[q] - lengths[p]);
  return {
    values: sorted.map((column) => lengths[column]),
    vectors: v.map((row) => sorted.map((column) => row[column])),
  };
}

const exact = denseSvd(table);
/** QQᵀ with the first k right singular vectors: the same whatever their signs are. */
function projectorOf(vectors: readonly (readonly number[])[], k: number): number[][] {
  return vectors.map((a) => vectors.map((b) => a.slice(0, k).reduce((sum, value, f) => sum + value * b[f], 0)));
}
const projector = projectorOf(exact.vectors, K);
const scoresByHand = (user: number) =>
  all.map((i) => all.reduce((sum, j) => sum + table[user][j] * projector[j][i], 0));

/** By product. */
function projectorIn(model: SvdModel): number[][] {
  const { data, factors } = model.columnVectors;
  const rows = all.map((item) => {
    const column = order.indexOf(item);
    return [...data.subarray(column * factors, (column + 1) * factors)];
  });
  return projectorOf(rows, factors);
}

function expectClose(actual: readonly (readonly number[])[], expected: readonly (readonly number[])[], digits: number) {
  actual.forEach((row, at) => {
    row.forEach((value, column) => {
      expect(value).toBeCloseTo(expected[at][column], digits);
    });
  });
}

const { model } = await svd.fit(ratings, options, { device });

describe('truncated SVD', () => {
  test.each([
    ['reference', async () => createReferenceDevice()],
    ['wasm', () => createWasmDevice({ threads: 1 })],
  ] satisfies [string, () => Promise<ComputeDevice>][])(
    'singular values, QQᵀ and scores are those of a dense SVD (%s)',
    async (_, open) => {
      const on = await open();
      const fitted = await svd.fit(ratings, options, { device: on });
      expect(fitted.model.singularValues).toHaveLength(K);
      fitted.model.singularValues.forEach((value, at) => {
        expect(value).toBeCloseTo(exact.values[at], 3);
      });
      expectClose(projectorIn(fitted.model), projector, 4);
      const scores = await fitted.model.scoresForMany(everybody);
      for (const user of everybody) {
        // Customer 0 likes nothing and gets popularity.
        if (user === 0) continue;
        scoresByHand(user).forEach((expected, item) => {
          expect(scores[user * ITEMS + item]).toBeCloseTo(expected, 4);
        });
      }
      on.destroy();
    },
  );

  test('another seed turns the directions and changes no score', async () => {
    const other = await svd.fit(ratings, { ...options, seed: 77 }, { device });
    expectClose(projectorIn(other.model), projectorIn(model), 4);
    const again = await svd.fit(ratings, options, { device });
    expect(again.model.toBytes()).toEqual(model.toBytes());
  });

  test('lists leave out what a customer has, disliked or not, and follow those scores', async () => {
    const exclude = historiesOf(ratings.byUser, everybody);
    const { indices } = await model.topItemsForMany(everybody, 5, exclude);
    for (const user of everybody) {
      const own = [...exclude.indices.subarray(exclude.pointers[user], exclude.pointers[user + 1])];
      const scores = table[user].includes(1) ? scoresByHand(user) : all.map((item) => -order.indexOf(item));
      const list = [...indices.subarray(user * 5, user * 5 + 5)];
      expect(list).toEqual(sortedList(scores, order, own).slice(0, 5));
      const alone = await model.topItems(user, 5, Uint32Array.from(own));
      expect([...alone.indices]).toEqual(list);
      expect(model.topItemsFrom(historyOf(table, user), 5, Uint32Array.from(own))).toEqual(alone);
    }
  });

  test('a score is the sum of its reasons, and each of them an entry of QQᵀ', () => {
    const history = historyOf(table, 7);
    const list = model.topItemsFrom(history, 3, history.items);
    list.indices.forEach((item, place) => {
      const { score, baseline, contributions } = model.explain(history, item);
      expect(baseline).toBe(0);
      expect(score).toBeCloseTo(list.scores[place], 5);
      expect(contributions).toHaveLength(history.items.length);
      for (const { item: other, amount } of contributions) expect(amount).toBeCloseTo(projector[other][item], 4);
    });
  });

  test('an empty history, and one of weights that say nothing, is answered by popularity', () => {
    const share = (item: number) => table.filter((row) => row[item] === 1).length / USERS;
    const nothing = { items: Uint32Array.of(2), values: Float32Array.of(0) };
    for (const history of [{ items: new Uint32Array(), values: new Float32Array() }, nothing]) {
      const { indices, scores } = model.topItemsFrom(history, 4, new Uint32Array());
      expect([...indices]).toEqual(order.slice(0, 4));
      expect(scores[0]).toBeCloseTo(share(order[0]), 6);
      expect(model.explain(history, order[1])).toMatchObject({ baseline: expect.closeTo(share(order[1]), 6) });
    }
    expect(model.topItemsFrom(historyOf(table, 3), 10 * ITEMS, new Uint32Array()).indices).toHaveLength(ITEMS);
    expect(() => model.explain(nothing, ITEMS)).toThrow(RangeError);
  });

  test('what is near a product is the cosine of its column in the matrix of rank k', () => {
    const low = table.map((row) => all.map((i) => all.reduce((sum, j) => sum + row[j] * projector[j][i], 0)));
    const column = (item: number) => low.map((row) => row[item]);
    const cosine = (a: readonly number[], b: readonly number[]) =>
      a.reduce((sum, value, at) => sum + value * b[at], 0) / (Math.hypot(...a) * Math.hypot(...b));
    const item = 3;
    const near = all
      .filter((other) => other !== item && table.some((row) => row[other] === 1))
      .sort((a, b) => cosine(column(b), column(item)) - cosine(column(a), column(item)));
    const { indices, scores } = model.similarItems(item, 4);
    expect([...indices]).toEqual(near.slice(0, 4));
    expect(scores[0]).toBeCloseTo(cosine(column(near[0]), column(item)), 4);
    // nobody likes the last product: it is near nothing, and nothing is near it
    expect(model.similarItems(ITEMS - 1, 4).indices).toHaveLength(0);
    expect([...model.similarItems(item, ITEMS).indices]).not.toContain(ITEMS - 1);
  });

  test('directions that are not above noise are dropped, and never more are kept than there are', async () => {
    const counts = (rows: readonly (readonly number[])[]) =>
      rows.map((row) => row.reduce((sum, value) => sum + value, 0));
    const mean = (of: readonly number[]) =>
      of.reduce((sum, count) => sum + count * count, 0) / of.reduce((sum, count) => sum + count, 0);
    const columns = all.map((item) => table.map((row) => row[item]));
    const noise = Math.sqrt(mean(counts(table))) + Math.sqrt(mean(counts(columns)));
    expect(noiseOf(chosenPairs(ratings))).toBeCloseTo(noise, 10);
    const noiseLevel = 0.7;
    const above = exact.values.filter((value) => value > noiseLevel * noise).length;
    expect(above).toBeGreaterThan(0);
    expect(above).toBeLessThan(ITEMS);
    const some = await svd.fit(ratings, { ...options, factors: ITEMS, noiseLevel }, { device });
    expect(some.model.singularValues).toHaveLength(above);
    const one = await svd.fit(ratings, { ...options, noiseLevel: 1000 }, { device });
    expect(one.model.singularValues).toHaveLength(1);
    // the last product has no column, so the rank is one less than there are products
    const whole = await svd.fit(ratings, { ...options, factors: 200 }, { device });
    expect(whole.model.singularValues).toHaveLength(ITEMS - 1);
    // with all directions there are, a history comes back as it is
    const scores = whole.model.scoresFrom(historyOf(table, 9));
    table[9].forEach((chosen, item) => {
      expect(scores[item]).toBeCloseTo(chosen, 4);
    });
  });

  test('one event says what the chart and validation ask for', async () => {
    const events: EpochEvent[] = [];
    const shares: number[] = [];
    const { ratings: part, held } = splitOff(ratings, 6);
    await svd.fit(part, options, {
      device,
      validation: held,
      onEpoch: (event) => events.push(event),
      onProgress: ({ share }) => shares.push(share),
    });
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ model: 'svd', head: 'choice', epoch: 1, epochs: 1 });
    expect(events[0].validation).toBeGreaterThan(0);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect([shares[0], shares.at(-1)]).toEqual([0, 1]);
    const whole: EpochEvent[] = [];
    await svd.fit(ratings, options, { device, onEpoch: (event) => whole.push(event) });
    // What k directions leave of ‖X‖² is the rest of the singular values (Eckart & Young 1936).
    const left = exact.values.slice(K).reduce((sum, value) => sum + value * value, 0);
    const choices = table.flat().reduce((sum, value) => sum + value, 0);
    expect(whole[0].trainLoss).toBeCloseTo(left / choices, 4);
  });

  test('comes back from its bytes; damage is noticed; nonsense is refused', async () => {
    const bytes = model.toBytes();
    const back = SvdModel.fromBytes(bytes, device);
    expect(back.toBytes()).toEqual(bytes);
    expect(await back.scoresForMany(everybody)).toEqual(await model.scoresForMany(everybody));
    expect(back.similarItems(4, 3)).toEqual(model.similarItems(4, 3));
    expect(() => SvdModel.fromBytes(bytes.subarray(0, bytes.length - 4), device)).toThrow(AppError);
    const changed = bytes.slice();
    changed[bytes.length - 2] ^= 1;
    expect(() => SvdModel.fromBytes(changed, device)).toThrow(AppError);
    await expect(model.topItems(USERS, 1, new Uint32Array())).rejects.toThrow(RangeError);
    for (const nonsense of [{ factors: 0 }, { noiseLevel: -1 }, { powerIterations: Number.NaN }]) {
      await expect(svd.fit(ratings, { ...options, ...nonsense }, { device })).rejects.toThrow(RangeError);
    }
    const disliked = { ...ratings, rule: { ...ratings.rule, minRating: 6 } };
    await expect(svd.fit(disliked, options, { device })).rejects.toMatchObject({ code: 'tooFewRatings' });
  });

  test('finds the planted halves with what it chooses itself', async () => {
    const planted = plantedRatings({ users: 60, items: 40, perUser: 18, noise: 0.6, seed: 4 });
    const { model: found } = await svd.fit(planted, svd.defaults('balanced', planted), { device });
    const users = Uint32Array.from({ length: 60 }, (_, user) => user);
    const { indices } = await found.topItemsForMany(users, 5, historiesOf(planted.byUser, users));
    let right = 0;
    for (const user of users) {
      for (const item of indices.subarray(user * 5, user * 5 + 5)) if (user % 2 === (item < 20 ? 0 : 1)) right++;
    }
    // two tastes are two directions
    expect(found.singularValues).toHaveLength(2);
    expect(right / 300).toBeGreaterThan(0.9);
  });
});

test('columns come out orthonormal with the same span; those that depend on others are left out', async () => {
  const random = createRandom(5);
  const rows = 30;
  const first = Array.from({ length: rows }, () => random.normal());
  const second = Array.from({ length: rows }, () => 100 * random.normal());
  const third = Array.from({ length: rows }, () => 0.01 * random.normal());
  const data = Float32Array.from({ length: rows * 5 }, (_, at) => {
    const row = Math.floor(at / 5);
    return [first[row], 0, 2 * first[row], second[row] + first[row], third[row] - second[row]][at % 5];
  });
  const basis = await orthonormal({ data, columns: 5 }, rows, quiet);
  expect(basis.columns).toBe(3);
  const column = (c: number) => Array.from({ length: rows }, (_, row) => basis.data[row * 3 + c]);
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, at) => sum + value * b[at], 0);
  for (let a = 0; a < 3; a++) {
    for (let b = 0; b < 3; b++) expect(dot(column(a), column(b))).toBeCloseTo(a === b ? 1 : 0, 5);
  }
  for (const own of [first, second, third]) {
    const seen = [0, 1, 2].reduce((sum, c) => sum + dot(column(c), own) ** 2, 0);
    expect(Math.sqrt(seen) / Math.hypot(...own)).toBeCloseTo(1, 5);
  }
});

test('weights of entries count; a matrix without entries has no directions', async () => {
  const pairs = {
    users: Uint32Array.of(0, 1, 1, 2),
    items: Uint32Array.of(0, 0, 1, 2),
    values: Float32Array.of(3, 4, 2, 1),
  };
  const matrix = csrFromPairs(pairs, 3, 4);
  const found = await truncatedSvd({ matrix, factors: 3, powerIterations: 6, seed: 2 }, device, quiet);
  // of [3 0; 4 2] the squares are the roots of s² − 29 s + 36; and 1 stands alone
  const root = Math.sqrt(29 * 29 - 4 * 36);
  const expected = [Math.sqrt((29 + root) / 2), Math.sqrt((29 - root) / 2), 1];
  found.singularValues.forEach((value, at) => {
    expect(value).toBeCloseTo(expected[at], 5);
  });
  const empty = csrFromPairs({ users: new Uint32Array(), items: new Uint32Array(), values: new Float32Array() }, 3, 4);
  expect(await truncatedSvd({ matrix: empty, factors: 3, powerIterations: 2, seed: 2 }, device, quiet)).toEqual({
    vectors: new Float32Array(),
    singularValues: new Float64Array(),
    factors: 0,
  });
});
