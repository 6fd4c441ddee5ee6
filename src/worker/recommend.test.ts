import { beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../base/error.ts';
import { choiceWeights } from '../data/ratings.ts';
import type { RecommendRequest } from './api.ts';
import { openRooms, ratingText } from './engine-rooms.testing.ts';
import { customerProfile } from './profile.ts';
import { recommend, standWithout } from './recommend.ts';

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
