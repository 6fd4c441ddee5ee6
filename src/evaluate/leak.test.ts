/**
 * Nothing of the test part may reach a model or a statistic. Every recommender is run on two data sets that differ in
 * nothing but what the cut holds out: all it was given and all it says has to be the same bit for bit.
 */
import { describe, expect, test } from 'vitest';
import { type Pairs, pairsFromCsr } from '../base/sparse.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import { ratingsOf } from '../data/ratings.testing.ts';
import { type Ratings, ratingScale } from '../data/ratings.ts';
import { type Split, type SplitKind, splitRatings } from '../data/split.ts';
import { autorec } from '../models/autorec.ts';
import { ease } from '../models/ease.ts';
import { hybrid } from '../models/hybrid.ts';
import { means } from '../models/means.ts';
import { mfChoice } from '../models/mf-choice.ts';
import { mfPosterior } from '../models/mf-posterior.ts';
import { mfTasteBy } from '../models/mf-taste.ts';
import { itemNeighboursChoice, userNeighboursChoice } from '../models/neighbours-choice.ts';
import { itemNeighboursTaste, userNeighboursTaste } from '../models/neighbours-taste.ts';
import { neumfChoice } from '../models/neumf-choice.ts';
import { neumfTaste } from '../models/neumf-taste.ts';
import { plantedRatings } from '../models/planted.testing.ts';
import { popularity } from '../models/popularity.ts';
import { randomLists } from '../models/random-lists.ts';
import { RandomListsModel } from '../models/random-lists-model.ts';
import type { ChoiceModel, FitContext, Fitted, Model, TasteModel } from '../models/recommender.ts';
import { slopeOne } from '../models/slope-one.ts';
import { type Entrant, runComparison } from './comparison.ts';
import type { ComparisonResult } from './comparison-result.ts';
import { type HeadPlan, planHead } from './head-plan.ts';

const device = createReferenceDevice();
const [USERS, ITEMS] = [40, 24];
const ratings = plantedRatings({ users: USERS, items: ITEMS, perUser: 12, noise: 0.5, seed: 4 });
const TINY = { factors: 3, epochs: 3, hidden: 4, burnIn: 1, samples: 2, embedding: 4, batchSize: 64 };

/** Everybody there is. */
const entrants = (): Entrant[] => [
  ...[mfTasteBy('sweep'), mfTasteBy('sgd')].map((recommender, at) => ({
    id: `mf ${at}`,
    taste: planHead(recommender, 'quick', TINY, 1),
    choice: at === 0 ? planHead(mfChoice, 'quick', TINY, 1) : null,
  })),
  { id: 'posterior', taste: planHead(mfPosterior, 'quick', TINY, 1), choice: null },
  { id: 'autorec', taste: planHead(autorec, 'quick', TINY, 1), choice: null },
  { id: 'neumf', taste: planHead(neumfTaste, 'quick', TINY, 1), choice: planHead(neumfChoice, 'quick', TINY, 1) },
  { id: 'means', taste: planHead(means, 'quick', {}, 1), choice: planHead(popularity, 'quick', {}, 1) },
  { id: 'slope one', taste: planHead(slopeOne, 'quick', {}, 1), choice: planHead(randomLists, 'quick', {}, 1) },
  {
    id: 'item neighbours',
    taste: planHead(itemNeighboursTaste, 'quick', {}, 1),
    choice: planHead(itemNeighboursChoice, 'quick', {}, 1),
  },
  {
    id: 'user neighbours',
    taste: planHead(userNeighboursTaste, 'quick', {}, 1),
    choice: planHead(userNeighboursChoice, 'quick', {}, 1),
  },
  { id: 'ease', taste: null, choice: planHead(ease, 'quick', {}, 1) },
  { id: 'hybrid', taste: null, choice: planHead(hybrid, 'quick', TINY, 1) },
];

/** What a fit was given and what its model is and says: of every pair, and for every customer. */
interface Trace {
  readonly given: unknown;
  readonly bytes: Uint8Array;
  readonly says: unknown;
}

async function traceOf({ model }: Fitted<Model>, data: Ratings, context: FitContext): Promise<Trace> {
  const everybody = Uint32Array.from({ length: USERS }, (_, user) => user);
  const { userIds, itemIds, feedback, byUser, byItem, scale, rule } = data;
  const { validation, test: shown, resumeFrom } = context;
  const says =
    model.head === 'taste'
      ? await (model as TasteModel).predict(
          Uint32Array.from({ length: USERS * ITEMS }, (_, p) => Math.floor(p / ITEMS)),
          Uint32Array.from({ length: USERS * ITEMS }, (_, p) => p % ITEMS),
        )
      : await (model as ChoiceModel).topItemsForMany(everybody, 10, {
          pointers: new Uint32Array(USERS + 1),
          indices: new Uint32Array(),
        });
  return {
    given: { userIds, itemIds, feedback, byUser, byItem, scale, rule, validation, shown, resumeFrom },
    bytes: model.toBytes(),
    says,
  };
}

