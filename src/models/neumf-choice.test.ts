import { describe, expect, it } from 'vitest';
import { NOT_FOUND } from '../compute/device.ts';
import { hostOf } from '../compute/tfjs/hosts.testing.ts';
import { historiesOf, validationRecall } from './held-out.ts';
import { NeuMfChoiceModel, neumfChoice } from './neumf-choice.ts';
import { madeUpRatings } from './neumf-data.testing.ts';
import type { EpochEvent, FitContext } from './recommender.ts';

const { ratings, heldOut } = madeUpRatings(120, 80, 0.25, 5);
const options = {
  ...neumfChoice.defaults('quick', ratings),
  epochs: 3,
  embedding: 8,
  batchSize: 512,
  learningRate: 0.02,
};
const device = hostOf('wasm');
const fit = (context: Partial<FitContext> = {}, changes: Partial<typeof options> = {}) =>
  neumfChoice.fit(ratings, { ...options, ...changes }, { device, ...context });

describe('NeuMF for choices', () => {
  it('finds held-out choices more often than popularity does', async () => {
    const events: EpochEvent[] = [];
    const { model } = await fit({ validation: heldOut, onEpoch: (event) => events.push(event) });
    expect(events[0].trainLoss).toBeGreaterThan(events[2].trainLoss);
    const recall = validationRecall(ratings, heldOut)!;
    const own = await recall((users, count, exclude) => model.topItemsForMany(users, count, exclude));
    const counts = ratings.byItem.pointers.slice(1).map((end, item) => end - ratings.byItem.pointers[item]);
    const popular = await recall(async (users, count, exclude) => {
      const indices = new Uint32Array(users.length * count);
      users.forEach((_, row) => {
        const taken = new Set(exclude.indices.subarray(exclude.pointers[row], exclude.pointers[row + 1]));
        const order = [...counts.keys()]
          .filter((item) => !taken.has(item))
          .sort((a, b) => counts[b] - counts[a] || a - b);
        indices.set(order.slice(0, count), row * count);
      });
      return { indices };
    });
    expect(own).toBeGreaterThan(1.3 * popular);
    expect(events.at(-1)?.validation).toBeGreaterThan(1.3 * popular);
  });

  it('lists the same for one customer and for many, on the device and in plain loops, and nothing excluded', async () => {
    const { model } = await fit({}, { epochs: 1 });
    // Often enough each that the device is worth waking.
    const users = Uint32Array.from({ length: 2600 }, (_, row) => row % 120);
    const exclude = historiesOf(ratings.byUser, users);
    const many = await model.topItemsForMany(users, 10, exclude);
    for (let row = 0; row < 240; row++) {
      const own = exclude.indices.subarray(exclude.pointers[row], exclude.pointers[row + 1]);
      const one = await model.topItems(users[row], 10, own);
      const list = many.indices.subarray(row * 10, row * 10 + 10);
      expect([...list].filter((item) => own.includes(item))).toEqual([]);
      one.scores.forEach((score, place) => {
        expect(many.scores[row * 10 + place]).toBeCloseTo(score, 4);
      });
    }
    expect(new Set(many.indices.subarray(0, 10)).size).toBe(10);
  });

  it('scores every pair as its lists do, on the device and in plain loops', async () => {
    const { model } = await fit({}, { epochs: 1 });
    const few = Uint32Array.of(5, 118);
    // Often enough each that the device is worth waking.
    const many = Uint32Array.from({ length: 2600 }, (_, row) => few[row % 2]);
    const [alone, together] = [await model.scoresForMany(few), await model.scoresForMany(many)];
    expect(together).toHaveLength(2600 * 80);
    for (const row of [0, 1]) {
      const list = await model.topItems(few[row], 80, new Uint32Array());
      list.indices.forEach((item, place) => {
        expect(alone[row * 80 + item]).toBe(list.scores[place]);
        expect(together[(2598 + row) * 80 + item]).toBeCloseTo(list.scores[place], 4);
      });
    }
  });

  it('fills up with "nothing" where fewer products remain', async () => {
    const { model } = await fit({}, { epochs: 1 });
    const indices = Uint32Array.from({ length: 77 }, (_, item) => item);
    const { indices: list, scores } = await model.topItemsForMany(Uint32Array.of(4), 5, {
      pointers: Uint32Array.of(0, 77),
      indices,
    });
    expect([...list.subarray(0, 3)].sort((a, b) => a - b)).toEqual([77, 78, 79]);
    expect([...list.subarray(3)]).toEqual([NOT_FOUND, NOT_FOUND]);
    expect([...scores.subarray(3)]).toEqual([-Infinity, -Infinity]);
  });

  it('gives the same bits for the same seed, and comes back from bytes', async () => {
    const first = (await fit({}, { epochs: 1 })).model;
    const again = (await fit({}, { epochs: 1 })).model;
    expect(again.toBytes()).toEqual(first.toBytes());
    const back = NeuMfChoiceModel.fromBytes(first.toBytes(), device);
    expect(await back.topItems(7, 5, new Uint32Array())).toEqual(await first.topItems(7, 5, new Uint32Array()));
  });

  it('learns from purchases too, where there is no rating scale', async () => {
    const implicit = {
      ...ratings,
      feedback: 'implicit',
      scale: null,
      rule: { minRating: 0, eventWeights: {} },
    } as const;
    const { model } = await neumfChoice.fit(implicit, { ...options, epochs: 1 }, { device });
    expect((await model.topItems(0, 5, new Uint32Array())).indices).toHaveLength(5);
  });
});
