import { beforeAll, describe, expect, it } from 'vitest';
import { createReferenceDevice } from '../compute/reference/device.ts';
import type { MultiDictionary } from '../data/interactions.ts';
import { choiceWeights, type Ratings } from '../data/ratings.ts';
import { randomChoices } from './choices.testing.ts';
import { ease } from './ease.ts';
import { historiesOf } from './held-out.ts';
import { PopularityModel } from './popularity-model.ts';
import { ProductCosines } from './product-cosines.ts';
import { RandomListsModel } from './random-lists-model.ts';
import type { ChoiceModel, HistoryChoice } from './recommender.ts';
import { shelfOf } from './rerank.ts';
import { NEUTRAL, NO_RULES, type RerankSettings, type ShopRules, soundSettings } from './rerank-settings.ts';
import { historyOf, RerankedHistories, Reranker, reranked } from './reranked-model.ts';

const [USERS, ITEMS] = [30, 60];
// every product has one of five categories, every ninth none
const categories: MultiDictionary = {
  names: ['a', 'b', 'c', 'd', 'e'],
  pointers: Uint32Array.from({ length: ITEMS + 1 }, (_, row) => row - Math.ceil(row / 9)),
  codes: Uint32Array.from(
    Array.from({ length: ITEMS }, (_, row) => row).filter((row) => row % 9 !== 0),
    (row) => row % 5,
  ),
};
const table = (ids: readonly string[]) => ({ ids, titles: null, categories: null, attributes: [] });
const plain = randomChoices(USERS, ITEMS, 3);
const ratings: Ratings = {
  ...plain,
  about: { customers: table(plain.userIds), products: { ...table(plain.itemIds), categories } },
};
const shelf = shelfOf(ratings);
const weights = choiceWeights(ratings);
const everybody = Uint32Array.from({ length: USERS }, (_, user) => user);
const had = historiesOf(ratings.byUser, everybody);
const hadBy = (user: number) => had.indices.slice(had.pointers[user], had.pointers[user + 1]);

let models: ChoiceModel[];
beforeAll(async () => {
  const device = createReferenceDevice();
  models = [
    (await ease.fit(ratings, { ...ease.defaults('quick', ratings), seed: 1 }, { device })).model,
    PopularityModel.of(weights),
    new RandomListsModel({ users: USERS, products: ITEMS, seed: 4 }),
  ];
});

const set = (change: Partial<RerankSettings>, rules: Partial<ShopRules> = {}): RerankSettings => ({
  ...NEUTRAL,
  ...change,
  rules: { ...NO_RULES, ...rules },
});
const wrap = (model: ChoiceModel, settings: RerankSettings) => reranked(model, new Reranker(settings, shelf), weights);

