import { beforeAll, describe, expect, it } from 'vitest';
import { AutoRecModel } from '../models/autorec-model.ts';
import type { RunSummary } from './api/training.ts';
import { openRooms, ratingText } from './engine-rooms.testing.ts';
import { settingFields } from './heads.ts';
import { recommend } from './recommend.ts';

const { session, training, take, train } = openRooms();
const settings = { 'taste.hidden': 8, 'taste.epochs': 5, 'choice.factors': 6, 'choice.epochs': 4 };
let run: RunSummary;

beforeAll(async () => {
  await take(ratingText());
  run = await training.train('auto', { model: 'autorec', preset: 'quick', settings, seed: 3 }, () => undefined);
});

const ask = (customer: number | null, liked: number[]) =>
  recommend(session, { customer, whatIf: { liked, disliked: [] }, count: 5, run: 'auto' });

describe('a run of the autoencoder', () => {
  it('teaches its stars, and a factorization its lists', () => {
    expect(run.epochs.map(({ model, head }) => `${model} ${head}`)).toEqual([
      ...Array(5).fill('autorec taste'),
      ...Array(4).fill('mf choice'),
    ]);
    expect(run.rmse).toBeGreaterThan(0);
    expect(run.recall10).toBeGreaterThan(0);
  });

  it('puts its own stars beside the lists, and none for somebody it does not know', async () => {
    const model = session.serving('auto').taste as AutoRecModel;
    expect(model).toBeInstanceOf(AutoRecModel);
    const { items, model: name } = await ask(4, []);
    expect(name).toBe('autorec');
    const rows = Uint32Array.from(items, ({ product }) => product.product);
    expect(items.map(({ stars }) => stars)).toEqual([...(await model.predict(new Uint32Array(5).fill(4), rows))]);
    expect(items.every(({ reasons }) => reasons !== null)).toBe(true);
    expect((await ask(null, [rows[0]])).items.every(({ stars }) => stars === null)).toBe(true);
  });

  it('leaves what-if stars to a factorization where there is one', async () => {
    await train('r');
    const liked = (await ask(4, [])).items[0].product.product;
    for (const { stars, starsInterval } of (await ask(4, [liked])).items) {
      expect(stars).toBeGreaterThanOrEqual(1);
      expect(starsInterval).toBeGreaterThan(0);
    }
  });

  it('offers its settings, whole units of what devices compute with', () => {
    const fields = settingFields('autorec', 'balanced', session.project.ratings, {
      sampledDescent: undefined,
      stochasticDescent: undefined,
    });
    const names = fields.filter(({ head }) => head === 'taste').map(({ name }) => name);
    for (const name of ['hidden', 'epochs', 'learningRate', 'decay', 'encoderReg', 'decoderReg', 'inputScale']) {
      expect(names).toContain(name);
    }
    expect(fields.find(({ key }) => key === 'taste.hidden')).toMatchObject({ value: 200, step: 4, min: 4 });
    expect(fields.some(({ key }) => key === 'choice.factors')).toBe(true);
  });
});
