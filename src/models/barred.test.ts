import { describe, expect, it } from 'vitest';
import { createReferenceDevice } from '../compute/reference/device.ts';
import { barring } from './barred.ts';
import { datedChoices } from './dated.testing.ts';
import { markov } from './markov.ts';
import { mfChoice } from './mf-choice.ts';
import { MfChoiceModel } from './mf-choice-model.ts';
import { plantedRatings } from './planted.testing.ts';
import { popularity } from './popularity.ts';
import type { ChoiceModel, History } from './recommender.ts';
import { vae } from './vae.ts';

const device = createReferenceDevice();
const [USERS, ITEMS] = [30, 20];
const ratings = plantedRatings({ users: USERS, items: ITEMS, perUser: 8, noise: 0.5, seed: 4 });
const BARRED = Uint32Array.of(0, 3, 4, 11, 19);
const HISTORY: History = { items: Uint32Array.of(1, 3, 12), values: Float32Array.of(1, 2, 1) };
const EXCLUDE = Uint32Array.of(1, 4, 12);
const everybody = Uint32Array.from({ length: USERS }, (_, user) => user);
const none = { pointers: new Uint32Array(USERS + 1), indices: new Uint32Array() };
/** The whole order without what is barred or excluded, best first. */
const without = (list: { readonly indices: Uint32Array }, exclude: Uint32Array = new Uint32Array()) =>
  [...list.indices].filter((item) => !BARRED.includes(item) && !exclude.includes(item));

async function factors(): Promise<MfChoiceModel> {
  const options = { ...mfChoice.defaults('quick', ratings), factors: 4, epochs: 3 };
  return (await mfChoice.fit(ratings, options, { device })).model as MfChoiceModel;
}

