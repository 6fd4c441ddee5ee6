import { describe, expect, test, vi } from 'vitest';
import { AppError } from '../base/error.ts';
import { pairsFromCsr } from '../base/sparse.ts';
import { type ComputeDevice, NOT_FOUND } from '../compute/device.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import { ratingsOf } from '../data/ratings.testing.ts';
import type { Ratings } from '../data/ratings.ts';
import { splitRatings } from '../data/split.ts';
import { ease } from '../models/ease.ts';
import { mfChoice } from '../models/mf-choice.ts';
import { mfTaste } from '../models/mf-taste.ts';
import { plantedRatings } from '../models/planted.testing.ts';
import { PopularityModel } from '../models/popularity-model.ts';
import { RandomListsModel } from '../models/random-lists-model.ts';
import type { ChoiceModel, Model, TasteModel } from '../models/recommender.ts';
import type { CandidateLists } from './candidates.ts';
import { type ComparisonRequest, type Entrant, runComparison } from './comparison.ts';
import type { ComparisonResult, EntrantResult } from './comparison-result.ts';
import { pairOf } from './entrant-pair.ts';
import { type HeadPlan, planHead } from './head-plan.ts';
import { runTrial } from './protocol.ts';

const device = createReferenceDevice();
const SMALL = { factors: 3, epochs: 5 };
const ratings = plantedRatings({ users: 80, items: 40, perUser: 20, noise: 0.5, seed: 8 });

/** A head whose model is there at once. */
function ready<M extends Model>(model: M, changes: Partial<HeadPlan<M>> = {}): HeadPlan<M> {
  const fitted = { model, epochs: 1, fitMs: 2, stoppedEarly: false };
  return {
    name: model.name,
    head: model.head,
    refitsBeforeTest: false,
    settled: false,
    choose: async () => fitted,
    again: async () => fitted,
    seconds: async () => 0,
    decided: () => ({}),
    shrink: () => null,
    ...changes,
  };
}

const mf = (): Entrant => ({
  id: 'mf',
  taste: planHead(mfTaste, 'quick', SMALL, 1),
  choice: planHead(mfChoice, 'quick', SMALL, 1),
});
const SHAPE = { users: 80, products: 40, seed: 5 };
const random = (): Entrant => ({
  id: 'random',
  taste: null,
  choice: ready<ChoiceModel>(new RandomListsModel(SHAPE)),
});
/** Always three stars. */
const three: TasteModel = {
  name: 'means',
  head: 'taste',
  predict: async (users) => new Float32Array(users.length).fill(3),
  toBytes: () => new Uint8Array(12),
  destroy() {},
};
const threes = (): Entrant => ({ id: 'threes', taste: ready<TasteModel>(three), choice: null });

const request = (changes: Partial<ComparisonRequest> = {}): ComparisonRequest => ({
  data: ratings,
  split: 'per-customer',
  holdout: 0.2,
  seed: 3,
  entrants: [mf(), random(), threes()],
  device,
  ...changes,
});
const rowOf = ({ entrants }: ComparisonResult, id: string): EntrantResult => {
  const row = entrants.find((entrant) => entrant.id === id);
  if (!row) throw new Error(id);
  return row;
};

