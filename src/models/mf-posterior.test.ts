import { describe, expect, test } from 'vitest';
import { AppError } from '../base/error.ts';
import { type ComputeDevice, TOLERANCE } from '../compute/device.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import { createWasmDevice } from '../compute/wasm/device.ts';
import type { Ratings } from '../data/ratings.ts';
import { mfPosterior } from './mf-posterior.ts';
import { MfPosteriorModel } from './mf-posterior-model.ts';
import { plantedRatings, splitOff } from './planted.testing.ts';
import { endsWindow } from './posterior-chain.ts';
import type { Checkpoint, EpochEvent, History } from './recommender.ts';

const device = createReferenceDevice();
const { ratings, held } = splitOff(plantedRatings({ users: 80, items: 50, perUser: 20, noise: 0.4, seed: 4 }), 5);
const options = {
  ...mfPosterior.defaults('best', ratings),
  factors: 4,
  epochs: 24,
  burnIn: 6,
  samples: 5,
  initSd: 0.3,
  patience: 30,
  seed: 9,
};

const historyOf = ({ byUser }: Ratings, user: number): History => ({
  items: byUser.indices.slice(byUser.pointers[user], byUser.pointers[user + 1]),
  values: byUser.values.slice(byUser.pointers[user], byUser.pointers[user + 1]),
});

