import { expect, test } from 'vitest';
import { AppError } from '../base/error.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import { randomChoices } from './choices.testing.ts';
import { historiesOf } from './held-out.ts';
import { randomLists } from './random-lists.ts';
import { RandomListsModel } from './random-lists-model.ts';

const USERS = 3000;
const ITEMS = 24;
const ratings = randomChoices(USERS, ITEMS, 2);
const device = createReferenceDevice();
const fit = async (seed: number) => (await randomLists.fit(ratings, { epochs: 1, seed }, { device })).model;
const everybody = Uint32Array.from({ length: USERS }, (_, user) => user);
const nothing = { pointers: new Uint32Array(USERS + 1), indices: new Uint32Array() };
const model = await fit(7);

test('a list does not depend on who else is asked for, or when', async () => {
  const exclude = historiesOf(ratings.byUser, everybody);
  const { indices, scores } = await model.topItemsForMany(everybody, 6, exclude);
  const backwards = await model.topItemsForMany(everybody.slice().reverse(), 6, nothing);
  const together = await model.topItemsForMany(everybody, 6, nothing);
  const pairs = await model.scoresForMany(Uint32Array.of(40, 3));
  for (const user of [0, 3, 40, USERS - 1]) {
    const own = exclude.indices.subarray(exclude.pointers[user], exclude.pointers[user + 1]);
    const list = indices.subarray(user * 6, user * 6 + 6);
    const alone = await model.topItems(user, 6, own);
    expect([...alone.indices]).toEqual([...list].filter((item) => item < ITEMS));
    expect([...list].some((item) => own.includes(item))).toBe(false);
    expect(alone.scores[0]).toBe(scores[user * 6]);
    const at = USERS - 1 - user;
    expect(backwards.indices.slice(at * 6, at * 6 + 6)).toEqual(together.indices.slice(user * 6, user * 6 + 6));
  }
  const best = together.indices[3 * 6];
  expect(pairs.subarray(ITEMS).indexOf(Math.max(...pairs.subarray(ITEMS)))).toBe(best);
});

test('every product stands at every place about equally often, and customers differ', async () => {
  const { indices } = await model.topItemsForMany(everybody, ITEMS, nothing);
  // χ² of product × place against all the same, for places without repetition: (n − 1)² degrees of freedom.
  const seen = new Float64Array(ITEMS * ITEMS);
  indices.forEach((item, at) => {
    seen[item * ITEMS + (at % ITEMS)]++;
  });
  const expected = USERS / ITEMS;
  const squares = seen.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  const chiSquare = (squares * (ITEMS - 1)) / ITEMS;
  const freedom = (ITEMS - 1) ** 2;
  expect(Math.abs(chiSquare - freedom)).toBeLessThan(5 * Math.sqrt(2 * freedom));
  const lists = new Set(Array.from(everybody, (user) => indices.slice(user * ITEMS, (user + 1) * ITEMS).join()));
  expect(lists.size).toBe(USERS);
});

test('the seed decides; the bytes bring the same lists back', async () => {
  const same = await fit(7);
  const other = await fit(8);
  const list = async (of: RandomListsModel) => [...(await of.topItems(5, ITEMS, new Uint32Array())).indices];
  expect(await list(same)).toEqual(await list(model));
  expect(await list(other)).not.toEqual(await list(model));
  expect(await list(RandomListsModel.fromBytes(model.toBytes()))).toEqual(await list(model));
  expect(() => RandomListsModel.fromBytes(model.toBytes().subarray(0, 30))).toThrow(AppError);
  await expect(model.topItems(USERS, 1, new Uint32Array())).rejects.toThrow(RangeError);
});
