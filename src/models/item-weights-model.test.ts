import { describe, expect, test } from 'vitest';
import { AppError } from '../base/error.ts';
import { createRandom } from '../base/random.ts';
import { csrFromPairs } from '../base/sparse.ts';
import type { ComputeDevice } from '../compute/device.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import { denseWeights, type ItemWeights, sparseWeights } from './item-weights.ts';
import { ItemWeightsModel } from './item-weights-model.ts';
import { RankedCatalogue } from './ranked-catalogue.ts';
import type { History } from './recommender.ts';

const device = createReferenceDevice();
const PRODUCTS = 9;
/** Product row of each column; 2 and 5 have none. */
const ORDER = [3, 1, 4, 0, 6, 7, 8];
const SIZE = ORDER.length;
const USERS = 24;
const random = createRandom(3);
const shares = Float32Array.from(ORDER, (_, column) => (SIZE - column) / 10);

/** B_ji by column numbers; two fifths of it 0, and a third of the rest negative. */
const B = ORDER.map((_, j) => ORDER.map((_, i) => (i === j || random.next() < 0.4 ? 0 : random.next() - 0.3)));
/** Columns each customer chose; customer 4 none. */
const chosen = Array.from({ length: USERS }, (_, user) =>
  ORDER.flatMap((_, column) => (user !== 4 && random.next() < 0.4 ? [column] : [])),
);

function modelWith(weights: ItemWeights, on: ComputeDevice = device) {
  return new ItemWeightsModel(
    {
      name: weights.dense ? 'ease' : 'itemNeighbours',
      catalogue: new RankedCatalogue(PRODUCTS, Uint32Array.from(ORDER), shares),
      weights,
      histories: csrFromPairs(
        {
          users: Uint32Array.from(chosen.flatMap((own, user) => own.map(() => user))),
          items: Uint32Array.from(chosen.flat()),
          values: new Float32Array(chosen.flat().length).fill(1),
        },
        USERS,
        SIZE,
      ),
    },
    on,
  );
}

const dense = denseWeights(Float32Array.from(B.flat()), SIZE);
const filled = B.flatMap((row, j) => row.flatMap((value, i) => (value === 0 ? [] : [{ j, i, value }])));
const sparse = sparseWeights(
  csrFromPairs(
    {
      users: Uint32Array.from(filled, ({ j }) => j),
      items: Uint32Array.from(filled, ({ i }) => i),
      values: Float32Array.from(filled, ({ value }) => value),
    },
    SIZE,
    SIZE,
  ),
);

/** Of every product, from the definition. */
function scoresFrom(columns: readonly number[]): number[] {
  const scores = new Array<number>(PRODUCTS).fill(Number.NEGATIVE_INFINITY);
  ORDER.forEach((item, i) => {
    scores[item] = columns.length === 0 ? shares[i] : columns.reduce((sum, j) => sum + B[j][i], 0);
  });
  return scores;
}

const everybody = Uint32Array.from({ length: USERS }, (_, user) => user);
/** Everybody has product 1, disliked or not, and 5, which has no column. */
const exclude = {
  pointers: Uint32Array.from({ length: USERS + 1 }, (_, user) => 2 * user),
  indices: Uint32Array.from({ length: 2 * USERS }, (_, at) => (at % 2 === 0 ? 1 : 5)),
};
const historyOf = (columns: readonly number[]): History => ({
  items: Uint32Array.from(columns, (column) => ORDER[column]),
  values: new Float32Array(columns.length).fill(1.5),
});