/** The plan, with a trace of each of its fits. */
function traced<M extends Model>(plan: HeadPlan<M> | null, traces: Trace[]): HeadPlan<M> | null {
  return (
    plan && {
      ...plan,
      async choose(data, context, epochs) {
        const fitted = await plan.choose(data, context, epochs);
        traces.push(await traceOf(fitted, data, context));
        return fitted;
      },
      async again(data, context, chosen) {
        const fitted = await plan.again(data, context, chosen);
        traces.push(await traceOf(fitted, data, context));
        return fitted;
      },
    }
  );
}

interface Story {
  readonly traces: readonly Trace[];
  readonly result: ComparisonResult;
}

async function run(data: Ratings | Split, split: SplitKind): Promise<Story> {
  const traces: Trace[] = [];
  const result = await runComparison({
    data,
    split,
    holdout: 0.2,
    seed: 6,
    entrants: entrants().map(({ id, taste, choice }) => ({
      id,
      taste: traced(taste, traces),
      choice: traced(choice, traces),
    })),
    device,
  });
  expect(result.entrants.map(({ state, error }) => [state, error])).toEqual(entrants().map(() => ['done', null]));
  return { traces, result };
}

/** The same data with other values where the cut holds out. */
function revalued(data: Ratings, kind: SplitKind, change: (value: number) => number): Ratings {
  const { test: held } = splitRatings(data, { kind, holdout: 0.2, seed: 6 });
  const isHeld = new Set(held.users.map((user, p) => user * ITEMS + held.items[p]));
  const all = pairsFromCsr(data.byUser);
  const values = all.values.map((value, p) =>
    isHeld.has(all.users[p] * ITEMS + all.items[p]) ? change(value) : value,
  );
  // the scale of the whole, as an import would find it: the absurd ones are its end
  return { ...ratingsOf({ ...all, values }, USERS, ITEMS), lastTime: data.lastTime, scale: ratingScale(values) };
}

/** As days went by: the later pairs of `byUser` are the later ones. */
const dated: Ratings = {
  ...ratings,
  lastTime: () => Float64Array.from(ratings.byUser.values, (_, e) => 86_400_000 * ((e * 7) % 480)),
};

describe('what is held out', () => {
  const kinds: readonly SplitKind[] = ['random', 'per-customer', 'leave-one-out', 'time'];

  test.each(kinds)('%s: absurd ratings in the test part reach no model, no scale and no validation', async (kind) => {
    const plain = await run(dated, kind);
    const absurd = await run(
      revalued(dated, kind, () => 1000),
      kind,
    );
    // both heads of every entrant, chosen and again (neural ones, and those with nothing to choose, are fitted once)
    expect(plain.traces.length).toBeGreaterThan(20);
    expect(absurd.traces).toEqual(plain.traces);
    const errors = ({ result }: Story) => result.entrants.flatMap(({ taste }) => (taste ? [taste.rmse.mean] : []));
    expect(errors(plain).every((error) => error < 5)).toBe(true);
    expect(errors(absurd).every((error) => error > 500)).toBe(true);
  });

  test('other ratings of the same choices: stars are scored anew, everything said of lists stays to the last bit', async () => {
    const plain = await run(ratings, 'random');
    const extreme = await run(
      revalued(ratings, 'random', (value) => (value >= 3 ? 5 : 1)),
      'random',
    );
    expect(extreme.traces).toEqual(plain.traces);
    expect(extreme.result.popularity).toEqual(plain.result.popularity);
    expect(extreme.result.protocol).toEqual(plain.result.protocol);
    expect(extreme.result.best.lists).toEqual(plain.result.best.lists);
    extreme.result.entrants.forEach((row, at) => {
      expect(row.lists).toEqual(plain.result.entrants[at].lists);
      if (row.taste) expect(row.taste.rmse.mean).not.toBe(plain.result.entrants[at].taste?.rmse.mean);
    });
  });

  test('other products in the test part: lists are judged anew, and what is said of the catalogue stays', async () => {
    const { train, test: held } = splitRatings(ratings, { kind: 'random', holdout: 0.2, seed: 6 });
    // one product for everybody who does not have it in training, loved: popular beyond all others, were it seen
    const sentinel = ITEMS - 1;
    const moved: Pairs = {
      ...held,
      items: held.items.map(() => sentinel),
      values: held.values.map(() => 5),
    };
    const once = new Set<number>();
    const keep = Array.from(moved.users.keys()).filter((p) => {
      const user = moved.users[p];
      const row = train.byUser.indices.subarray(train.byUser.pointers[user], train.byUser.pointers[user + 1]);
      if (once.has(user) || row.includes(sentinel)) return false;
      once.add(user);
      return true;
    });
    const planted: Pairs = {
      users: Uint32Array.from(keep, (p) => moved.users[p]),
      items: Uint32Array.from(keep, (p) => moved.items[p]),
      values: Float32Array.from(keep, (p) => moved.values[p]),
    };
    expect(keep.length).toBeGreaterThan(10);
    const plain = await run({ train, test: held }, 'random');
    const changed = await run({ train, test: planted }, 'random');
    expect(changed.traces).toEqual(plain.traces);
    const bands = ({ result }: Story) => result.popularity?.byPopularity.map(({ band, products }) => [band, products]);
    // the sentinel is where training put it: no band but its own has something relevant
    expect(bands(changed)).toHaveLength(1);
    expect(bands(plain)).toContainEqual(bands(changed)?.[0]);
    expect(changed.result.popularity?.metrics).not.toEqual(plain.result.popularity?.metrics);
  });
});

