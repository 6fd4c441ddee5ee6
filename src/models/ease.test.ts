import { describe, expect, test } from 'vitest';
import type { ComputeDevice } from '../compute/device.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import { createWasmDevice } from '../compute/wasm/device.ts';
import { byPopularity, chosenTable, historyOf, randomChoices, sortedList } from './choices.testing.ts';
import { ease } from './ease.ts';
import { historiesOf } from './held-out.ts';
import { plantedRatings, splitOff } from './planted.testing.ts';
import type { EpochEvent } from './recommender.ts';
import { easeProductsWithin } from './table-memory.ts';

const USERS = 50;
const ITEMS = 18;
const ratings = randomChoices(USERS, ITEMS, 8);
const table = chosenTable(ratings);
const order = byPopularity(table);
const device = createReferenceDevice();
const options = { ...ease.defaults('balanced', ratings), lambda: 6 };
const everybody = Uint32Array.from({ length: USERS }, (_, user) => user);

/** (G + λI)⁻¹ by Gauss–Jordan with pivots, then B = I − P diag(1/diag P): Steck (2019), formula 8, by product rows. */
function weightsByHand(items: readonly number[], lambda: number): number[][] {
  const n = items.length;
  const rows = items.map((a, row) => [
    ...items.map((b, column) => table.reduce((sum, own) => sum + own[a] * own[b], row === column ? lambda : 0)),
    ...items.map((_, column) => (row === column ? 1 : 0)),
  ]);
  for (let pivot = 0; pivot < n; pivot++) {
    const best = rows.slice(pivot).reduce((top, row, at) => {
      return Math.abs(row[pivot]) > Math.abs(rows[top][pivot]) ? pivot + at : top;
    }, pivot);
    [rows[pivot], rows[best]] = [rows[best], rows[pivot]];
    const scale = rows[pivot][pivot];
    rows[pivot] = rows[pivot].map((value) => value / scale);
    for (let row = 0; row < n; row++) {
      if (row === pivot) continue;
      const factor = rows[row][pivot];
      rows[row] = rows[row].map((value, column) => value - factor * rows[pivot][column]);
    }
  }
  const inverse = rows.map((row) => row.slice(n));
  return inverse.map((row, j) => row.map((value, i) => (i === j ? 0 : -value / inverse[i][i])));
}

/** Scores of `items` for a customer. */
function scoresByHand(items: readonly number[], weights: readonly (readonly number[])[], user: number): number[] {
  return items.map((_, i) => items.reduce((sum, item, j) => sum + table[user][item] * weights[j][i], 0));
}

const all = Array.from({ length: ITEMS }, (_, item) => item);
const { model } = await ease.fit(ratings, options, { device });
const byHand = weightsByHand(all, options.lambda);

