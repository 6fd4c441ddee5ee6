import { describe, expect, test } from 'vitest';
import { AppError } from '../base/error.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import { byPopularity, chosenTable, historyOf, randomChoices, sortedList } from './choices.testing.ts';
import { historiesOf } from './held-out.ts';
import { itemNeighboursChoice, type NeighboursChoiceOptions, userNeighboursChoice } from './neighbours-choice.ts';
import { UserNeighboursModel } from './user-neighbours-model.ts';

const USERS = 45;
const ITEMS = 25;
const ratings = randomChoices(USERS, ITEMS, 5);
const table = chosenTable(ratings);
const columns = table[0].map((_, item) => table.map((row) => row[item]));
const order = byPopularity(table);
const device = createReferenceDevice();
const everybody = Uint32Array.from({ length: USERS }, (_, user) => user);

const SETTINGS: Partial<NeighboursChoiceOptions>[] = [
  { k: 4, shrink: 0 },
  { k: 6, shrink: 10 },
  { k: 5, shrink: 2, measure: 'jaccard' },
  { k: 30, shrink: 0, minimumOverlap: 4 },
];

/** From the sets written out. */
function similarity(a: readonly number[], b: readonly number[], options: NeighboursChoiceOptions): number {
  const both = a.filter((value, at) => value === 1 && b[at] === 1).length;
  const sizeA = a.filter((value) => value === 1).length;
  const sizeB = b.filter((value) => value === 1).length;
  if (both < options.minimumOverlap || both === 0) return 0;
  const below =
    options.measure === 'cosine'
      ? Math.sqrt(sizeA * sizeB)
      : a.filter((value, at) => value === 1 || b[at] === 1).length;
  return both / (below + options.shrink);
}

/** The k of `candidates` with the largest similarity above 0, ties as they come. */
function nearest(candidates: readonly number[], k: number, similarityTo: (candidate: number) => number): number[] {
  return [...candidates]
    .filter((candidate) => similarityTo(candidate) > 0)
    .sort((a, b) => similarityTo(b) - similarityTo(a))
    .slice(0, k);
}

function itemScores(own: readonly number[], options: NeighboursChoiceOptions): number[] {
  return columns.map((column, item) => {
    const others = order.filter((other) => other !== item);
    const near = nearest(others, options.k, (other) => similarity(column, columns[other], options));
    return near.reduce((sum, other) => sum + own[other] * similarity(column, columns[other], options), 0);
  });
}

function userScores(own: readonly number[], options: NeighboursChoiceOptions): number[] {
  const others = [...everybody].filter((other) => table[other].some((value, item) => value === 1 && own[item] === 0));
  const near = nearest(others, options.k, (other) => similarity(own, table[other], options));
  return columns.map((column) =>
    near.reduce((sum, other) => sum + column[other] * similarity(own, table[other], options), 0),
  );
}