describe('fit', () => {
  test('same seed, same bytes; another seed, another model', async () => {
    const bytes = async (seed: number) =>
      (await mfPosterior.fit(ratings, { ...options, seed }, { device })).model.toBytes();
    expect(await bytes(1)).toEqual(await bytes(1));
    expect(await bytes(1)).not.toEqual(await bytes(2));
  });

  test('continued from every checkpoint it is the uninterrupted model bit for bit, with the same running average', async () => {
    const checkpoints: Checkpoint[] = [];
    const events: EpochEvent[] = [];
    const whole = await mfPosterior.fit(ratings, options, {
      device,
      validation: held,
      onEpoch: (event) => void events.push(event),
      onCheckpoint: (checkpoint) => void checkpoints.push(structuredClone(checkpoint)),
    });
    expect(checkpoints.length).toBeGreaterThan(options.burnIn + 3);
    for (const resumeFrom of checkpoints.filter(({ epoch }) => epoch % 5 === 1)) {
      const later: EpochEvent[] = [];
      const continued = await mfPosterior.fit(ratings, options, {
        device,
        validation: held,
        resumeFrom,
        onEpoch: (event) => void later.push(event),
      });
      expect(continued.model.toBytes()).toEqual(whole.model.toBytes());
      expect(continued.epochs).toBe(whole.epochs);
      const figures = ({ epoch, trainLoss, validation }: EpochEvent) => ({ epoch, trainLoss, validation });
      expect(later.map(figures)).toEqual(events.slice(resumeFrom.epoch).map(figures));
    }
  });

  test('goes on where another device left off, with the numbers that one would have drawn', async () => {
    const wasm = await createWasmDevice();
    const checkpoints: Checkpoint[] = [];
    const whole = await mfPosterior.fit(ratings, options, {
      device,
      onCheckpoint: (checkpoint) => void checkpoints.push(checkpoint),
    });
    const continued = await mfPosterior.fit(ratings, options, { device: wasm, resumeFrom: checkpoints[8] });
    const elsewhere = await mfPosterior.fit(ratings, options, { device: wasm });
    wasm.destroy();
    const expected = await whole.model.predict(held.users, held.items);
    for (const { model } of [continued, elsewhere]) {
      const predicted = await model.predict(held.users, held.items);
      predicted.forEach((stars, p) => {
        expect(Math.abs(stars - expected[p])).toBeLessThan(TOLERANCE.predictions);
      });
    }
  });

  test('the chart shows the average of all draws after the burn-in', async () => {
    const draws: Float32Array[] = [];
    const watched = {
      ...device,
      async sampledDescent(problem: Parameters<NonNullable<typeof device.sampledDescent>>[0]) {
        const descent = await device.sampledDescent?.(problem);
        if (!descent) throw new Error('no sampler');
        return {
          ...descent,
          async predict(pairs: Parameters<typeof descent.predict>[0]) {
            const predicted = await descent.predict(pairs);
            draws.push(predicted);
            return predicted;
          },
        };
      },
    };
    const events: EpochEvent[] = [];
    await mfPosterior.fit(ratings, options, {
      device: watched,
      validation: held,
      onEpoch: (event) => void events.push(event),
    });
    const errorOf = (parts: readonly Float32Array[]) => {
      const squares = held.values.reduce((sum, value, p) => {
        const stars = parts.reduce((total, part) => total + Math.min(5, Math.max(1, part[p])), 0) / parts.length;
        return sum + (stars - value) ** 2;
      }, 0);
      return Math.sqrt(squares / held.values.length);
    };
    expect(events[2].validation).toBeCloseTo(errorOf([draws[2]]), 5);
    expect(events[15].validation).toBeCloseTo(errorOf(draws.slice(options.burnIn, 16)), 5);
  });

  test('stopped, it keeps what it has: the windows so far, the one begun, or the only draw there is', async () => {
    const stopAt = async (epoch: number) => {
      const controller = new AbortController();
      const { model, epochs } = await mfPosterior.fit(ratings, options, {
        device,
        signal: controller.signal,
        onEpoch: (event) => event.epoch === epoch && controller.abort(),
      });
      expect(epochs).toBe(epoch);
      expect((await model.predict(held.users, held.items)).every((stars) => stars >= 1 && stars <= 5)).toBe(true);
      return model.sampleCount;
    };
    const { epochs } = await mfPosterior.fit(ratings, options, {
      device,
      signal: AbortSignal.abort(),
      cancel: AbortSignal.abort(),
    });
    expect(epochs).toBe(1);
    expect(await stopAt(1)).toBe(1);
    // in the first window, and in the third
    expect(await stopAt(8)).toBe(1);
    expect(await stopAt(16)).toBe(2);
    expect(await stopAt(24)).toBe(5);
  });

  test('stopped while it looks at who rated what, it goes on without; otherwise rows are drawn around it', async () => {
    type Problem = Parameters<NonNullable<typeof device.sampledDescent>>[0];
    const means = async (controller: AbortController, stopAt: number) => {
      let products = 0;
      let seen: Problem['rowMeans'] | null = null;
      const watched: ComputeDevice = {
        ...device,
        holdMatrix: (request) => {
          if (++products === stopAt) controller.abort();
          return device.holdMatrix(request);
        },
        sampledDescent: (problem) => {
          seen = problem.rowMeans;
          return device.sampledDescent?.(problem) ?? Promise.reject(new Error('no sampler'));
        },
      };
      const { epochs } = await mfPosterior.fit(ratings, options, { device: watched, signal: controller.signal });
      return { seen, products, epochs };
    };
    expect(await means(new AbortController(), 3)).toEqual({ seen: undefined, products: 3, epochs: 1 });
    expect(await means(new AbortController(), 0)).toMatchObject({ seen: 'item', epochs: options.epochs });
  });

  test('finds a planted structure, and its 90 % intervals hold nine of ten held-out ratings', async () => {
    const { model } = await mfPosterior.fit(ratings, { ...options, epochs: 80, burnIn: 20, samples: 20 }, { device });
    const predicted = await model.predict(held.users, held.items);
    const mean = held.values.reduce((sum, value) => sum + value, 0) / held.values.length;
    let squares = 0;
    let spread = 0;
    let inside = 0;
    const histories = new Map<number, History>();
    predicted.forEach((stars, p) => {
      const user = held.users[p];
      const history = histories.get(user) ?? historyOf(ratings, user);
      histories.set(user, history);
      squares += (stars - held.values[p]) ** 2;
      spread += (held.values[p] - mean) ** 2;
      if (Math.abs(stars - held.values[p]) <= model.ratingInterval(history, held.items[p])) inside++;
    });
    expect(squares).toBeLessThan(0.5 * spread);
    // 320 ratings: ± 1.7 % by chance, and ratings cut off at the ends of the scale
    expect(inside / predicted.length).toBeGreaterThan(0.85);
    expect(inside / predicted.length).toBeLessThan(0.97);
  });

  test('nothing to learn from, and data without a scale, are refused', async () => {
    const none = plantedRatings({ users: 3, items: 3, perUser: 0, noise: 0, seed: 1 });
    await expect(mfPosterior.fit(none, options, { device })).rejects.toMatchObject({ code: 'tooFewRatings' });
    await expect(mfPosterior.fit({ ...ratings, scale: null }, options, { device })).rejects.toThrow(TypeError);
  });

  test('cuts its sweeps into as many windows as it says, evenly, the last sweep ending the last one', () => {
    const kept = (epochs: number, burnIn: number, samples: number) =>
      Array.from({ length: epochs }, (_, at) => at + 1).filter((t) =>
        endsWindow(t, { epochs, burnIn, samples, seed: 1 }),
      );
    expect(kept(24, 6, 5)).toEqual([10, 14, 17, 21, 24]);
    expect(kept(160, 10, 24)).toHaveLength(24);
    expect(kept(5, 2, 24)).toEqual([3, 4, 5]);
    expect(kept(1, 0, 24)).toEqual([1]);
  });
});

