import { describe, expect, test } from 'vitest';
import { AppError } from '../base/error.ts';
import { createRandom, type Random } from '../base/random.ts';
import type { Pairs } from '../base/sparse.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import { tableOf } from './about.testing.ts';
import { customerKinds, NO_KIND } from './customer-kinds.ts';
import { type Dated, datedChoices } from './dated.testing.ts';
import { trending } from './trending.ts';
import { TrendingModel } from './trending-model.ts';

const USERS = 90;
const ITEMS = 12;
const device = createReferenceDevice();
const random = createRandom(4);
/** Two countries with enough customers, one with too few; customer 1 has none. */
const countryOf = (user: number) => (user === 1 ? '' : user < 50 ? 'UK' : user < 85 ? 'France' : 'Malta');
const customers = tableOf(
  Array.from({ length: USERS }, (_, user) => ({
    attributes: { name: `name ${user}`, country: countryOf(user), same: 'yes' },
  })),
);
const COUNTRY = 1;
const products = tableOf(Array.from({ length: ITEMS }, () => ({})));

/** UK chooses what is even, France what is odd; of late everybody the later half. Customer 2 has nothing. */
function choicesOf(items: number, { next, integer }: Pick<Random, 'next' | 'integer'>): Dated[] {
  return Array.from({ length: USERS }, (_, user) =>
    Array.from({ length: items }, (_, item) => ({ user, item, day: integer(100) }))
      .filter(({ item, day }) => {
        if (user === 2) return false;
        const liked = item % 2 === (countryOf(user) === 'France' ? 1 : 0) ? 0.5 : 0.1;
        return next() < liked * (item >= items / 2 === day >= 70 ? 1 : 0.2);
      })
      .map((choice) => ({ ...choice, day: next() < 0.1 ? null : choice.day })),
  ).flat();
}
const choices = choicesOf(ITEMS, random);
const ratings = { ...datedChoices(choices, USERS, ITEMS), about: { customers, products } };
const options = trending.defaults('balanced', ratings);
const everybody = Uint32Array.from({ length: USERS }, (_, user) => user);

/** Share of each product, choices ageing, of the customers that `who` lets pass. */
function countsByHand(halfLife: number, who: (user: number) => boolean = () => true): number[] {
  const last = Math.max(...choices.map(({ day }) => day ?? 0));
  const weight = (day: number) => (halfLife === 0 ? 1 : 0.5 ** ((last - day) / halfLife));
  const dated = choices.flatMap(({ day }) => (day === null ? [] : [weight(day)]));
  const usual = dated.reduce((sum, one) => sum + one, 0) / dated.length;
  return Array.from({ length: ITEMS }, (_, item) =>
    choices
      .filter((choice) => choice.item === item && who(choice.user))
      .reduce((sum, { day }) => sum + (day === null ? usual : weight(day)), 0),
  );
}
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