describe.each([
  ['dense', dense],
  ['sparse', sparse],
])('%s weights', (_, weights) => {
  const model = modelWith(weights);

  test('every score is the sum of the votes of the history', async () => {
    const scores = await model.scoresForMany(everybody);
    for (const user of everybody) {
      scoresFrom(chosen[user]).forEach((expected, item) => {
        expect(scores[user * PRODUCTS + item]).toBeCloseTo(expected, 5);
      });
    }
  });

  test('lists are in the order of the scores, nothing excluded or left out among them', async () => {
    const { indices, scores } = await model.topItemsForMany(everybody, PRODUCTS, exclude);
    for (const user of everybody) {
      const expected = scoresFrom(chosen[user]);
      const list = indices.subarray(user * PRODUCTS, (user + 1) * PRODUCTS);
      expect([...list.subarray(SIZE - 1)]).toEqual([0xffffffff, 0xffffffff, 0xffffffff]);
      expect(new Set(list.subarray(0, SIZE - 1))).toEqual(new Set(ORDER.filter((item) => item !== 1)));
      for (let place = 0; place < SIZE - 1; place++) {
        expect(scores[user * PRODUCTS + place]).toBeCloseTo(expected[list[place]], 5);
        if (place > 0) expect(expected[list[place]]).toBeLessThanOrEqual(expected[list[place - 1]] + 1e-6);
      }
      const alone = await model.topItems(user, 4, Uint32Array.of(1, 5));
      expect([...alone.indices]).toEqual([...list.subarray(0, 4)]);
      expect(model.topItemsFrom(historyOf(chosen[user]), 4, Uint32Array.of(1, 5))).toEqual(alone);
      model.scoresFrom(historyOf(chosen[user])).forEach((score, item) => {
        expect(score).toBeCloseTo(expected[item], 5);
      });
    }
  });

  test('what weighs nothing and what is left out says nothing', () => {
    const own = historyOf([0, 3]);
    const more = {
      items: Uint32Array.of(...own.items, 2, 6, 7),
      values: Float32Array.of(...own.values, 2, 0, -1),
    };
    expect(model.topItemsFrom(more, 5, new Uint32Array())).toEqual(model.topItemsFrom(own, 5, new Uint32Array()));
    const { contributions, score } = model.explain(more, 4);
    expect(contributions.filter(({ item }) => [2, 6, 7].includes(item)).map(({ amount }) => amount)).toEqual([0, 0, 0]);
    expect(score).toBeCloseTo(scoresFrom([0, 3])[4], 6);
  });

  test('reasons are the votes, largest first, and add up to the score', () => {
    const columns = [5, 0, 2, 3];
    const { score, baseline, contributions } = model.explain(historyOf(columns), ORDER[6]);
    expect(baseline).toBe(0);
    expect(score).toBeCloseTo(scoresFrom(columns)[ORDER[6]], 6);
    expect(contributions.reduce((sum, { amount }) => sum + amount, 0)).toBeCloseTo(score, 9);
    for (const { item, amount } of contributions) expect(amount).toBeCloseTo(B[ORDER.indexOf(item)][6], 6);
    const amounts = contributions.map(({ amount }) => amount);
    expect(amounts).toEqual([...amounts].sort((a, b) => b - a));
  });

  test('a history that says nothing is answered by popularity, with the same reason', async () => {
    for (const history of [historyOf([]), { items: Uint32Array.of(2, 5), values: Float32Array.of(1, 1) }]) {
      const list = model.topItemsFrom(history, 9, Uint32Array.of(4));
      expect([...list.indices]).toEqual([3, 1, 0, 6, 7, 8]);
      const { score, baseline } = model.explain(history, 6);
      expect([score, baseline]).toEqual([shares[4], shares[4]]);
      expect(list.scores[3]).toBe(shares[4]);
    }
    expect([...(await model.topItems(4, 3, new Uint32Array())).indices]).toEqual([3, 1, 4]);
    expect(model.explain(historyOf([1]), 5).score).toBe(Number.NEGATIVE_INFINITY);
    expect(model.leftOut).toBe(2);
  });

  test('comes back from its bytes; damage is noticed', async () => {
    const bytes = model.toBytes();
    expect(model.size()).toBe(bytes.length);
    const back = ItemWeightsModel.fromBytes(bytes, device);
    expect(back.name).toBe(model.name);
    expect(back.toBytes()).toEqual(bytes);
    expect(await back.scoresForMany(everybody)).toEqual(await model.scoresForMany(everybody));
    expect(back.explain(historyOf([1, 2]), 0)).toEqual(model.explain(historyOf([1, 2]), 0));
    for (const end of [10, 200, bytes.length - 4]) {
      expect(() => ItemWeightsModel.fromBytes(bytes.subarray(0, end), device)).toThrow(AppError);
    }
  });

  test('customers and products that do not exist are refused', async () => {
    await expect(model.topItems(USERS, 1, new Uint32Array())).rejects.toThrow(RangeError);
    await expect(model.scoresForMany(new Uint32Array(20).fill(USERS))).rejects.toThrow(RangeError);
    expect(() => model.explain(historyOf([0]), PRODUCTS)).toThrow(RangeError);
    expect(() =>
      model.topItemsFrom({ items: Uint32Array.of(9), values: Float32Array.of(1) }, 1, exclude.indices),
    ).toThrow(RangeError);
  });
});

