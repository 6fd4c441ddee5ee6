import { describe, expect, it } from 'vitest';
import { createReferenceDevice } from '../compute/reference/device.ts';
import { stochasticDescent } from '../compute/reference/stochastic-descent.ts';
import { MfPosteriorModel } from '../models/mf-posterior-model.ts';
import { MfTasteModel } from '../models/mf-taste-model.ts';
import { plantedRatings } from '../models/planted.testing.ts';
import { factorizationFromBytes } from '../models/taste-bytes.ts';
import { headsFor, settingFields } from './heads.ts';

const sampling = createReferenceDevice();
const plain = { ...sampling, sampledDescent: undefined, stochasticDescent: undefined };
const ratings = plantedRatings({ users: 20, items: 15, perUser: 8, noise: 0.3, seed: 2 });

const tasteNames = (preset: 'balanced' | 'best', device: typeof sampling | typeof plain) =>
  settingFields('mf', preset, ratings, device)
    .filter(({ head }) => head === 'taste')
    .map(({ name }) => name);

describe('the solver of predicted stars', () => {
  const many = { ...ratings, byUser: { ...ratings.byUser, indices: { length: 900_000 } as Uint32Array } };
  const fieldsOf = (device: typeof sampling | typeof plain) =>
    new Map(settingFields('mf', 'balanced', many, device).map(({ key, value }) => [key, value]));

  it('is stochastic descent for many ratings where the device has it, with its steps to be set', () => {
    expect(fieldsOf(sampling).get('taste.step')).toBeGreaterThan(0);
    expect(fieldsOf(sampling).get('taste.factors')).toBe(62);
    expect(fieldsOf(plain).has('taste.step')).toBe(false);
    expect(fieldsOf(plain).get('taste.factors')).toBe(16);
  });

  it('is the one that was asked for, also under the preset that samples', async () => {
    for (const solver of ['sweep', 'sgd'] as const) {
      const request = { model: 'mf', preset: 'best', settings: { epochs: 2, factors: 2 }, seed: 3, solver } as const;
      const { taste } = headsFor(request, ratings, sampling, ['taste']);
      const solved: string[] = [];
      const device: typeof sampling = {
        ...sampling,
        explicitDescent: (problem) => {
          solved.push('sweep');
          return sampling.explicitDescent(problem);
        },
        stochasticDescent: async (problem) => {
          solved.push('sgd');
          return stochasticDescent(problem);
        },
      };
      await taste?.choose(ratings, { device });
      expect(solved).toEqual([solver]);
    }
  });
});

describe('the most thorough factorization', () => {
  it('is the posterior, with nothing to regularize, where the device can sample', () => {
    expect(tasteNames('best', sampling)).toEqual([
      'factors',
      'epochs',
      'burnIn',
      'patience',
      'samples',
      'initSd',
      'directions',
    ]);
    expect(tasteNames('best', plain)).toContain('factorBase');
    expect(tasteNames('balanced', sampling)).toContain('factorBase');
  });

  it('comes back from its bytes as what it was', async () => {
    const settings = { 'taste.factors': 2, 'taste.epochs': 4 };
    const fitted = async (preset: 'balanced' | 'best') => {
      const { taste } = headsFor({ model: 'mf', preset, settings, seed: 3 }, ratings, sampling, ['taste']);
      if (!taste) throw new Error('no taste head');
      return (await taste.choose(ratings, { device: sampling })).model;
    };
    const [balanced, best] = [await fitted('balanced'), await fitted('best')];
    expect(balanced).toBeInstanceOf(MfTasteModel);
    expect(best).toBeInstanceOf(MfPosteriorModel);
    for (const model of [balanced, best]) {
      const back = factorizationFromBytes(model.toBytes());
      expect(back.constructor).toBe(model.constructor);
      const [users, items] = [Uint32Array.of(0, 3, 7), Uint32Array.of(1, 2, 14)];
      expect(await back.predict(users, items)).toEqual(await model.predict(users, items));
    }
    expect(() => factorizationFromBytes(new Uint8Array(8))).toThrow(
      expect.objectContaining({ code: 'projectDamaged' }),
    );
  });
});
