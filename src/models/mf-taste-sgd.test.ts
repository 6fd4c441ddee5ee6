import { describe, expect, test } from 'vitest';
import type { ComputeDevice } from '../compute/device.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import type { Ratings } from '../data/ratings.ts';
import { mfTaste, mfTasteBy } from './mf-taste.ts';
import { tasteDefaults } from './mf-taste-options.ts';
import { plantedRatings, splitOff } from './planted.testing.ts';
import type { Checkpoint } from './recommender.ts';

const device = createReferenceDevice();
const { ratings, held } = splitOff(plantedRatings({ users: 80, items: 50, perUser: 20, noise: 0.4, seed: 4 }), 5);
const options = { ...tasteDefaults('quick', ratings, 'sgd'), factors: 4, epochs: 30, stepDecay: 0.97, seed: 9 };
const stochastic = mfTasteBy('sgd');

const { stochasticDescent: _, ...withoutStochastic } = device;

/** The ratings `times` as large, on a scale as much wider. */
function widened(narrow: Ratings, times: number): Ratings {
  return {
    ...narrow,
    byUser: { ...narrow.byUser, values: narrow.byUser.values.map((value) => value * times) },
    byItem: { ...narrow.byItem, values: narrow.byItem.values.map((value) => value * times) },
    scale: { min: times, max: 5 * times, step: times },
  };
}

async function errorOf(fitted: ReturnType<typeof mfTaste.fit>): Promise<number> {
  const { model } = await fitted;
  const predicted = await model.predict(held.users, held.items);
  return Math.sqrt(predicted.reduce((sum, value, p) => sum + (value - held.values[p]) ** 2, 0) / predicted.length);
}

describe('stochastic descent', () => {
  test('same seed, same bytes; another seed, another model', async () => {
    const bytes = async (seed: number) =>
      (await stochastic.fit(ratings, { ...options, seed }, { device })).model.toBytes();
    expect(await bytes(1)).toEqual(await bytes(1));
    expect(await bytes(1)).not.toEqual(await bytes(2));
  });

  test.each([1, 0.9])(
    'continued from a checkpoint it is the uninterrupted model bit for bit (scale × %d)',
    async (times) => {
      const own = widened(ratings, times);
      const validation = { ...held, values: held.values.map((value) => value * times) };
      const checkpoints: Checkpoint[] = [];
      const short = { ...options, epochs: 8 };
      const whole = await stochastic.fit(own, short, {
        device,
        validation,
        onCheckpoint: (checkpoint) => void checkpoints.push(checkpoint),
      });
      expect(checkpoints).toHaveLength(8);
      for (const resumeFrom of checkpoints) {
        const continued = await stochastic.fit(own, short, { device, validation, resumeFrom });
        expect(continued.model.toBytes()).toEqual(whole.model.toBytes());
      }
    },
  );

  test('finds a planted structure as well as the sweep does', async () => {
    const bySweep = await errorOf(
      mfTaste.fit(ratings, { ...options, solver: 'sweep', factorBase: 1, epochs: 6 }, { device }),
    );
    // the noise of the ratings alone is 0.4, their spread 1.1
    expect(bySweep).toBeLessThan(0.65);
    expect(await errorOf(stochastic.fit(ratings, options, { device }))).toBeLessThan(1.05 * bySweep);
  });

  test.each([0.5, 25])('ratings on a scale × %d give the same fit, scaled', async (times) => {
    const wide = widened(ratings, times);
    const settings = { ...tasteDefaults('quick', wide, 'sgd'), factors: 4 };
    const narrow = await stochastic.fit(ratings, { ...tasteDefaults('quick', ratings, 'sgd'), factors: 4 }, { device });
    const widest = await stochastic.fit(wide, settings, { device });
    const expected = await narrow.model.predict(held.users, held.items);
    const actual = await widest.model.predict(held.users, held.items);
    for (let p = 0; p < expected.length; p++) expect(actual[p] / times).toBeCloseTo(expected[p], 3);
  });

  test('a few hundred ratings with the settings for millions stay far from diverging', async () => {
    const few = plantedRatings({ users: 20, items: 15, perUser: 6, noise: 0.4, seed: 2 });
    for (const preset of ['quick', 'balanced', 'best'] as const) {
      const { model } = await stochastic.fit(few, stochastic.defaults(preset, few), { device });
      const { users, items } = { users: new Uint32Array(15), items: Uint32Array.from({ length: 15 }, (_, i) => i) };
      for (const stars of await model.predict(users, items)) {
        expect(stars).toBeGreaterThanOrEqual(1);
        expect(stars).toBeLessThanOrEqual(5);
      }
    }
  });
});