describe('a comparison on planted tastes', () => {
  test('a good model beats popularity and chance beyond doubt, chance beats nobody, and it is all plain data', async () => {
    const result = await runComparison(request());
    const [good, chance, plain] = ['mf', 'random', 'threes'].map((id) => rowOf(result, id));
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    expect(result.entrants.map(({ id, state, error }) => [id, state, error])).toEqual([
      ['mf', 'done', null],
      ['random', 'done', null],
      ['threes', 'done', null],
    ]);
    expect(result.stopped).toBe(false);
    expect(result.protocol).toMatchObject({ k: 10, trainPairs: 80 * 16, testPairs: 80 * 4, sampled: null });
    expect(result.protocol.customers + result.protocol.skipped).toBe(80);

    const versus = good.lists?.versus?.popularity;
    expect(versus?.p).toBeLessThan(0.01);
    expect(versus?.difference.low).toBeGreaterThan(0);
    expect(versus?.better).toBeGreaterThan(0.5);
    const recall = result.popularity?.metrics.recall.mean ?? Number.NaN;
    expect(versus?.difference.mean).toBeCloseTo((good.lists?.metrics.recall.mean ?? 0) - recall, 6);
    expect(chance.lists?.versus?.popularity.difference.low).toBeLessThanOrEqual(0);
    expect(chance.lists?.auc?.low).toBeLessThan(0.5);
    expect(chance.lists?.auc?.high).toBeGreaterThan(0.5);
    expect(good.lists?.auc?.low).toBeGreaterThan(0.6);

    expect(result.best.lists?.id).toBe('mf');
    expect(result.best.lists?.metric).toBe('recall');
    expect(result.best.lists?.pairs).toHaveLength(1);
    expect(pairOf(result.best.lists?.pairs ?? [], 'mf', 'random')?.p).toBeLessThan(0.01);
    expect(result.best.taste?.id).toBe('mf');
    expect(result.best.taste?.pairs).toHaveLength(1);
    const stars = pairOf(result.best.taste?.pairs ?? [], 'mf', 'threes');
    expect(stars?.p).toBeLessThan(0.01);
    expect(stars?.difference.high).toBeLessThan(0);

    expect(plain.lists).toBeNull();
    expect([plain.fitMs, plain.bytes]).toEqual([2, 12]);
    expect(good.bytes).toBeGreaterThan(4 * 3 * (80 + 40) * 2);
  });

  test('every two are compared, those between others than the leader too; what failed or guesses nothing is in no pair', async () => {
    const broken = { ...mf(), id: 'broken', taste: null, choice: ready<ChoiceModel>(new RandomListsModel(SHAPE)) };
    const tooLarge: Entrant = {
      ...broken,
      choice: {
        ...broken.choice,
        choose: async () => {
          throw new AppError('modelTooLarge', { model: 'ease', megabytes: 600, limit: 512 });
        },
      },
    };
    const other: Entrant = { ...random(), id: 'other', choice: ready(new RandomListsModel({ ...SHAPE, seed: 6 })) };
    const { best, entrants } = await runComparison(request({ entrants: [mf(), random(), tooLarge, threes(), other] }));
    const pairs = best.lists?.pairs ?? [];
    expect(pairs.map(({ first, second }) => [first, second])).toEqual([
      ['mf', 'random'],
      ['mf', 'other'],
      ['random', 'other'],
    ]);
    expect(best.taste?.pairs.map(({ first, second }) => [first, second])).toEqual([['mf', 'threes']]);
    const foundBy = (id: string) => entrants.find((row) => row.id === id)?.lists?.metrics.recall.mean ?? Number.NaN;
    for (const { first, second, difference } of pairs) {
      expect(difference.mean).toBeCloseTo(foundBy(first) - foundBy(second), 6);
    }
    expect(pairOf(pairs, 'random', 'other')?.p).toBeGreaterThan(0.05);
    expect(pairOf(pairs, 'random', 'broken')).toBeNull();
  });

  test('figures are those of a trial on the same cut, and of counting by hand', async () => {
    const result = await runComparison(request());
    const { taste, choice } = mf();
    const { figures } = await runTrial({
      data: ratings,
      split: 'per-customer',
      holdout: 0.2,
      seed: 3,
      taste,
      choice,
      device,
      serve: false,
    });
    const good = rowOf(result, 'mf');
    expect(good.taste?.rmse.mean).toBeCloseTo(figures.rmse ?? 0, 6);
    expect(good.taste?.mae.mean).toBeCloseTo(figures.mae ?? 0, 6);
    expect(good.lists?.metrics.ndcg.mean).toBeCloseTo(figures.ndcg10, 6);
    expect(good.lists?.metrics.recall.mean).toBeCloseTo(figures.recall10, 6);
    expect(result.popularity?.metrics.ndcg.mean).toBeCloseTo(figures.popularityNdcg10, 6);
    expect(result.protocol.customers).toBe(figures.testCustomers);

    const { test: held } = splitRatings(ratings, { kind: 'per-customer', holdout: 0.2, seed: 3 });
    const squares = held.values.reduce((sum, value) => sum + (value - 3) ** 2, 0);
    expect(rowOf(result, 'threes').taste?.rmse.mean).toBeCloseTo(Math.sqrt(squares / held.values.length), 6);
  });

  test('strictly, what is scored has not learned from the validation part, which is no candidate all the same', async () => {
    const strict = rowOf(await runComparison({ ...request(), learnFromValidation: false }), 'mf');
    const { taste, choice } = mf();
    const { figures } = await runTrial({
      data: ratings,
      split: 'per-customer',
      holdout: 0.2,
      seed: 3,
      taste,
      choice,
      device,
      serve: false,
      learnFromValidation: false,
    });
    expect(strict.taste?.rmse.mean).toBeCloseTo(figures.rmse ?? 0, 6);
    expect(strict.lists?.metrics.recall.mean).toBeCloseTo(figures.recall10, 6);
    const usual = rowOf(await runComparison(request()), 'mf');
    expect(strict.taste?.rmse.mean).not.toBeCloseTo(usual.taste?.rmse.mean ?? 0, 6);
  });

  test('where validation has nothing to decide the one fit is on training + validation, strictly on training alone', async () => {
    const { train } = splitRatings(ratings, { kind: 'per-customer', holdout: 0.2, seed: 3 });
    const pairs = async (learnFromValidation: boolean) => {
      const seen: [number, boolean][] = [];
      const model = new RandomListsModel({ users: 80, products: 40, seed: 5 });
      const choice = ready<ChoiceModel>(model, {
        settled: true,
        refitsBeforeTest: true,
        async choose({ byUser }, { validation }) {
          seen.push([byUser.indices.length, validation !== undefined]);
          return { model, epochs: 1, fitMs: 2, stoppedEarly: false };
        },
        again: () => Promise.reject(new TypeError('once is enough')),
      });
      await runComparison(request({ entrants: [{ id: 'once', taste: null, choice }], learnFromValidation }));
      return seen;
    };
    expect(await pairs(true)).toEqual([[train.byUser.indices.length, false]]);
    const [[strictly, validated]] = await pairs(false);
    expect(strictly).toBeLessThan(train.byUser.indices.length);
    expect(validated).toBe(true);
  });

  test('says how many products a model leaves out of every list', async () => {
    const some = { id: 'ease', taste: null, choice: planHead(ease, 'balanced', { mostProducts: 25 }, 1) };
    const result = await runComparison(request({ entrants: [some, random()] }));
    expect(rowOf(result, 'ease')).toMatchObject({ state: 'done', leftOut: 15 });
    expect(rowOf(result, 'random').leftOut).toBe(0);
  });

  test('the same seed gives the same result', async () => {
    const untimed = (result: ComparisonResult) => ({
      ...result,
      entrants: result.entrants.map((row) => ({ ...row, fitMs: 0 })),
    });
    expect(untimed(await runComparison(request()))).toEqual(untimed(await runComparison(request())));
  });
});