describe.each([
  ['item-based', itemNeighboursChoice, itemScores],
  ['user-based', userNeighboursChoice, userScores],
] as const)('%s neighbours', (_, recommender, scoresByHand) => {
  test.each(SETTINGS)('every score and list is what counting gives: %o', async (setting) => {
    const options = { ...recommender.defaults('balanced', ratings), ...setting };
    const { model } = await recommender.fit(ratings, options, { device });
    const exclude = historiesOf(ratings.byUser, everybody);
    const scores = await model.scoresForMany(everybody);
    const { indices } = await model.topItemsForMany(everybody, 6, exclude);
    for (const user of everybody) {
      const own = [...exclude.indices.subarray(exclude.pointers[user], exclude.pointers[user + 1])];
      // Customer 0, at least, chose nothing and gets popularity.
      const empty = !table[user].includes(1);
      const expected = empty ? order.map((_, item) => -order.indexOf(item)) : scoresByHand(table[user], options);
      if (!empty) {
        expected.forEach((score, item) => {
          expect(scores[user * ITEMS + item]).toBeCloseTo(score, 5);
        });
      }
      // Nearly equal sums may stand either way round.
      const rounded = expected.map((score) => Math.round(score * 1e5));
      const list = [...indices.subarray(user * 6, user * 6 + 6)];
      expect(list.map((item) => rounded[item])).toEqual(
        sortedList(rounded, order, own)
          .slice(0, 6)
          .map((item) => rounded[item]),
      );
      expect(list.filter((item) => own.includes(item))).toEqual([]);

      const alone = await model.topItems(user, 6, Uint32Array.from(own));
      expect([...alone.indices]).toEqual(list);
      expect(model.topItemsFrom(historyOf(table, user), 6, Uint32Array.from(own))).toEqual(alone);
      expect(model.scoresFrom(historyOf(table, user))).toEqual(scores.slice(user * ITEMS, (user + 1) * ITEMS));
    }
  });

  test('things that nobody near chose follow in order of popularity', async () => {
    const options = { ...recommender.defaults('balanced', ratings), k: 1, shrink: 0 };
    const { model } = await recommender.fit(ratings, options, { device });
    const history = historyOf(table, 9);
    const { indices, scores } = model.topItemsFrom(history, ITEMS, history.items);
    const rest = [...indices].filter((_, place) => scores[place] === 0);
    expect(rest.length).toBeGreaterThan(2);
    expect(rest).toEqual(order.filter((item) => rest.includes(item)));
  });

  test('the same bytes for the same data, whatever the stars of dislikes are; nonsense is refused', async () => {
    const options = recommender.defaults('balanced', ratings);
    const { model, epochs, stoppedEarly } = await recommender.fit(ratings, options, { device });
    const values = ratings.byUser.values.map((value) => (value < 3 ? 3 - value : value));
    const harsher = { ...ratings, byUser: { ...ratings.byUser, values } };
    const again = await recommender.fit(harsher, options, { device });
    expect(again.model.toBytes()).toEqual(model.toBytes());
    expect([epochs, stoppedEarly]).toEqual([1, false]);
    await expect(recommender.fit(ratings, { ...options, k: 0 }, { device })).rejects.toThrow(RangeError);
    await expect(recommender.fit(ratings, { ...options, shrink: -1 }, { device })).rejects.toThrow(RangeError);
    const disliked = { ...ratings, rule: { ...ratings.rule, minRating: 6 } };
    await expect(recommender.fit(disliked, options, { device })).rejects.toMatchObject({ code: 'tooFewRatings' });
  });
});

test('a user-based model comes back from its bytes; damage is noticed', async () => {
  const options = {
    ...userNeighboursChoice.defaults('balanced', ratings),
    measure: 'jaccard',
    k: 7,
    shrink: 3,
  } as const;
  const { model } = await userNeighboursChoice.fit(ratings, options, { device });
  const bytes = model.toBytes();
  const back = UserNeighboursModel.fromBytes(bytes);
  expect(back.toBytes()).toEqual(bytes);
  expect(await back.scoresForMany(everybody)).toEqual(await model.scoresForMany(everybody));
  expect(() => UserNeighboursModel.fromBytes(bytes.subarray(0, bytes.length - 4))).toThrow(AppError);
  await expect(model.topItems(USERS, 1, new Uint32Array())).rejects.toThrow(RangeError);
});

test('more neighbours than there is memory for are refused before any work', async () => {
  const wide = {
    ...ratings,
    itemIds: new Array<string>(60_000).fill(''),
    byUser: { ...ratings.byUser, columns: 60_000 },
  };
  const options = { ...itemNeighboursChoice.defaults('balanced', wide), k: 1000 };
  await expect(itemNeighboursChoice.fit(wide, options, { device })).rejects.toMatchObject({
    code: 'modelTooLarge',
    params: { model: 'itemNeighbours', mostMb: 512 },
  });
});