describe('what is like a thing', () => {
  test('dense: both vote for each other; their weights together say how near', () => {
    const { indices, scores } = modelWith(dense).similarItems(ORDER[2], SIZE);
    const expected = ORDER.map((item, j) => ({ item, near: Math.sqrt(Math.max(0, B[j][2]) * Math.max(0, B[2][j])) }))
      .filter(({ near }) => near > 0)
      .sort((a, b) => b.near - a.near);
    expect(expected.length).toBeGreaterThan(0);
    expect([...indices]).toEqual(expected.map(({ item }) => item));
    scores.forEach((score, at) => {
      expect(score).toBeCloseTo(expected[at].near, 6);
    });
  });

  test('sparse: its neighbours', () => {
    const { indices } = modelWith(sparse).similarItems(ORDER[2], 2);
    const votes = ORDER.map((item, j) => ({ item, vote: B[j][2] })).filter(({ vote }) => vote > 0);
    votes.sort((a, b) => b.vote - a.vote);
    expect([...indices]).toEqual(votes.slice(0, 2).map(({ item }) => item));
    expect(modelWith(sparse).similarItems(5, 3).indices).toHaveLength(0);
  });
});

describe('the device', () => {
  test('holds the matrix once, and lets go of it', async () => {
    let held = 0;
    const counting: ComputeDevice = {
      ...device,
      async holdMatrix(request) {
        held++;
        const session = await device.holdMatrix(request);
        return {
          ...session,
          destroy() {
            held--;
            session.destroy();
          },
        };
      },
    };
    const model = modelWith(dense, counting);
    await Promise.all([model.scoresForMany(everybody), model.topItemsForMany(everybody, 3, exclude)]);
    await model.scoresForMany(everybody);
    expect(held).toBe(1);
    model.destroy();
    await Promise.resolve();
    expect(held).toBe(0);
  });

  test('may go away, before or in the middle: the answers stay the same', async () => {
    const expected = await modelWith(dense).scoresForMany(everybody);
    const lost = async () => {
      throw new AppError('deviceLost', { device: 'webgpu' });
    };
    const atOnce = modelWith(dense, { ...device, holdMatrix: lost });
    const later = modelWith(dense, {
      ...device,
      holdMatrix: async () => ({ timesSparse: lost, destroy() {} }),
    });
    for (const model of [atOnce, later]) {
      const scores = await model.scoresForMany(everybody);
      expected.forEach((score, at) => {
        expect(scores[at]).toBeCloseTo(score, 5);
      });
      model.destroy();
    }
    const broken = modelWith(dense, {
      ...device,
      holdMatrix: async () => {
        throw new TypeError('a mistake');
      },
    });
    await expect(broken.scoresForMany(everybody)).rejects.toThrow(TypeError);
  });
});
