import { beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../base/error.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import { choiceWeights } from '../data/ratings.ts';
import { NEUTRAL } from '../models/rerank-settings.ts';
import type { RecommendationList, RecommendRequest } from './api/lists.ts';
import type { Devices } from './devices.ts';
import { openRooms, ratingText } from './engine-rooms.testing.ts';
import { exportLists } from './exporting.ts';
import { createPricer } from './pricing.ts';
import { customerProfile } from './profile.ts';
import { recommend, standWithout } from './recommend.ts';
import { findProducts, productCategories } from './reshaping.ts';

const { session, take, train, training } = openRooms();
const NOTHING = { liked: [], disliked: [] };
const ask = (request: Partial<RecommendRequest>) =>
  recommend(session, { customer: 4, whatIf: NOTHING, count: 45, run: null, ...request });
const product = (id: string) => session.project.interactions.products.ids.indexOf(id);
const history = (customer: number) => {
  const { pointers, indices } = session.project.ratings.byUser;
  return [...indices.subarray(pointers[customer], pointers[customer + 1])];
};

beforeAll(async () => {
  await take(ratingText());
  await expect(ask({})).rejects.toMatchObject({ code: 'notTrained' });
  await train('r');
});

describe('recommend', () => {
  it('offers everything a customer has not had, and nothing they have', async () => {
    const { items } = await ask({});
    const offered = items.map((item) => item.product.product);
    expect([...offered, ...history(4)].sort((a, b) => a - b)).toEqual(Array.from({ length: 45 }, (_, at) => at));
    // c4 likes what leaves the remainder 1: that comes first.
    expect(Number(items[0].product.id.slice(1)) % 3).toBe(1);
  });

  it('gives reasons that add up to the score it orders by', async () => {
    for (const { score, reasons, stars } of (await ask({})).items) {
      if (!reasons) throw new Error('a factorization gives reasons');
      const sum = reasons.because.reduce((total, { amount }) => total + amount, reasons.baseline + reasons.others);
      expect(sum).toBeCloseTo(score, 4);
      expect(reasons.because.length).toBeLessThanOrEqual(3);
      expect(stars).toBeGreaterThanOrEqual(1);
      expect(stars).toBeLessThanOrEqual(5);
    }
  });

  it('solves a what-if anew: liked and disliked go from the list, and the rest follows the taste', async () => {
    const [first, second] = (await ask({})).items.map((item) => item.product.product);
    const changed = await ask({ whatIf: { liked: [first], disliked: [second] } });
    const offered = changed.items.map((item) => item.product.product);
    expect(offered).not.toContain(first);
    expect(offered).not.toContain(second);
    expect(offered).toHaveLength(45 - history(4).length - 2);
    // The change is a question, not a change of the data.
    expect(history(4)).not.toContain(first);
    expect((await ask({})).items[0].product.product).toBe(first);
  });

  it('takes back what a what-if dislikes from the reasons', async () => {
    const had = history(4);
    const liked = had.filter((item) => session.project.interactions.products.ids[item].endsWith('1'));
    const { items } = await ask({ whatIf: { liked: [], disliked: liked } });
    const causes = items.flatMap(({ reasons }) => reasons?.because.map((cause) => cause.product.product) ?? []);
    for (const item of liked) expect(causes).not.toContain(item);
  });

  it('answers for somebody new: by taste from one like on, by what most choose from nothing', async () => {
    const liked = product('p1');
    const fresh = await ask({ customer: null, whatIf: { liked: [liked], disliked: [] } });
    const firsts = fresh.items.slice(0, 3).map((item) => Number(item.product.id.slice(1)) % 3);
    expect(firsts.filter((rest) => rest === 1).length).toBeGreaterThanOrEqual(2);
    expect(fresh.items.map((item) => item.product.product)).not.toContain(liked);

    const nobody = await ask({ customer: null });
    const scores = nobody.items.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(nobody.items.every(({ reasons }) => reasons === null)).toBe(true);
    const choices = choiceWeights(session.project.ratings);
    const times = choices.indices.filter((item) => item === nobody.items[0].product.product).length;
    expect(scores[0]).toBe(times);
  });

  it('names similar customers, never the customer', async () => {
    const { similarCustomers } = await ask({});
    expect(similarCustomers.length).toBeGreaterThan(0);
    expect(similarCustomers.map(({ customer }) => customer.customer)).not.toContain(4);
    // The nearest share the taste.
    expect(Number(similarCustomers[0].customer.id.slice(1)) % 3).toBe(1);
  });

  it('refuses people and things that are not there', async () => {
    await expect(ask({ customer: 4000 })).rejects.toMatchObject({ code: 'unknownCustomer' });
    await expect(ask({ whatIf: { liked: [999], disliked: [] } })).rejects.toMatchObject({ code: 'unknownProduct' });
  });
});

describe('without one thing of the history', () => {
  it('a suggestion stands where a list of the history without it has it', async () => {
    const { items } = await ask({});
    for (const place of [0, 4]) {
      const suggested = items[place].product.product;
      const cause = items[place].reasons?.because[0]?.product.product;
      if (cause === undefined) throw new TypeError('a reason');
      const request = { customer: 4, whatIf: NOTHING, run: null, product: suggested, without: cause };
      const stands = standWithout(session, request);
      expect(stands?.before).toBe(place + 1);
      // Disliking takes it from the history too, and from the list it never was in.
      const changed = await ask({ whatIf: { liked: [], disliked: [cause] } });
      const after = changed.items.findIndex((item) => item.product.product === suggested);
      expect(stands?.after).toBe(after + 1);
    }
  });

  it('is refused for things that are not there', () => {
    const request = { customer: 4, whatIf: NOTHING, run: null, product: 999, without: 0 };
    expect(() => standWithout(session, request)).toThrow(AppError);
  });
});

describe('a re-ordered list', () => {
  const rules = (change: object) => ({ ...NEUTRAL, rules: { ...NEUTRAL.rules, ...change } });
  const rowsOf = (list: RecommendationList) => list.items.map((item) => item.product.product);

  it('is the plain one where nothing is set', async () => {
    const { milliseconds: _, ...plain } = await ask({ count: 10 });
    const { milliseconds: __, ...neutral } = await ask({ count: 10, rerank: NEUTRAL });
    expect(neutral).toEqual(plain);
  });

  it('says where each thing stood, keeps its score and its reasons', async () => {
    const plain = await ask({});
    const shaped = await ask({ count: 10, rerank: { ...NEUTRAL, variety: 0.75, niche: 1 } });
    expect(rowsOf(shaped)).not.toEqual(rowsOf(plain).slice(0, 10));
    for (const item of shaped.items) {
      const before = plain.items[(item.ownPlace ?? 0) - 1];
      expect(before.product.product).toBe(item.product.product);
      expect(item.score).toBeCloseTo(before.score, 6);
      expect(item.stars).toBeCloseTo(before.stars ?? 0, 6);
      expect(item.reasons?.because).toEqual(before.reasons?.because);
      expect(item.pinned).toBe(false);
    }
  });

  it('keeps the rules: first, never, in stock', async () => {
    const plain = rowsOf(await ask({}));
    const last = plain[plain.length - 1];
    const shaped = await ask({ count: 10, rerank: rules({ always: [last], never: [plain[0]] }) });
    expect(rowsOf(shaped)).toEqual([last, ...plain.slice(1, 10)]);
    expect(shaped.items[0]).toMatchObject({ pinned: true, ownPlace: plain.length });
    expect(shaped.items[1]).toMatchObject({ pinned: false, ownPlace: 2 });
    const stock = plain.filter((_, at) => at % 7 === 0);
    expect(rowsOf(await ask({ rerank: rules({ only: stock }) }))).toEqual(stock);
  });

  it('answers somebody new too, with and without a taste', async () => {
    const rerank = { ...rules({ never: [0] }), niche: 0.6 };
    const nobody = await ask({ customer: null, count: 10, rerank });
    expect(nobody.items).toHaveLength(10);
    expect(rowsOf(nobody)).not.toContain(0);
    const fresh = await ask({ customer: null, count: 10, whatIf: { liked: [product('p1')], disliked: [] }, rerank });
    expect(new Set(rowsOf(fresh)).size).toBe(10);
    expect(rowsOf(fresh)).not.toContain(0);
  });

  it('is exported as it is shown, for everybody', async () => {
    // A factorization exports from the factors it was fitted with and shows the exact solve: EASE is the same for both.
    await training.train('e', { model: 'ease', preset: 'balanced', settings: {}, seed: 1 }, () => undefined);
    const run = 'e';
    const [first] = rowsOf(await ask({ run }));
    const rerank = { ...rules({ never: [first] }), variety: 0.55 };
    const { signal } = new AbortController();
    const blob = await exportLists(session, { count: 5, run, rerank }, () => undefined, signal);
    const lines = (await blob.text()).trim().split('\r\n').slice(1);
    const rows = lines.map((line) => line.split(','));
    const { customers, products } = session.project.interactions;
    expect(new Set(rows.map(([customer]) => customer)).size).toBe(customers.ids.length);
    for (const id of ['c4', 'c17', 'c80']) {
      const exported = rows.filter(([customer]) => customer === id).map(([, , item]) => products.ids.indexOf(item));
      const shown = await ask({ run, customer: customers.ids.indexOf(id), count: 5, rerank });
      expect(exported).toEqual(rowsOf(shown));
    }
    expect(rows.map(([, , item]) => item)).not.toContain(products.ids[first]);
    const plain = await exportLists(session, { count: 5, run }, () => undefined, signal);
    expect(await plain.text()).toContain(`,${products.ids[first]},`);
  });

  it('finds products by the ids of the data, and names some that are not there', () => {
    const { project } = session;
    const ids = [' p3', 'p0', 'p3', '', 'x1', 'x2', 'x3', 'x4', 'x5', 'x6'];
    expect(findProducts(project, ids)).toEqual({
      products: [product('p0'), product('p3')].sort((a, b) => a - b),
      unknown: 6,
      named: ['x1', 'x2', 'x3', 'x4', 'x5'],
    });
    expect(productCategories(project)).toEqual([]);
  });

  it('has its price measured, once for a run, and exactly for what is set', async () => {
    const device = createReferenceDevice();
    const pricer = createPricer(session, { current: () => Promise.resolve(device) } as unknown as Devices);
    const shares: number[] = [];
    const { signal } = new AbortController();
    const both = { ...NEUTRAL, variety: 0.55, niche: 0.6 };
    const first = await pricer.priceOfSettings({ run: null, settings: null }, (share) => shares.push(share), signal);
    expect(first.model).toBe('mf');
    expect(first.together).toBeNull();
    expect(first.curves.curves.variety).toHaveLength(5);
    expect(first.curves.curves.ownMix).toEqual([]);
    expect(shares.length).toBeGreaterThan(0);
    const again: number[] = [];
    const second = await pricer.priceOfSettings({ run: null, settings: both }, (share) => again.push(share), signal);
    // Nothing was fitted again.
    expect(again).toEqual([]);
    expect(second.curves).toBe(first.curves);
    expect(second.together?.settings).toEqual(both);
    expect(second.together?.figures).not.toEqual(first.curves.neutral);
    pricer.close();
  });
});

describe('reasons of models that are no sum over the history', () => {
  it('are how far the score falls without each thing, and say that they are about', async () => {
    const request = { model: 'userNeighbours', preset: 'balanced', settings: {}, seed: 1 } as const;
    await training.train('k', request, () => undefined);
    const { items } = await ask({ run: 'k', count: 5 });
    const [first] = items;
    if (!first.reasons) throw new TypeError('reasons');
    expect(first.reasons.exact).toBe(false);
    expect(first.reasons.because.length).toBeGreaterThan(0);
    const { product: cause, amount } = first.reasons.because[0];
    const without = await ask({ run: 'k', count: 45, whatIf: { liked: [], disliked: [cause.product] } });
    const left = without.items.find((item) => item.product.product === first.product.product)?.score ?? 0;
    expect(amount).toBeCloseTo(first.score - left, 5);
    const amounts = first.reasons.because.map((reason) => reason.amount);
    expect(amounts).toEqual([...amounts].sort((a, b) => b - a));
  });
});

describe('customerProfile', () => {
  it('counts what the file says', () => {
    const rows = ratingText()
      .split('\n')
      .map((line) => line.split(','))
      .filter(([user]) => user === 'c4');
    const row = session.project.interactions.customers.ids.indexOf('c4');
    const profile = customerProfile(session.project, row);
    const ratings = rows.map(([, , rating]) => Number(rating));
    expect(profile.historyCount).toBe(rows.length);
    expect(profile.meanRating).toBeCloseTo(ratings.reduce((sum, rating) => sum + rating, 0) / rows.length, 6);
    expect(profile.history.map(({ value }) => value)).toEqual([...ratings].sort((a, b) => b - a));
    const times = rows.map(([, , , time]) => Number(time) * 1000);
    expect([profile.firstTime, profile.lastTime]).toEqual([Math.min(...times), Math.max(...times)]);
    expect([profile.units, profile.spend]).toEqual([null, null]);
  });
});