describe('a model with products barred', () => {
  it('is the model itself where nothing is barred, and otherwise its own order without them', async () => {
    const model = await factors();
    expect(barring(model, new Uint32Array())).toBe(model);
    const barred = barring(model, BARRED);
    const all = model.topItemsFrom(HISTORY, ITEMS, new Uint32Array());
    expect([...barred.topItemsFrom(HISTORY, 6, EXCLUDE).indices]).toEqual(without(all, EXCLUDE).slice(0, 6));
    const scores = barred.topItemsFrom(HISTORY, 6, EXCLUDE);
    scores.indices.forEach((item, place) => {
      expect(scores.scores[place]).toBe(all.scores[all.indices.indexOf(item)]);
    });
    const who = model.foldIn(HISTORY);
    expect([...barred.topItemsFor(who, ITEMS, EXCLUDE).indices]).toEqual(without(all, EXCLUDE));
    for (const user of [0, 7]) {
      const own = await model.topItems(user, ITEMS, new Uint32Array());
      expect([...(await barred.topItems(user, 5, EXCLUDE)).indices]).toEqual(without(own, EXCLUDE).slice(0, 5));
    }
    expect(await barred.topUsers(5, 4, EXCLUDE)).toEqual(await model.topUsers(5, 4, EXCLUDE));
    expect((await model.topUsers(BARRED[2], 4, EXCLUDE)).indices).toHaveLength(4);
    expect((await barred.topUsers(BARRED[2], 4, EXCLUDE)).indices).toHaveLength(0);
    const near = model.similarItems(2, ITEMS);
    expect([...barred.similarItems(2, 4).indices]).toEqual(without(near).slice(0, 4));
  });

  it('lists for many as for one, short where too little is left, scores none of what is barred', async () => {
    const model = await factors();
    const barred = barring(model, BARRED);
    const rows = {
      pointers: Uint32Array.from({ length: USERS + 1 }, (_, q) => q),
      indices: everybody.map((user) => user % ITEMS),
    };
    const { indices, scores } = await barred.topItemsForMany(everybody, ITEMS, rows);
    for (const user of everybody) {
      const own = await model.topItems(user, ITEMS, new Uint32Array());
      const expected = without(own, Uint32Array.of(user % ITEMS));
      const row = [...indices.subarray(user * ITEMS, (user + 1) * ITEMS)];
      expect(row.slice(0, expected.length)).toEqual(expected);
      expect(row.slice(expected.length).every((item) => item === 0xffffffff)).toBe(true);
      expect(scores[user * ITEMS]).toBeCloseTo(own.scores[own.indices.indexOf(expected[0])], 5);
    }
    const [all, left] = [await model.scoresForMany(everybody), await barred.scoresForMany(everybody)];
    left.forEach((score, at) => {
      expect(score).toBe(BARRED.includes(at % ITEMS) ? Number.NEGATIVE_INFINITY : all[at]);
    });
    const fromHistory = barred.scoresFrom(HISTORY);
    model.scoresFrom(HISTORY).forEach((score, item) => {
      expect(fromHistory[item]).toBe(BARRED.includes(item) ? Number.NEGATIVE_INFINITY : score);
    });
    const asked = Uint32Array.of(2, 3, 5);
    const own = model.scoreFor(model.foldIn(HISTORY), asked);
    expect([...barred.scoreFor(model.foldIn(HISTORY), asked)]).toEqual([own[0], Number.NEGATIVE_INFINITY, own[2]]);
  });

  it('keeps all else: bytes, reasons, vectors, what it cannot do; and goes with its model', async () => {
    const model = await factors();
    const barred = barring(model, BARRED);
    expect(barred).toBeInstanceOf(MfChoiceModel);
    expect(barred.name).toBe('mf');
    expect(barred.toBytes()).toEqual(model.toBytes());
    expect(barred.explain(HISTORY, 5)).toEqual(model.explain(HISTORY, 5));
    expect(barred.itemVectors).toEqual(model.itemVectors);
    const popular = barring(
      (await popularity.fit(ratings, popularity.defaults('quick', ratings), { device })).model,
      BARRED,
    );
    expect('topItemsFrom' in popular).toBe(false);
    expect((popular as Partial<{ topItemsFrom: unknown }>).topItemsFrom).toBeUndefined();
    let destroyed = 0;
    barring({ destroy: () => void destroyed++ } as Partial<ChoiceModel>, BARRED).destroy?.();
    expect(destroyed).toBe(1);
  });

  it('holds in the order somebody chose in, and for what is left out one at a time', async () => {
    const dated = datedChoices(
      Array.from({ length: 120 }, (_, p) => ({ user: p % 20, item: (p * 7 + Math.floor(p / 20)) % ITEMS, day: p })),
      20,
      ITEMS,
    );
    const chain = (await markov.fit(dated, markov.defaults('quick', dated), { device })).model;
    const own = chain.inOrderOf(3).topItemsFrom(HISTORY, ITEMS, new Uint32Array());
    const ordered = barring(chain, BARRED).inOrderOf(3);
    expect([...ordered.topItemsFrom(HISTORY, ITEMS, EXCLUDE).indices]).toEqual(without(own, EXCLUDE));
    expect(ordered.scoresFrom(HISTORY)[11]).toBe(Number.NEGATIVE_INFINITY);

    const options = { ...vae.defaults('quick', ratings), hidden: 4, epochs: 2 };
    const network = (await vae.fit(ratings, options, { device })).model;
    const [causes, items] = [Uint32Array.of(1, 12), Uint32Array.of(2, 3, 4, 7)];
    const before = network.scoresWithout(HISTORY, causes, items);
    const after = barring(network, BARRED).scoresWithout(HISTORY, causes, items);
    after.forEach((score, at) => {
      expect(score).toBe([3, 4].includes(items[at % 4]) ? Number.NEGATIVE_INFINITY : before[at]);
    });
  });

  it('takes many customers in blocks where much is barred', async () => {
    const asked: number[] = [];
    const wide = {
      async topItemsForMany(users: Uint32Array, count: number) {
        asked.push(users.length);
        return { indices: new Uint32Array(users.length * count), scores: new Float32Array(users.length * count) };
      },
    };
    const much = Uint32Array.from({ length: 200_000 }, (_, item) => item);
    await (barring(wide as object, much) as ChoiceModel).topItemsForMany(everybody, 2, none);
    expect(asked).toEqual([10, 10, 10]);
  });
});