test('popularity, novelty and lift are counted on the training part alone, as counting it shows', async () => {
  const result = await runComparison({
    data: ratings,
    split: 'random',
    holdout: 0.2,
    seed: 6,
    entrants: [{ id: 'random', taste: null, choice: planHead(randomLists, 'quick', {}, 1) }],
    device,
  });
  const { train, test: held } = splitRatings(ratings, { kind: 'random', holdout: 0.2, seed: 6 });
  const [known, chosen, liked] = [train, train, held].map(() => Array.from({ length: USERS }, () => new Set<number>()));
  const { users, items, values } = pairsFromCsr(train.byUser);
  users.forEach((user, p) => {
    known[user].add(items[p]);
    if (values[p] >= 3) chosen[user].add(items[p]);
  });
  held.users.forEach((user, p) => {
    if (held.values[p] >= 3) liked[user].add(held.items[p]);
  });
  const everything = Array.from({ length: ITEMS }, (_, item) => item);
  const count = everything.map((item) => chosen.filter((row) => row.has(item)).length);
  const choosers = chosen.filter((row) => row.size > 0).length;
  const tested = Array.from(liked.keys()).filter((user) => liked[user].size > 0);
  const mean = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

  const model = new RandomListsModel({ users: USERS, products: ITEMS, seed: 1 });
  const lists = await Promise.all(
    tested.map(async (user) => (await model.topItems(user, 10, Uint32Array.from(known[user]).sort())).indices),
  );
  const exposure = result.entrants[0].lists?.exposure;
  const bits = lists.map((list) => mean(Array.from(list, (item) => -Math.log2(Math.max(1, count[item]) / choosers))));
  expect(exposure?.novelty).toBeCloseTo(mean(bits), 10);
  const listed = lists.map((list) => mean(Array.from(list, (item) => count[item])));
  const own = tested.map((user) => mean(Array.from(chosen[user], (item) => count[item])));
  expect(exposure?.popularityLift).toBeCloseTo(mean(listed) / mean(own), 10);
  expect(exposure?.coverage).toBe(new Set(lists.flatMap((list) => [...list])).size / ITEMS);

  const precision = tested.map((user) => {
    const list = everything.filter((item) => !known[user].has(item)).sort((a, b) => count[b] - count[a] || a - b);
    return list.slice(0, 10).filter((item) => liked[user].has(item)).length / 10;
  });
  expect(result.popularity?.metrics.precision.mean).toBeCloseTo(mean(precision), 6);
});

test('the traces would notice: the same change in the training part shows in every model that learns from ratings', async () => {
  const { train, test: held } = splitRatings(ratings, { kind: 'random', holdout: 0.2, seed: 6 });
  const { users, items, values } = pairsFromCsr(train.byUser);
  const changed = ratingsOf(
    { users, items, values: values.map((value, p) => (p % 40 === 0 ? 6 - value : value)) },
    USERS,
    ITEMS,
  );
  const plain = await run({ train, test: held }, 'random');
  const other = await run({ train: { ...changed, scale: train.scale }, test: held }, 'random');
  expect(other.traces).toHaveLength(plain.traces.length);
  const taste = plain.traces.filter(({ says }) => says instanceof Float32Array);
  const changedTaste = other.traces.filter(({ says }) => says instanceof Float32Array);
  expect(taste.length).toBeGreaterThan(12);
  taste.forEach(({ says }, at) => {
    expect(changedTaste[at].says).not.toEqual(says);
  });
});