describe('bestsellers of late', () => {
  test.each([0, 10, 45])('decayed counts by hand, everybody alike: half-life %d', async (halfLife) => {
    const { model } = await trending.fit(ratings, { ...options, halfLife, attribute: -1 }, { device });
    const counts = countsByHand(halfLife);
    const scores = await model.scoresForMany(everybody);
    counts.forEach((count, item) => {
      expect(scores[item]).toBeCloseTo(count / sum(counts), 5);
    });
    for (const user of everybody)
      expect(scores.slice(user * ITEMS, (user + 1) * ITEMS)).toEqual(scores.slice(0, ITEMS));
    const order = counts.map((_, item) => item).sort((a, b) => counts[b] - counts[a]);
    const list = await model.topItems(3, ITEMS + 5, Uint32Array.of(order[1]));
    expect([...list.indices]).toEqual(order.filter((item) => item !== order[1]));
    expect([model.halfLife, model.attribute]).toEqual([halfLife, -1]);
  });

  test('within a kind of customers, shrunk towards everybody; who is of no kind gets everybody’s', async () => {
    const shrink = 30;
    const { model } = await trending.fit(ratings, { ...options, halfLife: 20, attribute: COUNTRY, shrink }, { device });
    const all = countsByHand(20);
    const scores = await model.scoresForMany(everybody);
    for (const user of everybody) {
      const country = countryOf(user);
      const isKind = country === 'UK' || country === 'France';
      const own = countsByHand(20, (other) => countryOf(other) === country);
      for (let item = 0; item < ITEMS; item++) {
        const share = all[item] / sum(all);
        const expected = isKind ? (own[item] + shrink * share) / (sum(own) + shrink) : share;
        expect(scores[user * ITEMS + item]).toBeCloseTo(expected, 5);
      }
    }
    const stranger = await model.topItems(USERS + 7, 3, new Uint32Array());
    expect(stranger).toEqual(await model.topItems(1, 3, new Uint32Array()));
  });

  test('validation chooses how fast choices age and what tells customers apart; a refit keeps both', async () => {
    const wide = 60;
    const all = choicesOf(wide, random);
    // Held out: of late, what the customer's country likes.
    const isLate = ({ item, day }: Dated) => item >= wide / 2 && day !== null && day >= 90;
    const held = all.filter(
      (choice) => isLate(choice) && choice.item % 2 === (countryOf(choice.user) === 'France' ? 1 : 0),
    );
    const validation: Pairs = {
      users: Uint32Array.from(held, ({ user }) => user),
      items: Uint32Array.from(held, ({ item }) => item),
      values: new Float32Array(held.length).fill(1),
    };
    const data = {
      ...datedChoices(
        all.filter((choice) => !held.includes(choice)),
        USERS,
        wide,
      ),
      about: { customers, products },
    };
    const own = { ...options, shrink: 20 };
    const fitted = await trending.fit(data, own, { device, validation });
    expect(fitted.model.halfLife).toBeGreaterThan(0);
    expect(fitted.model.attribute).toBe(COUNTRY);
    const again = trending.refitOptions?.(own, fitted);
    expect(again).toMatchObject({ halfLife: fitted.model.halfLife, attribute: COUNTRY, epochs: 1 });
    const refitted = await trending.fit(data, again ?? own, { device });
    expect(refitted.model.toBytes()).toEqual(fitted.model.toBytes());
    const unguided = await trending.fit(data, own, { device });
    expect([unguided.model.halfLife, unguided.model.attribute]).toEqual([0, -1]);
  });

  test('dates alone will do, attributes alone as well; neither is said so', async () => {
    const strangers = { ...ratings, about: undefined };
    expect((await trending.fit(strangers, { ...options, halfLife: 9 }, { device })).model.halfLife).toBe(9);
    const undated = { ...ratings, lastTime: null };
    const kinds = await trending.fit(undated, { ...options, halfLife: 9, attribute: COUNTRY }, { device });
    expect([kinds.model.halfLife, kinds.model.attribute]).toEqual([0, COUNTRY]);
    const still = { ...strangers, lastTime: () => new Float64Array(choices.length).fill(5) };
    const blank = { ...strangers, lastTime: () => new Float64Array(choices.length).fill(Number.NaN) };
    for (const data of [{ ...strangers, lastTime: null }, still, blank]) {
      await expect(trending.fit(data, options, { device })).rejects.toMatchObject({ code: 'noTrends' });
    }
    await expect(trending.fit(datedChoices([], 3, 3), options, { device })).rejects.toMatchObject({
      code: 'tooFewRatings',
    });
    expect(() => trending.fit(ratings, { ...options, shrink: -1 }, { device })).toThrow(RangeError);
  });

  test('comes back from its bytes; damage is noticed', async () => {
    const { model } = await trending.fit(ratings, { ...options, halfLife: 20, attribute: COUNTRY }, { device });
    const bytes = model.toBytes();
    const back = TrendingModel.fromBytes(bytes);
    expect(back.toBytes()).toEqual(bytes);
    expect(await back.scoresForMany(everybody)).toEqual(await model.scoresForMany(everybody));
    expect([back.halfLife, back.attribute]).toEqual([20, COUNTRY]);
    expect(() => TrendingModel.fromBytes(bytes.subarray(0, bytes.length - 4))).toThrow(AppError);
  });
});

test('kinds: values that enough customers have, if there are two of them and not too many', () => {
  expect(customerKinds(customers, 0)).toBeNull();
  expect(customerKinds(customers, 2)).toBeNull();
  const kinds = customerKinds(customers, COUNTRY);
  expect(kinds?.count).toBe(2);
  expect([0, 1, 49, 50, 84, 85].map((user) => kinds?.kindOf[user])).toEqual([0, NO_KIND, 0, 1, 1, NO_KIND]);
  const many = tableOf(Array.from({ length: 51 * 20 }, (_, user) => ({ attributes: { town: `${user % 51}` } })));
  expect(customerKinds(many, 0)).toBeNull();
});