describe('a customer solved in every sample', async () => {
  const { model } = await mfPosterior.fit(ratings, options, { device });
  const history = historyOf(ratings, 7);
  const everything = Uint32Array.from({ length: 50 }, (_, item) => item);
  const nobody: History = { items: new Uint32Array(), values: new Float32Array() };

  test('is predicted about what the fit itself predicts for them', async () => {
    const folded = model.predictFor(model.foldIn(history), everything);
    const fitted = await model.predict(new Uint32Array(50).fill(7), everything);
    for (const item of everything) expect(Math.abs(folded[item] - fitted[item])).toBeLessThan(0.2);
  });

  test('reasons add up to the score, and the score is the folded-in prediction', () => {
    const stars = model.predictFor(model.foldIn(history), everything);
    let unclipped = 0;
    for (const item of everything) {
      const { score, baseline, contributions } = model.explain(history, item);
      expect(contributions.reduce((total, { amount }) => total + amount, baseline)).toBeCloseTo(score, 9);
      expect(contributions).toHaveLength(history.items.length);
      for (let c = 1; c < contributions.length; c++) {
        expect(contributions[c].amount).toBeLessThanOrEqual(contributions[c - 1].amount);
      }
      // where a sample leaves the scale it is cut off before the mean is taken
      if (score < 1.5 || score > 4.2) continue;
      unclipped++;
      expect(score).toBeCloseTo(stars[item], 1);
    }
    expect(unclipped).toBeGreaterThan(10);
  });

  test('a contribution is what that one rating adds: without any history only the baseline is left', () => {
    const item = 3;
    const { score, baseline } = model.explain(nobody, item);
    expect(score).toBe(baseline);
    expect(model.explain(history, item).baseline).toBe(baseline);
    const before = model.explain(history, item);
    const changed = { ...history, values: history.values.slice() };
    changed.values[2] += 1;
    const gain = model.explain(changed, item).score - before.score;
    const twice = { ...history, values: history.values.slice() };
    twice.values[2] += 2;
    expect(model.explain(twice, item).score - before.score).toBeCloseTo(2 * gain, 9);
  });

  test('somebody unknown gets a wider interval than somebody known, and both hold the noise', () => {
    expect(model.ratingInterval(nobody, 3)).toBeGreaterThan(model.ratingInterval(history, 3));
    expect(model.ratingInterval(history, 3)).toBeGreaterThan(1.645 * Math.sqrt(model.noiseVariance));
  });

  test('an unknown thing is a programming mistake', () => {
    expect(() => model.explain(history, 50)).toThrow(RangeError);
    expect(() => model.foldIn({ items: Uint32Array.of(99), values: Float32Array.of(3) })).toThrow(RangeError);
  });

  test('comes back from its bytes with the same answers; damage is noticed', async () => {
    const bytes = model.toBytes();
    expect(model.size()).toBe(bytes.length);
    // 5 samples of 130 rows of 4 factors and a bias, once the spread of 50 things, and the priors
    const floats = 5 * 130 * 5 + 50 * 5;
    expect(bytes.length).toBeGreaterThan(4 * floats);
    expect(bytes.length).toBeLessThan(4 * floats + 1000);
    const back = MfPosteriorModel.fromBytes(bytes);
    expect(await back.predict(held.users, held.items)).toEqual(await model.predict(held.users, held.items));
    expect(back.explain(history, 5)).toEqual(model.explain(history, 5));
    expect(back.ratingInterval(history, 5)).toBe(model.ratingInterval(history, 5));
    const damaged = bytes.slice();
    damaged[damaged.length - 5] ^= 1;
    expect(() => MfPosteriorModel.fromBytes(damaged)).toThrow(AppError);
  });

  test('things are near where every draw has them near', () => {
    const { data, factors } = model.itemVectors;
    expect(data).toHaveLength(50 * factors);
    const cosine = (a: number, b: number) => {
      let [dot, left, right] = [0, 0, 0];
      for (let f = 0; f < factors; f++) {
        const [x, y] = [data[a * factors + f], data[b * factors + f]];
        dot += x * y;
        left += x * x;
        right += y * y;
      }
      return dot / Math.sqrt(left * right);
    };
    // two tastes: the first 25 things are liked by one half, the others by the other
    expect(cosine(1, 2)).toBeGreaterThan(0.3);
    expect(cosine(1, 40)).toBeLessThan(-0.3);
  });
});
