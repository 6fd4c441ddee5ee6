import { describe, expect, test } from 'vitest';
import { AppError } from '../base/error.ts';
import { pairsFromCsr } from '../base/sparse.ts';
import type { ComputeDevice } from '../compute/device.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import { kFold } from '../data/folds.ts';
import { ratingsOf } from '../data/ratings.testing.ts';
import type { Ratings } from '../data/ratings.ts';
import { splitRatings } from '../data/split.ts';
import { means } from '../models/means.ts';
import { mfTaste } from '../models/mf-taste.ts';
import { plantedRatings } from '../models/planted.testing.ts';
import { popularity } from '../models/popularity.ts';
import { randomLists } from '../models/random-lists.ts';
import { acrossFigure } from './across.ts';
import { type Entrant, runComparison } from './comparison.ts';
import type { ComparisonResult } from './comparison-result.ts';
import { planHead } from './head-plan.ts';
import { type RepeatsRequest, runRepeats } from './repeats.ts';

const device = createReferenceDevice();
const ratings = plantedRatings({ users: 40, items: 24, perUser: 12, noise: 0.5, seed: 4 });
const dated: Ratings = { ...ratings, lastTime: () => Float64Array.from(ratings.byUser.values, (_, e) => e) };

const plain = (): Entrant[] => [
  { id: 'means', taste: planHead(means, 'quick', {}, 1), choice: planHead(popularity, 'quick', {}, 1) },
  { id: 'random', taste: null, choice: planHead(randomLists, 'quick', {}, 1) },
];
const request = (changes: Partial<RepeatsRequest> = {}): RepeatsRequest => ({
  data: ratings,
  split: 'per-customer',
  holdout: 0.2,
  seed: 6,
  repeats: 3,
  entrants: plain,
  device,
  ...changes,
});
const untimed = ({ entrants, ...rest }: ComparisonResult) => ({
  ...rest,
  entrants: entrants.map((row) => ({ ...row, fitMs: 0 })),
});
/** Entrants whose first plan tells what it is given. */
const watching = (note: (data: Ratings, device: ComputeDevice) => void) => (): Entrant[] =>
  plain().map((entrant) => {
    const { taste } = entrant;
    if (!taste) return entrant;
    return {
      ...entrant,
      taste: {
        ...taste,
        choose(data, context, epochs) {
          note(data, context.device);
          return taste.choose(data, context, epochs);
        },
      },
    };
  });

describe.each(['random', 'per-customer'] as const)('%s folds', (split) => {
  test('the first fold in full, means over all of them, each of which is a comparison of its own', async () => {
    const result = await runRepeats(request({ split }));
    const folds = kFold(ratings, { folds: 3, kind: split, seed: 6 });
    const alone = [];
    for (let fold = 0; fold < 3; fold++) {
      alone.push(await runComparison({ ...request({ split }), data: folds.cut(fold), entrants: plain() }));
    }
    const { across, ...first } = untimed(result);
    const { across: none, ...wanted } = untimed(alone[0]);
    expect(none).toBeNull();
    expect(first).toEqual({ ...wanted, protocol: { ...wanted.protocol, holdout: 1 / 3 } });
    expect(across).toMatchObject({ kind: 'folds', asked: 3, done: 3, untested: 0 });
    expect(across?.ratio).toBeCloseTo(1 / 2, 2);
    expect(JSON.parse(JSON.stringify(across))).toEqual(across);
    const same = (figure: unknown, values: readonly (number | undefined)[]) =>
      expect(figure).toEqual(
        acrossFigure(
          values.map((value) => value ?? Number.NaN),
          across?.ratio ?? 0,
        ),
      );
    const figures = across?.entrants[0].figures;
    same(
      figures?.rmse,
      alone.map(({ entrants }) => entrants[0].taste?.rmse.mean),
    );
    same(
      figures?.recall,
      alone.map(({ entrants }) => entrants[0].lists?.metrics.recall.mean),
    );
    same(
      figures?.coverage,
      alone.map(({ entrants }) => entrants[0].lists?.exposure.coverage.mean),
    );
    same(
      figures?.auc,
      alone.map(({ entrants }) => entrants[0].lists?.auc?.mean),
    );
    same(
      across?.popularity?.ndcg,
      alone.map(({ popularity: popular }) => popular?.metrics.ndcg.mean),
    );
    expect(across?.best.taste).toMatchObject({ id: 'means', pairs: [] });
    expect(across?.best.lists?.pairs).toHaveLength(1);
  });

  test('no fit is given anything of its own fold, and every pair is tested once', async () => {
    const given: Ratings[] = [];
    await runRepeats(request({ split, entrants: watching((data) => void given.push(data)) }));
    expect(given).toHaveLength(3);
    const folds = kFold(ratings, { folds: 3, kind: split, seed: 6 });
    const named = (pairs: ReturnType<typeof pairsFromCsr>) =>
      Array.from(pairs.users, (u, p) => u * 24 + pairs.items[p]);
    const tested = given.flatMap((data, fold) => {
      const held = new Set(named(folds.cut(fold).test));
      expect(named(pairsFromCsr(data.byUser)).filter((pair) => held.has(pair))).toEqual([]);
      return [...held];
    });
    expect(tested.sort((a, b) => a - b)).toEqual(named(pairsFromCsr(ratings.byUser)));
  });
});