describe('a model with its lists re-ordered', () => {
  it('gives the list of the model bit for bit where all is neutral', async () => {
    for (const model of models) {
      const same = wrap(model, NEUTRAL);
      expect(await same.topItemsForMany(everybody, 10, had)).toEqual(await model.topItemsForMany(everybody, 10, had));
      expect(await same.topItems(4, 10, hadBy(4))).toEqual(await model.topItems(4, 10, hadBy(4)));
    }
    const inner = models[0] as ChoiceModel & HistoryChoice;
    const fromHistory = wrap(inner, NEUTRAL) as RerankedHistories;
    const history = historyOf(weights, 4);
    expect(fromHistory.topItemsFrom(history, 10, hadBy(4))).toEqual(inner.topItemsFrom(history, 10, hadBy(4)));
  });

  it('says the same to one as to many, and from a history; what it lists is what the model ranks, with its scores', async () => {
    const settings = set(
      { variety: 0.45, niche: 0.3, ownMix: 0.4 },
      { always: [50, 7], never: [2], neverCategories: [3] },
    );
    for (const model of models) {
      const wrapped = wrap(model, settings);
      const many = await wrapped.topItemsForMany(everybody, 10, had);
      for (const user of [0, 4, 17, 29]) {
        const one = await wrapped.topItems(user, 10, hadBy(user));
        expect(many.indices.slice(user * 10, user * 10 + 10)).toEqual(one.indices);
        // On the device sums are added up in another order.
        one.scores.forEach((score, at) => {
          expect(many.scores[user * 10 + at]).toBeCloseTo(score, 5);
        });
        const own = await model.topItems(user, ITEMS, hadBy(user));
        one.indices.forEach((item, at) => {
          expect(one.scores[at]).toBe(own.scores[own.indices.indexOf(item)]);
        });
        if (wrapped instanceof RerankedHistories) {
          expect(wrapped.topItemsFrom(historyOf(weights, user), 10, hadBy(user)).indices).toEqual(one.indices);
        }
      }
    }
  });

  it('moves with every slider', async () => {
    const model = models[0];
    const list = async (settings: RerankSettings) => (await wrap(model, settings).topItems(4, 10, hadBy(4))).indices;
    const own = await list(NEUTRAL);
    for (const change of [{ variety: 0.75 }, { niche: 1 }, { ownMix: 0.9 }]) {
      expect(await list(set(change))).not.toEqual(own);
    }
  });

  it('answers somebody without a history, and somebody who has everything', async () => {
    const settings = set({ variety: 0.55, niche: -0.6, ownMix: 0.75 }, { always: [9] });
    const model = models[0] as ChoiceModel & HistoryChoice;
    const wrapped = wrap(model, settings) as RerankedHistories;
    const nobody = { items: new Uint32Array(), values: new Float32Array() };
    const list = wrapped.topItemsFrom(nobody, 10, new Uint32Array());
    expect(new Set(list.indices).size).toBe(10);
    expect(list.indices[0]).toBe(9);
    expect(list.scores.every(Number.isFinite)).toBe(true);
    const all = Uint32Array.from({ length: ITEMS }, (_, item) => item);
    expect((await wrapped.topItems(4, 10, all)).indices).toHaveLength(0);
    const many = await wrapped.topItemsForMany(Uint32Array.of(4), 10, {
      pointers: Uint32Array.of(0, ITEMS),
      indices: all,
    });
    expect(many.indices.every((item) => item === 0xffffffff)).toBe(true);
  });
});