describe('EASE', () => {
  test.each([
    ['reference', async () => createReferenceDevice()],
    ['wasm', () => createWasmDevice({ threads: 1 })],
  ] satisfies [string, () => Promise<ComputeDevice>][])(
    'scores are X B with B worked out by hand (%s)',
    async (_, open) => {
      const on = await open();
      const fitted = await ease.fit(ratings, options, { device: on });
      const scores = await fitted.model.scoresForMany(everybody);
      for (const user of everybody) {
        // Customer 0 likes nothing and gets popularity.
        if (user === 0) continue;
        scoresByHand(all, byHand, user).forEach((expected, item) => {
          expect(scores[user * ITEMS + item]).toBeCloseTo(expected, 4);
        });
      }
      fitted.model.destroy();
      on.destroy();
    },
  );

  test('lists leave out what a customer has, disliked or not, and follow those scores', async () => {
    const exclude = historiesOf(ratings.byUser, everybody);
    const { indices } = await model.topItemsForMany(everybody, 5, exclude);
    for (const user of everybody) {
      const own = [...exclude.indices.subarray(exclude.pointers[user], exclude.pointers[user + 1])];
      const empty = !table[user].includes(1);
      const scores = empty ? all.map((item) => -order.indexOf(item)) : scoresByHand(all, byHand, user);
      expect([...indices.subarray(user * 5, user * 5 + 5)]).toEqual(sortedList(scores, order, own).slice(0, 5));
    }
  });

  test('a score is the sum of its reasons', () => {
    const history = historyOf(table, 7);
    const list = model.topItemsFrom(history, 3, history.items);
    list.indices.forEach((item, place) => {
      const { score, contributions } = model.explain(history, item);
      expect(score).toBeCloseTo(list.scores[place], 5);
      for (const { item: other, amount } of contributions) expect(amount).toBeCloseTo(byHand[other][item], 4);
    });
  });

  test('what is near a product is its partial correlation, from the inverse alone', () => {
    const item = 3;
    const { indices, scores } = model.similarItems(item, 4);
    // P_ij / √(P_ii P_jj) is −√(B_ij B_ji): both weights have the sign of −P_ij.
    const near = all
      .filter((other) => byHand[other][item] > 0)
      .sort((a, b) => byHand[b][item] * byHand[item][b] - byHand[a][item] * byHand[item][a]);
    expect([...indices]).toEqual(near.slice(0, 4));
    expect(scores[0]).toBeCloseTo(Math.sqrt(byHand[near[0]][item] * byHand[item][near[0]]), 4);
  });

  test('of too many products the most popular are kept, and the rest is never listed', async () => {
    const { model: small } = await ease.fit(ratings, { ...options, mostProducts: 7.9 }, { device });
    const kept = order.slice(0, 7);
    const weights = weightsByHand(kept, options.lambda);
    expect(small.leftOut).toBe(ITEMS - 7);
    const scores = await small.scoresForMany(everybody);
    for (const user of [3, 11, 20]) {
      scoresByHand(kept, weights, user).forEach((expected, at) => {
        expect(scores[user * ITEMS + kept[at]]).toBeCloseTo(expected, 4);
      });
      expect(order.slice(7).every((item) => scores[user * ITEMS + item] === Number.NEGATIVE_INFINITY)).toBe(true);
      const list = await small.topItems(user, ITEMS, new Uint32Array());
      expect(new Set(list.indices)).toEqual(new Set(kept));
    }
    // four matrices of 8,660² floats are 1.2 GB
    expect(easeProductsWithin(5000)).toBe(5000);
    expect(easeProductsWithin(50_000)).toBe(8660);
  });

  test('one event says what the chart and validation ask for', async () => {
    const events: EpochEvent[] = [];
    const shares: number[] = [];
    const { ratings: part, held } = splitOff(ratings, 6);
    await ease.fit(part, options, {
      device,
      validation: held,
      onEpoch: (event) => events.push(event),
      onProgress: ({ share }) => shares.push(share),
    });
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ model: 'ease', head: 'choice', epoch: 1, epochs: 1 });
    expect(events[0].validation).toBeGreaterThan(0);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect([shares[0], shares.at(-1)]).toEqual([0, 1]);

    const whole: EpochEvent[] = [];
    await ease.fit(ratings, options, { device, onEpoch: (event) => whole.push(event) });
    let squares = 0;
    let choices = 0;
    for (const user of everybody) {
      scoresByHand(all, byHand, user).forEach((score, item) => {
        squares += (table[user][item] - score) ** 2;
        choices += table[user][item];
      });
    }
    expect(whole[0].trainLoss).toBeCloseTo(squares / choices, 4);
    expect(whole[0].validation).toBeNull();
  });

  test('dislikes say nothing, whatever their stars; a stopped fit is a whole one; the same bytes every time', async () => {
    const bytes = model.toBytes();
    const values = ratings.byUser.values.map((value) => (value < 3 ? 3 - value : value));
    const harsher = { ...ratings, byUser: { ...ratings.byUser, values } };
    const again = await ease.fit(harsher, options, { device, signal: AbortSignal.abort() });
    expect(again.stoppedEarly).toBe(false);
    expect(again.model.toBytes()).toEqual(bytes);
  });

  test('cancelled in the middle of its inverse it gives up', async () => {
    const cancel = new AbortController();
    const told: number[] = [];
    const fitting = ease.fit(ratings, options, {
      device: {
        ...device,
        rowProducts: (request) => device.rowProducts(request),
        invert(request) {
          told.push(request.size);
          cancel.abort();
          return device.invert(request);
        },
      } as ComputeDevice,
      cancel: cancel.signal,
    });
    await expect(fitting).rejects.toMatchObject({ code: 'cancelled' });
    expect(told).toEqual([ITEMS]);
  });

  test('λ follows from how often products and customers are chosen and choose', () => {
    const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
    const byCustomer = table.map(sum);
    const byProduct = all.map((item) => sum(table.map((row) => row[item])));
    const mean = (counts: number[]) => sum(counts.map((count) => count ** 2)) / sum(counts);
    const { lambda } = ease.defaults('quick', ratings);
    expect(lambda).toBeCloseTo(1.4 * Math.sqrt(mean(byCustomer) * mean(byProduct)), 6);
    const disliked = { ...ratings, rule: { ...ratings.rule, minRating: 6 } };
    expect(ease.defaults('quick', disliked).lambda).toBe(1);
  });

  test('nonsense is refused', async () => {
    for (const lambda of [0, -1, Number.NaN]) {
      await expect(ease.fit(ratings, { ...options, lambda }, { device })).rejects.toThrow(RangeError);
    }
    const disliked = { ...ratings, rule: { ...ratings.rule, minRating: 6 } };
    await expect(ease.fit(disliked, options, { device })).rejects.toMatchObject({ code: 'tooFewRatings' });
  });

  test('finds the planted halves with the λ it chooses itself', async () => {
    const planted = plantedRatings({ users: 60, items: 40, perUser: 18, noise: 0.6, seed: 4 });
    const { model: found } = await ease.fit(planted, ease.defaults('balanced', planted), { device });
    const users = Uint32Array.from({ length: 60 }, (_, user) => user);
    const { indices } = await found.topItemsForMany(users, 5, historiesOf(planted.byUser, users));
    let right = 0;
    for (const user of users) {
      for (const item of indices.subarray(user * 5, user * 5 + 5)) {
        if (user % 2 === (item < 20 ? 0 : 1)) right++;
      }
    }
    expect(right / 300).toBeGreaterThan(0.9);
  });
});