describe('other draws', () => {
  test('one left out of everyone, at random where there are no times: the first as alone, others with other seeds', async () => {
    const loo = { split: 'leave-one-out', repeats: 2 } as const;
    const result = await runRepeats(request(loo));
    const alone = await runComparison({ ...request(loo), data: ratings, entrants: plain() });
    const { across, ...first } = untimed(result);
    expect({ ...first, across: null }).toEqual(untimed(alone));
    expect(across).toMatchObject({ kind: 'seeds', asked: 2, done: 2 });
    expect(across?.ratio).toBeCloseTo(40 / (40 * 11), 12);
    const { deviation } = across?.entrants[0].figures.rmse ?? {};
    expect(deviation).toBeGreaterThan(0);
  });

  test('refused where every cut would be the same one', async () => {
    for (const split of ['time', 'time-per-customer', 'leave-one-out'] as const) {
      await expect(runRepeats(request({ data: dated, split }))).rejects.toMatchObject({ code: 'cannotRepeat' });
      const once = await runRepeats(request({ data: dated, split, repeats: 1 }));
      expect(once.across).toBeNull();
    }
    const cut = splitRatings(ratings, { kind: 'random', holdout: 0.2, seed: 1 });
    await expect(runRepeats(request({ data: cut }))).rejects.toMatchObject({ code: 'cannotRepeat' });
    // times for less than half of the customers: most are drawn
    const some = Float64Array.from(ratings.byUser.values, (_, e) => (e < 12 * 15 ? e : Number.NaN));
    const half: Ratings = { ...ratings, lastTime: () => some };
    expect((await runRepeats(request({ data: half, split: 'leave-one-out', repeats: 2 }))).across?.done).toBe(2);
  });

  test('more folds than pairs, nothing to learn, and what is no number of cuts', async () => {
    await expect(runRepeats(request({ repeats: 500 }))).rejects.toMatchObject({
      code: 'tooFewToFold',
      params: { count: 480, needed: 500 },
    });
    const one = ratingsOf(
      { users: new Uint32Array(3), items: Uint32Array.of(0, 1, 2), values: new Float32Array(3) },
      1,
      3,
    );
    await expect(runRepeats(request({ data: one }))).rejects.toMatchObject({ code: 'oneCustomer' });
    await expect(runRepeats(request({ repeats: 0 }))).rejects.toThrow(RangeError);
  });
});