describe('a device without stochastic descent', () => {
  test('goes on with the sweep where another device left off', async () => {
    const checkpoints: Checkpoint[] = [];
    await stochastic.fit(
      ratings,
      { ...options, patience: options.epochs },
      {
        device,
        validation: held,
        onCheckpoint: (checkpoint) => void checkpoints.push(checkpoint),
      },
    );
    const resumeFrom = checkpoints[options.epochs - 4];
    const losses: number[] = [];
    const fit = stochastic.fit(ratings, options, {
      device: withoutStochastic as ComputeDevice,
      resumeFrom,
      onEpoch: ({ trainLoss }) => void losses.push(trainLoss),
    });
    expect(await errorOf(fit)).toBeLessThan(0.65);
    expect(losses).toHaveLength(3);
    // no start from scratch: the first sweep is already near the end
    expect(losses[0]).toBeLessThan(1.1 * losses[2]);
  });

  test('fits from the start with the sweep', async () => {
    expect(
      await errorOf(stochastic.fit(ratings, options, { device: withoutStochastic as ComputeDevice })),
    ).toBeLessThan(0.65);
  });

  test('and a sweep’s checkpoint can be continued by stochastic descent, on any scale', async () => {
    const wide = widened(ratings, 2);
    const settings = { ...tasteDefaults('quick', wide, 'sweep'), factors: 4, epochs: 4 };
    const checkpoints: Checkpoint[] = [];
    const losses: number[] = [];
    await mfTaste.fit(wide, settings, {
      device,
      validation: held,
      onCheckpoint: (checkpoint) => void checkpoints.push(checkpoint),
      onEpoch: ({ trainLoss }) => void losses.push(trainLoss),
    });
    await stochastic.fit(
      wide,
      { ...settings, solver: 'sgd', epochs: 5, step: 0.01 },
      {
        device,
        resumeFrom: checkpoints[3],
        onEpoch: ({ trainLoss }) => void losses.push(trainLoss),
      },
    );
    expect(losses).toHaveLength(5);
    // met before the updates of the epoch have done much: the sweep's own error
    expect(Math.abs(losses[4] / losses[3] - 1)).toBeLessThan(0.03);
  });
});

describe('settings', () => {
  const many = { ...ratings, byUser: { ...ratings.byUser, indices: { length: 900_000 } as Uint32Array } };

  test('many ratings: stochastic descent but for the most thorough preset; few: the sweep', () => {
    expect(mfTaste.defaults('quick', many).solver).toBe('sgd');
    expect(mfTaste.defaults('balanced', many).solver).toBe('sgd');
    expect(mfTaste.defaults('best', many).solver).toBe('sweep');
    expect(mfTaste.defaults('balanced', ratings).solver).toBe('sweep');
  });

  test('a wish for a solver comes with the settings of that solver', () => {
    expect(mfTasteBy('sweep').defaults('balanced', many)).toMatchObject({ solver: 'sweep', factors: 16, epochs: 12 });
    expect(mfTasteBy('sgd').defaults('best', ratings)).toMatchObject({ solver: 'sgd', factors: 126 });
  });

  test('steps shrink to the part of the first one that was chosen, over the epochs of the preset', () => {
    const { stepDecay, epochs } = tasteDefaults('quick', many);
    expect(stepDecay ** epochs).toBeCloseTo(0.03, 3);
  });
});