describe('rules', () => {
  const lists = async (rules: Partial<ShopRules>, change: Partial<RerankSettings> = {}, count = 10) => {
    const { indices } = await wrap(models[0], set(change, rules)).topItemsForMany(everybody, count, had);
    return Array.from({ length: USERS }, (_, user) =>
      [...indices.slice(user * count, (user + 1) * count)].filter((item) => item !== 0xffffffff),
    );
  };

  it('put first what is always included, best first, but for those who have it', async () => {
    const found = await lists({ always: [40, 11, 23] });
    for (let user = 0; user < USERS; user++) {
      const wanted = [11, 23, 40].filter((item) => !hadBy(user).includes(item));
      const own = Array.from((await models[0].topItems(user, ITEMS, hadBy(user))).indices);
      expect(found[user].slice(0, wanted.length)).toEqual(wanted.sort((a, b) => own.indexOf(a) - own.indexOf(b)));
      // and then the model's own order
      expect(found[user].slice(wanted.length)).toEqual(
        own.filter((item) => !wanted.includes(item)).slice(0, 10 - wanted.length),
      );
    }
    // a list shorter than what is always included
    expect((await lists({ always: [40, 11, 23] }, {}, 2)).every(({ length }) => length === 2)).toBe(true);
  });

  it('leave out what is never suggested, and whole categories, whatever the sliders', async () => {
    const banned = (item: number) => item === 1 || item === 8 || (item % 9 !== 0 && [0, 2].includes(item % 5));
    for (const change of [{}, { variety: 0.75, niche: 1, ownMix: 0.9 }]) {
      const found = (await lists({ never: [1, 8], neverCategories: [0, 2] }, change, 20)).flat();
      expect(found.length).toBeGreaterThan(200);
      expect(found.filter(banned)).toEqual([]);
    }
    expect((await lists({}, {}, 20)).flat().some(banned)).toBe(true);
  });

  it('list only what is in stock, down to nothing', async () => {
    const stock = [3, 5, 30, 31, 32, 44];
    const found = await lists({ only: stock });
    found.forEach((items, user) => {
      expect([...items].sort((a, b) => a - b)).toEqual(stock.filter((item) => !hadBy(user).includes(item)));
    });
  });

  it('a thing named goes before its category; never and stock go before always', async () => {
    // 11 is of category 1
    expect(11 % 9 !== 0 && 11 % 5 === 1).toBe(true);
    const users = Array.from(everybody).filter((user) => !hadBy(user).includes(11));
    expect(users.length).toBeGreaterThan(3);
    const named = await lists({ always: [11], neverCategories: [1] });
    for (const user of users) expect(named[user][0]).toBe(11);
    for (const rules of [{ never: [11] }, { only: [1, 2, 3, 4, 5, 6, 7, 8] }]) {
      expect((await lists({ always: [11], ...rules })).flat()).not.toContain(11);
    }
  });

  it('a thing the model has no score for is listed all the same', () => {
    const reranker = new Reranker(set({}, { always: [5, 6] }), shelf);
    const ask = (_: number, exclude: Uint32Array) => {
      const free = [6, 1, 2, 3].filter((item) => !exclude.includes(item));
      return { indices: Uint32Array.from(free), scores: Float32Array.from(free, (item) => 10 - item) };
    };
    const list = reranker.list(ask, null, 4, new Uint32Array());
    expect(Array.from(list.indices)).toEqual([6, 5, 1, 2]);
    expect(Array.from(list.scores)).toEqual([4, Number.NEGATIVE_INFINITY, 9, 8]);
  });
});

describe('cosines, row by row', () => {
  it('are those of the columns', () => {
    const cosines = new ProductCosines(weights);
    const column = (item: number) =>
      Array.from({ length: USERS }, (_, user) => (historyOf(weights, user).items.includes(item) ? 1 : 0));
    const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, one, at) => sum + one * b[at], 0);
    for (let a = 0; a < ITEMS; a++) {
      const row = cosines.to(a);
      for (let b = 0; b < ITEMS; b++) {
        const [first, second] = [column(a), column(b)];
        const length = Math.sqrt(dot(first, first) * dot(second, second));
        expect(row[b]).toBeCloseTo(length === 0 ? 0 : dot(first, second) / length, 6);
      }
    }
    // nobody likes the last product
    expect(Array.from(cosines.to(ITEMS - 1))).toEqual(new Array(ITEMS).fill(0));
    expect(() => cosines.to(ITEMS)).toThrow(RangeError);
  });
});

describe('settings from a file', () => {
  const limits = { products: 10, categories: 3 };

  it('come back as they were', () => {
    const settings = set({ variety: 0.45, niche: -0.6, ownMix: 0.9 }, { always: [1], never: [0, 9], only: [2, 3] });
    expect(soundSettings(JSON.parse(JSON.stringify(settings)), limits)).toEqual(settings);
    expect(soundSettings(NEUTRAL, limits)).toEqual(NEUTRAL);
  });

  it('are neutral where nothing can be believed, and mended where something can', () => {
    for (const nonsense of [null, undefined, 3, 'x', [], {}, { variety: Number.NaN, rules: 7 }]) {
      expect(soundSettings(nonsense, limits)).toEqual(NEUTRAL);
    }
    const mended = soundSettings(
      {
        variety: 99,
        niche: -0.5,
        ownMix: '1',
        rules: { always: [3, 3, -1, 10, 1.5, 'a'], neverCategories: [3, 2], only: [11] },
      },
      limits,
    );
    expect(mended).toEqual(set({ variety: 0.75, niche: -0.6 }, { always: [3], neverCategories: [2] }));
  });
});