describe('the course', () => {
  test('rows of the first cut, then progress alone; each cut is told, shares never fall within one', async () => {
    const told: string[] = [];
    const shares: number[] = [];
    let last = '';
    await runRepeats(
      request({
        hooks: {
          onCut: (cut, cuts) => void told.push(`cut ${cut} of ${cuts}`),
          onEntrant: (id, state) => void told.push(`${id} ${state}`),
          onProgress(id, share) {
            const now = `${told.filter((line) => line.startsWith('cut')).at(-1)} ${id}`;
            if (now === last) expect(share).toBeGreaterThanOrEqual(shares.at(-1) ?? 0);
            // What is done for all together ends where the entrants begin, and goes on after them to its end.
            else if (last !== '')
              expect(shares.at(-1)).toBeCloseTo(last.endsWith('null') && id === 'means' ? 0.88 : 1, 9);
            last = now;
            shares.push(share);
          },
        },
      }),
    );
    expect(told).toEqual([
      'cut 1 of 3',
      'means waiting',
      'random waiting',
      'means running',
      'means done',
      'random running',
      'random done',
      'cut 2 of 3',
      'cut 3 of 3',
    ]);
    expect(last).toBe('cut 3 of 3 null');
    expect(shares.at(-1)).toBe(1);
  });

  test('a stop keeps the cuts that are finished, and of the one under way the entrants that are', async () => {
    const stoppedIn = async (cut: number, entrant: string) => {
      const controller = new AbortController();
      let at = 0;
      return runRepeats(
        request({
          hooks: {
            signal: controller.signal,
            onCut: (now) => {
              at = now;
            },
            onProgress: (id, share) => {
              if (at === cut && id === entrant && share > 0.1) controller.abort();
            },
          },
        }),
      );
    };
    const third = await stoppedIn(3, 'random');
    expect(third.stopped).toBe(true);
    expect(third.entrants.map(({ state }) => state)).toEqual(['done', 'done']);
    expect(third.across).toMatchObject({ asked: 3, done: 2 });
    expect(third.across?.entrants.map(({ figures }) => figures.recall?.cuts)).toEqual([3, 2]);
    const second = await stoppedIn(2, 'means');
    expect(second).toMatchObject({ stopped: true, across: null });
    const first = await stoppedIn(1, 'random');
    expect(first.entrants.map(({ state }) => state)).toEqual(['done', 'waiting']);
    expect(first).toMatchObject({ stopped: true, across: null });
    const none = runRepeats(request({ hooks: { signal: AbortSignal.abort() } }));
    await expect(none).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('a lost device: later cuts begin where the first ended', async () => {
    const lost: ComputeDevice = {
      ...device,
      async explicitDescent() {
        throw new AppError('deviceLost', { device: 'webgpu' });
      },
    };
    const used: ComputeDevice[] = [];
    let asked = 0;
    const result = await runRepeats(
      request({
        device: lost,
        repeats: 2,
        entrants: () => {
          const taste = planHead(mfTaste, 'quick', { factors: 2, epochs: 2 }, 1);
          return [
            {
              id: 'mf',
              taste: {
                ...taste,
                choose(data, context, epochs) {
                  used.push(context.device);
                  return taste.choose(data, context, epochs);
                },
              },
              choice: null,
            },
          ];
        },
        hooks: {
          async nextDevice() {
            asked++;
            return device;
          },
        },
      }),
    );
    expect(result.across?.entrants[0].figures.rmse?.cuts).toBe(2);
    expect(asked).toBe(1);
    expect(used).toEqual([lost, device, device]);
  });

  test('a cut that leaves nobody to test is counted, not a zero', async () => {
    // every rating a dislike but those of one fold: the others hold nothing anybody chose
    const folds = kFold(ratings, { folds: 3, kind: 'random', seed: 6 });
    const liked = new Set(Array.from(folds.cut(0).test.users, (u, p) => u * 24 + folds.cut(0).test.items[p]));
    const all = pairsFromCsr(ratings.byUser);
    const values = all.values.map((_, p) => (liked.has(all.users[p] * 24 + all.items[p]) ? 5 : 1 + (p % 2)));
    const result = await runRepeats(
      request({
        data: ratingsOf({ ...all, values }, 40, 24),
        split: 'random',
        entrants: () => plain().map((entrant) => ({ ...entrant, taste: null })),
      }),
    );
    expect(result.across).toMatchObject({ asked: 3, done: 1, untested: 2 });
    expect(result.across?.popularity?.recall).toMatchObject({ cuts: 1, low: null });
    // nobody chose anything in the other folds, so there is nothing to learn lists from: no figure, and no zero
    expect(result.entrants.map(({ error }) => error?.code)).toEqual(['tooFewRatings', 'tooFewRatings']);
    expect(result.across?.entrants.map(({ figures }) => figures)).toEqual([{}, {}]);
    expect(result.stopped).toBe(false);
    // the first cut with somebody in it is the one that is shown
    const other = new Set(Array.from(folds.cut(1).test.users, (u, p) => u * 24 + folds.cut(1).test.items[p]));
    const later = await runRepeats(
      request({
        data: ratingsOf(
          { ...all, values: all.values.map((_, p) => (other.has(all.users[p] * 24 + all.items[p]) ? 5 : 1 + (p % 2))) },
          40,
          24,
        ),
        split: 'random',
        entrants: () => plain().map((entrant) => ({ ...entrant, taste: null })),
      }),
    );
    expect(later.across).toMatchObject({ done: 1, untested: 2 });
    expect(later.popularity?.byActivity.length).toBeGreaterThan(0);
    const nowhere = ratingsOf({ ...all, values: all.values.map((_, p) => 1 + (p % 2)) }, 40, 24);
    const entrants = () => plain().map((entrant) => ({ ...entrant, taste: null }));
    await expect(runRepeats(request({ data: nowhere, entrants }))).rejects.toMatchObject({ code: 'nothingToTest' });
  });
});