describe('the course of a comparison', () => {
  test('every entrant in its turn, with growing progress and its row at the end', async () => {
    const states: string[] = [];
    const shares = new Map<string | null, number[]>();
    const rows: (EntrantResult | undefined)[] = [];
    const result = await runComparison(
      request({
        hooks: {
          onEntrant(id, state, row) {
            states.push(`${id} ${state}`);
            if (row) rows.push(row);
          },
          onProgress: (id, share) => void shares.set(id, [...(shares.get(id) ?? []), share]),
        },
      }),
    );
    expect(states).toEqual([
      'mf waiting',
      'random waiting',
      'threes waiting',
      'mf running',
      'mf done',
      'random running',
      'random done',
      'threes running',
      'threes done',
    ]);
    expect(rows).toEqual(result.entrants);
    expect([...shares.keys()]).toEqual([null, 'mf', 'random', 'threes']);
    for (const told of shares.values()) {
      expect(told).toEqual(told.toSorted((a, b) => a - b));
      expect(told.at(-1)).toBeCloseTo(1, 9);
    }
  });

  test('models are let go of once they are scored', async () => {
    const alive = new Set<Model>();
    let most = 0;
    const counted = (entrant: Entrant): Entrant => {
      const count = <M extends Model>(plan: HeadPlan<M> | null): HeadPlan<M> | null => {
        const watch = <R extends { readonly model: M }>(fitted: R): R => {
          const { model } = fitted;
          alive.add(model);
          most = Math.max(most, alive.size);
          vi.spyOn(model as Model, 'destroy').mockImplementation(() => void alive.delete(model));
          return fitted;
        };
        return (
          plan && {
            ...plan,
            choose: async (...given) => watch(await plan.choose(...given)),
            again: async (...given) => watch(await plan.again(...given)),
          }
        );
      };
      return { ...entrant, taste: count(entrant.taste), choice: count(entrant.choice) };
    };
    await runComparison(request({ entrants: [counted(mf()), counted({ ...mf(), id: 'again' })] }));
    expect(alive.size).toBe(0);
    // the one validation chose and the one fitted again
    expect(most).toBe(2);
  });

  test('what cannot be trained here stands in its row, with what its other head had reached; the others go on', async () => {
    const large = new AppError('modelTooLarge', { model: 'ease', neededMb: 900, mostMb: 512 });
    const failing = ready<ChoiceModel>(new PopularityModel(new Float32Array(40)), {
      choose: () => Promise.reject(large),
    });
    const full = ready<ChoiceModel>(new PopularityModel(new Float32Array(40)), {
      choose: () => Promise.reject(new RangeError('Array buffer allocation failed')),
    });
    const states: string[] = [];
    const result = await runComparison(
      request({
        entrants: [
          { id: 'large', taste: ready<TasteModel>(three), choice: failing },
          { id: 'full', taste: null, choice: full },
          random(),
        ],
        hooks: { onEntrant: (id, state) => void states.push(`${id} ${state}`) },
      }),
    );
    const [large_, full_, chance] = result.entrants;
    expect(large_).toMatchObject({
      state: 'done',
      error: { code: 'modelTooLarge', params: large.params },
      lists: null,
    });
    expect(large_.taste?.rmse.mean).toBeGreaterThan(0);
    expect(full_).toMatchObject({ state: 'failed', error: { code: 'trainingOutOfMemory' } });
    expect(chance.state).toBe('done');
    expect(states).toContain('large done');
    expect(states).toContain('full failed');
    expect(result.stopped).toBe(false);
    expect(result.best.lists?.id).toBe('random');
  });

  test('a head that cannot be trained does not keep the other from its turn', async () => {
    const large = new AppError('modelTooLarge', { model: 'itemNeighbours', neededMb: 900, mostMb: 512 });
    const taste = ready<TasteModel>(three, { choose: () => Promise.reject(large) });
    const { entrants } = await runComparison(request({ entrants: [{ ...random(), taste }] }));
    expect(entrants[0]).toMatchObject({ state: 'done', taste: null, error: { code: 'modelTooLarge' } });
    expect(entrants[0].lists?.metrics.recall.mean).toBeGreaterThanOrEqual(0);
  });

  test('mistakes of ours are thrown: a TypeError, a cancel nobody asked for, two of one name', async () => {
    const entrantThat = (thrown: unknown): Entrant => ({
      id: 'broken',
      taste: null,
      choice: ready<ChoiceModel>(new PopularityModel(new Float32Array(40)), { choose: () => Promise.reject(thrown) }),
    });
    await expect(runComparison(request({ entrants: [entrantThat(new TypeError('x'))] }))).rejects.toThrow(TypeError);
    const cancelled = runComparison(request({ entrants: [entrantThat(new AppError('cancelled'))] }));
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    await expect(runComparison(request({ entrants: [mf(), mf()] }))).rejects.toThrow(RangeError);
    await expect(runComparison(request({ k: 0 }))).rejects.toThrow(RangeError);
  });

  test('a stop keeps what is finished; the one under way waits again, those after it have not begun', async () => {
    const controller = new AbortController();
    const states: string[] = [];
    const result = await runComparison(
      request({
        entrants: [random(), mf(), threes()],
        hooks: {
          signal: controller.signal,
          onEntrant: (id, state) => void states.push(`${id} ${state}`),
          onProgress: (id, share) => {
            if (id === 'mf' && share > 0.1) controller.abort();
          },
        },
      }),
    );
    expect(states.slice(3)).toEqual(['random running', 'random done', 'mf running', 'mf waiting']);
    expect(result.stopped).toBe(true);
    expect(result.entrants.map(({ state }) => state)).toEqual(['done', 'waiting', 'waiting']);
    expect(result.entrants[0].lists?.metrics.ndcg.mean).toBeGreaterThan(0);
    expect(result.entrants[1]).toMatchObject({ taste: null, lists: null, error: null, fitMs: 0 });
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  test('a stop before anything is done is a cancel', async () => {
    const stopped = runComparison(request({ hooks: { signal: AbortSignal.abort() } }));
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('a lost device: the entrant goes on with the next, and later ones begin there', async () => {
    const used: ComputeDevice[] = [];
    const lost: ComputeDevice = {
      ...device,
      async explicitDescent() {
        throw new AppError('deviceLost', { device: 'webgpu' });
      },
    };
    const noting = (entrant: Entrant): Entrant => ({
      ...entrant,
      choice: entrant.choice && {
        ...entrant.choice,
        choose(data, context, epochs) {
          used.push(context.device);
          return (entrant.choice as HeadPlan<ChoiceModel>).choose(data, context, epochs);
        },
      },
    });
    const entrants = [noting(mf()), noting(random())];
    const moved = await runComparison(request({ device: lost, entrants, hooks: { nextDevice: async () => device } }));
    expect(used).toEqual([device, device]);
    expect(moved.entrants.map(({ state }) => state)).toEqual(['done', 'done']);
    const alone = await runComparison(request({ device: lost, entrants: [mf(), random()] }));
    expect(alone.entrants.map(({ state, error }) => [state, error?.code])).toEqual([
      // its stars have nowhere to go, its lists need nothing of what is gone
      ['done', 'deviceLost'],
      ['done', undefined],
    ]);
    expect(alone.entrants[0]).toMatchObject({ taste: null, lists: { auc: expect.anything() } });
  });
});

describe('odd data', () => {
  test('nobody with two actions, a share too small, a dislike each: nothing to test', async () => {
    const count = 12;
    const each = (value: (user: number) => number): Ratings =>
      ratingsOf(
        {
          users: Uint32Array.from({ length: count }, (_, user) => user),
          items: Uint32Array.from({ length: count }, (_, user) => user % 5),
          values: Float32Array.from({ length: count }, (_, user) => value(user)),
        },
        count,
        5,
      );
    const once = each((user) => 1 + (user % 5));
    const entrants = () => [random()];
    const testing = (changes: Partial<ComparisonRequest>) =>
      runComparison(request({ entrants: entrants(), ...changes }));
    await expect(testing({ data: once, split: 'leave-one-out' })).rejects.toMatchObject({ code: 'nothingToTest' });
    await expect(testing({ data: once, split: 'per-customer' })).rejects.toMatchObject({ code: 'nothingToTest' });
    await expect(testing({ holdout: 0.0001, split: 'random' })).rejects.toMatchObject({ code: 'nothingToTest' });
    const dislikes = each((user) => 1 + (user % 2));
    await expect(testing({ data: dislikes, split: 'random' })).rejects.toMatchObject({ code: 'nothingToTest' });
    await expect(testing({ data: ratingsOf(dislikesOfOne(), 3, 20) })).rejects.toMatchObject({ code: 'oneCustomer' });
  });

  /** One customer alone. */
  const dislikesOfOne = () => ({
    users: new Uint32Array(12),
    items: Uint32Array.from({ length: 12 }, (_, item) => item),
    values: Float32Array.from({ length: 12 }, (_, item) => 1 + (item % 5)),
  });

  test('without a relevant held-out thing ratings are compared all the same', async () => {
    const strict = { ...ratings, rule: { ...ratings.rule, minRating: 9 } };
    const result = await runComparison(request({ data: strict, entrants: [threes()] }));
    expect(result.popularity).toBeNull();
    expect(result.best.lists).toBeNull();
    expect(rowOf(result, 'threes').taste?.rmse.mean).toBeGreaterThan(0);
    expect(result.protocol).toMatchObject({ customers: 0, skipped: 80 });
  });

  test('a list longer than the catalogue is as long as it; everything that is left is on it', async () => {
    const result = await runComparison(request({ k: 500, entrants: [random()] }));
    expect(result.protocol.k).toBe(40);
    const { metrics, exposure } = rowOf(result, 'random').lists ?? {};
    expect(metrics?.recall).toEqual({ mean: 1, low: 1, high: 1 });
    expect(metrics?.hitRate.mean).toBe(1);
    expect(exposure?.coverage).toEqual({ mean: 1, low: 1, high: 1 });
    expect(exposure?.serendipity).toEqual({ mean: 0, low: 0, high: 0 });
  });

  test('what is missing is counted: short lists, empty ones, nobody to compare with', async () => {
    const result = await runComparison(request({ k: 500, entrants: [random()] }));
    const { counts } = rowOf(result, 'random').lists ?? {};
    const everyone = { customers: result.protocol.customers, undefined: 0, passed: 0 };
    // 16 of 40 products are in everybody's training row: no list can be full
    expect(counts).toEqual({
      short: result.protocol.customers,
      empty: 0,
      auc: everyone,
      novelty: everyone,
      popularityLift: everyone,
      diversity: everyone,
    });
    const silent = new RandomListsModel({ users: 80, products: 40, seed: 5 });
    const nothing: ChoiceModel = {
      name: 'random',
      head: 'choice',
      topItems: (user, count, exclude) => silent.topItems(user, count, exclude),
      topItemsForMany: async (users, count) => ({
        indices: new Uint32Array(users.length * count).fill(NOT_FOUND),
        scores: new Float32Array(users.length * count).fill(Number.NEGATIVE_INFINITY),
      }),
      toBytes: () => new Uint8Array(1),
      destroy() {},
    };
    const { entrants, protocol } = await runComparison(
      request({ entrants: [{ id: 'nothing', taste: null, choice: ready(nothing) }] }),
    );
    const { lists } = entrants[0];
    const nobody = { customers: 0, undefined: protocol.customers, passed: 0 };
    expect(lists).toMatchObject({
      counts: { short: protocol.customers, empty: protocol.customers, auc: null, novelty: nobody, diversity: nobody },
      exposure: {
        coverage: { mean: 0, low: 0, high: 0 },
        gini: null,
        novelty: null,
        popularityLift: null,
        diversity: null,
        serendipity: null,
      },
      calibration: { kind: 'tooFew', suggestions: 0, hits: 0 },
    });
    expect(lists?.metrics.recall).toEqual({ mean: 0, low: 0, high: 0 });
  });

  test('stars that are no number are a failure in the row, not a gap in the mean', async () => {
    const broken: TasteModel = {
      ...three,
      predict: async (users) => new Float32Array(users.length).map((_, p) => (p === 3 ? Number.NaN : 3)),
    };
    const { entrants } = await runComparison(
      request({ entrants: [{ id: 'broken', taste: ready<TasteModel>(broken), choice: null }, threes()] }),
    );
    expect(entrants[0]).toMatchObject({ state: 'failed', taste: null, error: { code: 'trainingDiverged' } });
    expect(entrants[1].state).toBe('done');
  });

  test('every rating the same, two customers, a single product: said before anything is cut', async () => {
    const all = pairsFromCsr(ratings.byUser);
    const flat = {
      ...ratingsOf({ ...all, values: all.values.map(() => 4) }, 80, 40),
      scale: { min: 4, max: 4, step: 1 },
    };
    await expect(runComparison(request({ data: flat }))).rejects.toMatchObject({ code: 'allRatingsEqual' });
    const two = ratingsOf(
      { users: Uint32Array.of(0, 0, 1, 1), items: Uint32Array.of(0, 1, 0, 1), values: Float32Array.of(1, 5, 4, 2) },
      2,
      2,
    );
    await expect(runComparison(request({ data: two }))).rejects.toMatchObject({ code: 'tooFewRatings' });
    const one = ratingsOf(
      {
        users: Uint32Array.from({ length: 12 }, (_, user) => user),
        items: new Uint32Array(12),
        values: new Float32Array(12).map((_, p) => 1 + (p % 5)),
      },
      12,
      3,
    );
    await expect(runComparison(request({ data: one }))).rejects.toMatchObject({ code: 'oneProduct' });
  });

  test('by time for each customer: refused without times, otherwise a share of what everybody did', async () => {
    await expect(runComparison(request({ split: 'time-per-customer' }))).rejects.toMatchObject({
      code: 'columnMissing',
      params: { role: 'time' },
    });
    const dated: Ratings = {
      ...ratings,
      lastTime: () => Float64Array.from(ratings.byUser.values, (_, e) => (e * 7) % 31),
    };
    const result = await runComparison(request({ data: dated, split: 'time-per-customer', entrants: [random()] }));
    expect(result.protocol).toMatchObject({ split: 'time-per-customer', testPairs: 80 * 4, trainPairs: 80 * 16 });
  });

  test('where everything ties, lists are the same every time, and no better than chance among candidates', async () => {
    const flat = (): Entrant => ({
      id: 'flat',
      taste: null,
      choice: ready<ChoiceModel>(new PopularityModel(new Float32Array(40))),
    });
    const once = await runComparison(request({ entrants: [flat()] }));
    const twice = await runComparison(request({ entrants: [flat()] }));
    expect(twice).toEqual(once);
    expect(rowOf(once, 'flat').lists?.auc).toEqual({ mean: 0.5, low: 0.5, high: 0.5 });
  });
});

describe('groups and chances', () => {
  const names = ['north', 'south'];
  /** The taste of a customer is their region; products are of either half, or of both. */
  const about: NonNullable<Ratings['about']> = {
    customers: {
      ids: ratings.userIds,
      titles: null,
      categories: null,
      attributes: [
        { name: 'region', values: { names, codes: Uint32Array.from({ length: 80 }, (_, user) => user % 2) } },
        { name: 'country', values: { names: ['here'], codes: new Uint32Array(80) } },
      ],
    },
    products: {
      ids: ratings.itemIds,
      titles: null,
      categories: {
        names: ['first', 'second'],
        pointers: Uint32Array.from({ length: 41 }, (_, item) => item),
        codes: Uint32Array.from({ length: 40 }, (_, item) => (item < 20 ? 0 : 1)),
      },
      attributes: [],
    },
  };
  /** Knows what the customers of one half of them like, and tells the others the opposite. */
  const onesided = new RandomListsModel({ users: 80, products: 40, seed: 5 });
  const partial: ChoiceModel = {
    name: 'random',
    head: 'choice',
    topItems: (user, count, exclude) => onesided.topItems(user, count, exclude),
    async topItemsForMany(users, count, exclude) {
      const lists = await onesided.topItemsForMany(users, 40, exclude);
      const indices = new Uint32Array(users.length * count).fill(NOT_FOUND);
      const scores = new Float32Array(users.length * count);
      users.forEach((_, q) => {
        const own = lists.indices.subarray(q * 40, (q + 1) * 40).filter((item) => item < 20);
        indices.set(own.subarray(0, count), q * count);
        scores.fill(1, q * count, (q + 1) * count);
      });
      return { indices, scores };
    },
    toBytes: () => new Uint8Array(1),
    destroy() {},
  };

  test('who is served worse is found by region and by category; what tells nobody apart says so', async () => {
    const entrants: Entrant[] = [{ id: 'half', taste: null, choice: ready(partial) }];
    const result = await runComparison(request({ data: { ...ratings, about }, entrants }));
    expect(result.protocol.ungrouped).toEqual([{ attribute: 'country', why: 'oneValue' }]);
    const { lists } = rowOf(result, 'half');
    expect(lists?.byAttribute.map(({ attribute }) => attribute)).toEqual(['region']);
    const [region] = lists?.byAttribute ?? [];
    // customers of even rows rate the first half high, which is all that is listed
    expect(region.groups[region.worst.group].value).toBe('south');
    expect(region.worst.certain).toBe(true);
    expect(region.groups.reduce((sum, { customers }) => sum + customers, 0)).toBe(result.protocol.customers);
    const { byCategory } = lists ?? {};
    expect(byCategory?.groups[byCategory.worst.group]).toMatchObject({ value: 'second', recall: { mean: 0 } });
    // the bestsellers are looked at in the same groups
    expect(result.popularity?.byAttribute[0].groups.map(({ value, customers }) => [value, customers])).toEqual(
      region.groups.map(({ value, customers }) => [value, customers]),
    );
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    // a score that is the same for all says nothing
    expect(lists?.calibration).toMatchObject({ kind: 'measured', hits: expect.any(Number) });
    expect(lists?.calibration?.kind === 'measured' && lists.calibration.skill.mean).toBeLessThan(0.01);
    const plain = await runComparison(request({ data: { ...ratings, about }, entrants, inDetail: false }));
    expect(rowOf(plain, 'half').lists).toMatchObject({
      metrics: lists?.metrics,
      byActivity: [],
      byPopularity: [],
      byAttribute: [],
      byCategory: null,
      calibration: null,
    });
  });

  test('stars are looked at in groups as well, of everybody with a held-out rating; none in further cuts', async () => {
    const data = { ...ratings, about };
    const result = await runComparison(request({ data, entrants: [threes()] }));
    expect(result.protocol.ungroupedStars).toEqual([{ attribute: 'country', why: 'oneValue' }]);
    const { taste } = rowOf(result, 'threes');
    const { test: held } = splitRatings(data, { kind: 'per-customer', holdout: 0.2, seed: 3 });
    // sixteen of everybody's twenty are learned from
    expect(taste?.byActivity).toMatchObject([{ from: 5, to: 19, customers: 80, ratings: 320, mae: taste?.mae }]);
    const bands = taste?.byPopularity ?? [];
    expect(bands.map(({ band }) => band)).toEqual(['head', 'middle', 'tail']);
    expect(bands.reduce((sum, { products }) => sum + products, 0)).toBe(40);
    expect(bands.reduce((sum, { ratings: count }) => sum + count, 0)).toBe(320);
    const [region] = taste?.byAttribute ?? [];
    const { values } = about.customers.attributes[0];
    for (const { value, customers, ratings: count, mae } of region.groups) {
      const theirs = Array.from(held.users.keys()).filter((p) => values.names[values.codes[held.users[p]]] === value);
      const off = theirs.reduce((sum, p) => sum + Math.abs(held.values[p] - 3), 0);
      expect([customers, count]).toEqual([theirs.length / 4, theirs.length]);
      expect(mae.mean).toBeCloseTo(off / theirs.length, 10);
    }
    const plain = await runComparison(request({ data, entrants: [threes()], inDetail: false }));
    expect(plain.protocol.ungroupedStars).toBeUndefined();
    expect(rowOf(plain, 'threes').taste).toEqual({
      rmse: taste?.rmse,
      mae: taste?.mae,
      byActivity: [],
      byPopularity: [],
      byAttribute: [],
    });
  });

  test('one category, one region, nothing known: no groups, and why', async () => {
    const one = (categories: string[]) => ({
      ...about,
      customers: { ...about.customers, attributes: about.customers.attributes.slice(1) },
      products: {
        ...about.products,
        categories: {
          names: categories,
          pointers: new Uint32Array(41).map((_, item) => item),
          codes: new Uint32Array(40),
        },
      },
    });
    const result = await runComparison(request({ data: { ...ratings, about: one(['all']) }, entrants: [random()] }));
    expect(result.protocol.ungrouped).toEqual([
      { attribute: 'country', why: 'oneValue' },
      { attribute: null, why: 'oneValue' },
    ]);
    expect(rowOf(result, 'random').lists).toMatchObject({ byAttribute: [], byCategory: null });
    const bare = await runComparison(request({ entrants: [random()] }));
    expect(bare.protocol.ungrouped).toEqual([]);
  });

  test('scores that say what is chosen have skill, beyond chance', async () => {
    const { lists } = rowOf(await runComparison(request({ k: 20 })), 'mf');
    if (lists?.calibration?.kind !== 'measured') throw new Error(JSON.stringify(lists?.calibration));
    expect(lists.calibration.skill.low).toBeGreaterThan(0);
    expect(lists.calibration.hits / lists.calibration.suggestions).toBeCloseTo(lists.metrics.precision.mean, 6);
  });
});

describe('the sampled protocol', () => {
  /** For each customer one held-out thing they liked and four others they have not. */
  const data = splitRatings(ratings, { kind: 'per-customer', holdout: 0.2, seed: 3 });
  const liked = new Map<number, number>();
  data.test.users.forEach((user, p) => {
    if (data.test.values[p] >= 3) liked.set(user, data.test.items[p]);
  });
  const known = (user: number) =>
    ratings.byUser.indices.subarray(ratings.byUser.pointers[user], ratings.byUser.pointers[user + 1]);
  const negatives = [...liked.keys()].map((user) =>
    Array.from({ length: 40 }, (_, item) => item)
      .filter((item) => !known(user).includes(item))
      .filter((_, at) => at % 5 === 0),
  );
  const candidates: CandidateLists = {
    users: Uint32Array.from(liked.keys()),
    held: Uint32Array.from(liked.values()),
    pointers: Uint32Array.from([0, ...negatives.map((_, at) => negatives.slice(0, at + 1).flat().length)]),
    items: Uint32Array.from(negatives.flat()),
  };

  test('models are compared by their hit rate among the candidates', async () => {
    const result = await runComparison(request({ data, candidates, k: 2, entrants: [mf(), random()] }));
    const [good, chance] = result.entrants;
    expect(result.protocol.sampled).toEqual({ customers: liked.size, candidates: 5, drawn: false, skipped: 0 });
    // two of five by chance
    expect(chance.lists?.sampled?.metrics.hitRate.low).toBeLessThan(0.4);
    expect(chance.lists?.sampled?.metrics.hitRate.high).toBeGreaterThan(0.4);
    expect(good.lists?.sampled?.metrics.hitRate.mean).toBeGreaterThan(0.6);
    const popular = result.popularity?.sampled?.metrics.hitRate.mean ?? 0;
    const gain = (good.lists?.sampled?.metrics.hitRate.mean ?? 0) - popular;
    expect(good.lists?.versus?.popularity.difference.mean).toBeCloseTo(gain, 6);
    expect(result.best.lists).toMatchObject({ id: 'mf', metric: 'hitRate' });
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  test('drawn ones stand beside the full ranking, which says who leads', async () => {
    const result = await runComparison(request({ sampled: { candidates: 4 }, k: 2, entrants: [mf(), random()] }));
    const without = await runComparison(request({ k: 2, entrants: [mf(), random()] }));
    expect(result.protocol.sampled).toEqual({
      customers: result.protocol.customers,
      candidates: 5,
      drawn: true,
      skipped: 0,
    });
    expect(without.protocol.sampled).toBeNull();
    const untimed = (row: EntrantResult) => ({ ...row, fitMs: 0, lists: row.lists && { ...row.lists, sampled: null } });
    expect(result.entrants.map(untimed)).toEqual(without.entrants.map(untimed));
    expect(result.best).toEqual(without.best);
    expect(result.best.lists?.metric).toBe('recall');
    // two of five by chance, drawn evenly; a good model is far above
    const [good, chance] = result.entrants.map(({ lists }) => lists?.sampled?.metrics.hitRate);
    expect(chance?.low).toBeLessThan(0.4);
    expect(chance?.high).toBeGreaterThan(0.4);
    expect(good?.low).toBeGreaterThan(0.5);
    const both = runComparison(request({ data, candidates, sampled: { candidates: 4 } }));
    await expect(both).rejects.toThrow(RangeError);
    await expect(runComparison(request({ sampled: { candidates: 0 } }))).rejects.toThrow(RangeError);
  });

  test('where everybody has everything there is nothing to draw, and the lists are judged all the same', async () => {
    const full = plantedRatings({ users: 30, items: 8, perUser: 8, noise: 0.3, seed: 2 });
    const entrants = [
      { ...random(), choice: ready<ChoiceModel>(new RandomListsModel({ users: 30, products: 8, seed: 5 })) },
    ];
    const result = await runComparison(request({ data: full, sampled: { candidates: 9 }, entrants }));
    expect(result.protocol.sampled).toBeNull();
    expect(result.entrants[0].lists?.sampled).toBeNull();
    expect(result.entrants[0].lists?.metrics.recall.mean).toBeGreaterThan(0);
  });

  test('a model without scores has lists and no place among candidates', async () => {
    const model = new PopularityModel(new Float32Array(40));
    const unscored: ChoiceModel = {
      name: 'neumf',
      head: 'choice',
      topItems: (user, count, exclude) => model.topItems(user, count, exclude),
      topItemsForMany: (users, count, exclude) => model.topItemsForMany(users, count, exclude),
      toBytes: () => model.toBytes(),
      destroy() {},
    };
    const entrant: Entrant = { id: 'unscored', taste: null, choice: ready(unscored) };
    const result = await runComparison(request({ data, candidates, entrants: [entrant] }));
    const { lists } = rowOf(result, 'unscored');
    expect(lists?.metrics.ndcg.mean).toBeGreaterThan(0);
    expect([lists?.auc, lists?.sampled, lists?.versus]).toEqual([null, null, null]);
    expect(result.best.lists).toBeNull();
  });
});
