import { expect, test } from 'vitest';
import { AppError } from '../base/error.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import { byPopularity, chosenTable, randomChoices } from './choices.testing.ts';
import { historiesOf } from './held-out.ts';
import { popularity } from './popularity.ts';
import { PopularityModel } from './popularity-model.ts';
import type { EpochEvent } from './recommender.ts';

const USERS = 30;
const ITEMS = 20;
const ratings = randomChoices(USERS, ITEMS, 12);
const table = chosenTable(ratings);
const order = byPopularity(table);
const device = createReferenceDevice();
const events: EpochEvent[] = [];
const { model } = await popularity.fit(ratings, popularity.defaults('quick', ratings), {
  device,
  onEpoch: (event) => events.push(event),
});
const everybody = Uint32Array.from({ length: USERS }, (_, user) => user);
const shareOf = (item: number) => table.filter((row) => row[item] === 1).length / USERS;

test('everyone gets the same order, less what they have', async () => {
  const exclude = historiesOf(ratings.byUser, everybody);
  const { indices, scores } = await model.topItemsForMany(everybody, ITEMS, exclude);
  for (const user of everybody) {
    const own = exclude.indices.subarray(exclude.pointers[user], exclude.pointers[user + 1]);
    const expected = order.filter((item) => !own.includes(item));
    const row = indices.subarray(user * ITEMS, (user + 1) * ITEMS);
    expect([...row]).toEqual([...expected, ...new Array<number>(own.length).fill(0xffffffff)]);
    expect(scores[user * ITEMS]).toBeCloseTo(shareOf(expected[0]), 6);
    const alone = await model.topItems(user, 4, own);
    expect([...alone.indices]).toEqual(expected.slice(0, 4));
    expect(alone.scores[3]).toBeCloseTo(shareOf(expected[3]), 6);
  }
});

test('every pair has a score: the share of the customers who chose it', async () => {
  const scores = await model.scoresForMany(Uint32Array.of(7, 2));
  for (let item = 0; item < ITEMS; item++) {
    expect(scores[item]).toBeCloseTo(shareOf(item), 6);
    expect(scores[ITEMS + item]).toBe(scores[item]);
  }
});

test('the training loss is the squared error of those shares, for every choice', () => {
  // Customers without a choice are not asked.
  const asked = table.filter((row) => row.includes(1));
  const squares = asked.flatMap((row) => row.map((value, item) => (value - shareOf(item)) ** 2));
  const choices = asked.flat().reduce((sum, value) => sum + value, 0);
  expect(asked.length).toBeLessThan(USERS);
  expect(events.map(({ trainLoss }) => trainLoss)).toEqual([
    expect.closeTo(squares.reduce((sum, square) => sum + square, 0) / choices, 5),
  ]);
});

test('comes back from its bytes; damage is noticed; no choices, no model', async () => {
  const bytes = model.toBytes();
  const back = PopularityModel.fromBytes(bytes);
  expect(back.toBytes()).toEqual(bytes);
  expect(await back.topItems(3, 5, new Uint32Array())).toEqual(await model.topItems(3, 5, new Uint32Array()));
  expect(() => PopularityModel.fromBytes(bytes.subarray(0, bytes.length - 4))).toThrow(AppError);
  const disliked = { ...ratings, rule: { ...ratings.rule, minRating: 6 } };
  await expect(popularity.fit(disliked, { epochs: 1, seed: 1 }, { device })).rejects.toMatchObject({
    code: 'tooFewRatings',
  });
});
