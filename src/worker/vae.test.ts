import { beforeAll, describe, expect, it } from 'vitest';
import { choiceWeight } from '../data/ratings.ts';
import { VaeModel } from '../models/vae-model.ts';
import type { RunSummary } from './api/training.ts';
import { openRooms, ratingText } from './engine-rooms.testing.ts';
import { settingFields } from './heads.ts';
import { recommend } from './recommend.ts';
import { choiceFromBytes, tasteFromBytes } from './stored-models.ts';

const { session, training, take } = openRooms();
const settings = { 'taste.factors': 6, 'taste.epochs': 4, 'choice.hidden': 8, 'choice.epochs': 5 };
let run: RunSummary;

beforeAll(async () => {
  await take(ratingText());
  run = await training.train('lists', { model: 'vae', preset: 'quick', settings, seed: 3 }, () => undefined);
});

const ask = (customer: number | null, liked: number[] = [], disliked: number[] = []) =>
  recommend(session, { customer, whatIf: { liked, disliked }, count: 5, run: 'lists' });

describe('a run of the list autoencoder', () => {
  it('teaches its lists, and a factorization its stars', () => {
    const [stars, lists] = ['mf taste', 'vae choice'].map(
      (name) => run.epochs.filter(({ model, head }) => `${model} ${head}` === name).length,
    );
    expect(stars).toBeGreaterThan(0);
    expect(lists).toBeGreaterThan(0);
    expect(stars + lists).toBe(run.epochs.length);
    expect(run.recall10).toBeGreaterThan(0);
  });

  it('says for each thing of a history how far a score falls without it, roughly', async () => {
    const model = session.serving('lists').choice as VaeModel;
    const { ratings } = session.project;
    const { pointers, indices, values } = ratings.byUser;
    const customer = 4;
    const chosen = Array.from(
      { length: pointers[customer + 1] - pointers[customer] },
      (_, at) => pointers[customer] + at,
    )
      .filter((e) => choiceWeight(values[e], ratings) > 0)
      .map((e) => indices[e]);
    const historyOf = (items: number[]) => ({
      items: Uint32Array.from(items),
      values: new Float32Array(items.length).fill(1),
    });
    const { items } = await ask(customer);
    const whole = model.scoresFrom(historyOf(chosen));
    expect(items).toHaveLength(5);
    let shown = 0;
    for (const { product, reasons } of items) {
      expect(reasons?.exact).toBe(false);
      const falls = chosen
        .map((cause) => {
          const left = model.scoresFrom(historyOf(chosen.filter((item) => item !== cause)));
          return whole[product.product] - left[product.product];
        })
        .filter((fall) => fall > 0)
        .sort((a, b) => b - a);
      expect(reasons?.because).toHaveLength(Math.min(3, falls.length));
      reasons?.because.forEach(({ amount }, place) => {
        expect(amount).toBeCloseTo(falls[place], 4);
        shown++;
      });
    }
    expect(shown).toBeGreaterThan(5);
  });

  it('answers for somebody new and for what-if by itself', async () => {
    const { items, model } = await ask(null, [2, 3]);
    expect(model).toBe('vae');
    expect(items).toHaveLength(5);
    const changed = await ask(4, [items[0].product.product]);
    expect(changed.model).toBe('vae');
    expect(changed.items.some(({ product }) => product.product === items[0].product.product)).toBe(false);
  });

  it('comes back from what was stored', async () => {
    const { choice, taste } = session.serving('lists');
    const model = choice as VaeModel;
    const back = choiceFromBytes('vae', model.toBytes(), model.device);
    expect(back).toBeInstanceOf(VaeModel);
    expect(await back.topItems(4, 5, new Uint32Array())).toEqual(await model.topItems(4, 5, new Uint32Array()));
    expect(tasteFromBytes('vae', taste?.toBytes() as Uint8Array).name).toBe('mf');
  });

  it('offers its settings', () => {
    const fields = settingFields('vae', 'balanced', session.project.ratings, {
      sampledDescent: undefined,
      stochasticDescent: undefined,
    });
    const names = fields.filter(({ head }) => head === 'choice').map(({ name }) => name);
    for (const name of ['hidden', 'epochs', 'patience', 'batchCustomers', 'latent', 'kl', 'dropout', 'learningRate']) {
      expect(names).toContain(name);
    }
    expect(fields.find(({ key }) => key === 'choice.hidden')).toMatchObject({ value: 200, step: 4 });
    for (const field of fields) {
      if (field.kind !== 'number' || field.value === null) throw new TypeError(field.key);
      expect(field.value >= field.min && field.value <= field.max, field.key).toBe(true);
    }
  });
});
