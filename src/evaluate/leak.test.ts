/**
 * Nothing of the test part may reach a model or a statistic. Every recommender is run on two data sets that differ in
 * nothing but what the cut holds out: all it was given and all it says has to be the same bit for bit.
 */
import { describe, expect, test } from 'vitest';
import { type Pairs, pairsFromCsr } from '../base/sparse.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import { kFold } from '../data/folds.ts';
import { ratingsOf } from '../data/ratings.testing.ts';
import { type Ratings, ratingScale } from '../data/ratings.ts';
import { SPLIT_KINDS, type Split, type SplitKind, splitRatings } from '../data/split.ts';
import { tableOf } from '../models/about.testing.ts';
import { autorec } from '../models/autorec.ts';
import { bpr } from '../models/bpr.ts';
import { rowOf } from '../models/chosen-pairs.ts';
import { content } from '../models/content.ts';
import { ease } from '../models/ease.ts';
import { hybrid } from '../models/hybrid.ts';
import { markov } from '../models/markov.ts';
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
import type { ChoiceModel, FitContext, Fitted, Model, PersonalChoice, TasteModel } from '../models/recommender.ts';
import { NEUTRAL } from '../models/rerank-settings.ts';
import { slopeOne } from '../models/slope-one.ts';
import { svd } from '../models/svd.ts';
import { trending } from '../models/trending.ts';
import { vae } from '../models/vae.ts';
import { type Entrant, runComparison } from './comparison.ts';
import type { ComparisonResult } from './comparison-result.ts';
import { type HeadPlan, planHead } from './head-plan.ts';
import { priceOfPrivacy } from './price-of-privacy.ts';
import { openPricing } from './price-of-settings.ts';
import { INSIDE_SEED } from './priced-part.ts';
import { runTrial } from './protocol.ts';
import { runRepeats } from './repeats.ts';
import { type Tunable, tunable } from './search-spaces.ts';
import { runTuning } from './tuning.ts';

const device = createReferenceDevice();
const [USERS, ITEMS] = [40, 24];
const planted = plantedRatings({ users: USERS, items: ITEMS, perUser: 12, noise: 0.5, seed: 4 });
const DAY = 86_400_000;
/** With days that went by (the later pairs of `byUser` are not the later ones), countries and titles. */
const ratings: Ratings = {
  ...planted,
  lastTime: () => Float64Array.from(planted.byUser.values, (_, e) => DAY * ((e * 7) % 480)),
  about: {
    customers: tableOf(
      Array.from({ length: USERS }, (_, user) => ({ attributes: { country: user < 20 ? 'a' : 'b' } })),
    ),
    products: tableOf(Array.from({ length: ITEMS }, (_, item) => ({ title: `red ${item % 5} ${item % 7}` }))),
  },
};
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
  { id: 'svd', taste: null, choice: planHead(svd, 'quick', TINY, 1) },
  { id: 'bpr', taste: null, choice: planHead(bpr, 'quick', TINY, 1) },
  { id: 'vae', taste: null, choice: planHead(vae, 'quick', TINY, 1) },
  { id: 'vae, drawn', taste: null, choice: planHead(vae, 'quick', { ...TINY, latent: 3 }, 1) },
  { id: 'content', taste: null, choice: planHead(content, 'quick', {}, 1) },
  { id: 'markov', taste: null, choice: planHead(markov, 'quick', {}, 1) },
  { id: 'trending', taste: null, choice: planHead(trending, 'quick', { shrink: 5 }, 1) },
  { id: 'hybrid', taste: null, choice: planHead(hybrid, 'quick', TINY, 1) },
];

/** Those that look at times. */
const TIMED = ['markov', 'trending'];

/** What a fit was given and what its model is and says: of every pair, and for every customer. */
interface Trace {
  readonly given: unknown;
  readonly bytes: Uint8Array;
  readonly says: unknown;
}

/** What a model with parameters for every customer makes of one of them with less than they had; nothing of the others. */
function inPerson(model: ChoiceModel, { byUser }: Ratings): unknown {
  if (!('inPersonOf' in model)) return null;
  const history = (from: number) => {
    const items = rowOf(byUser, 3).slice(from);
    return { items, values: new Float32Array(items.length).fill(1) };
  };
  return (model as PersonalChoice).inPersonOf(3, history(0)).scoresFrom(history(2));
}

async function traceOf({ model }: Fitted<Model>, data: Ratings, context: FitContext): Promise<Trace> {
  const everybody = Uint32Array.from({ length: USERS }, (_, user) => user);
  const { userIds, itemIds, feedback, byUser, byItem, scale, rule, about } = data;
  const times = data.lastTime?.() ?? null;
  const { validation, test: shown, resumeFrom } = context;
  const says =
    model.head === 'taste'
      ? await (model as TasteModel).predict(
          Uint32Array.from({ length: USERS * ITEMS }, (_, p) => Math.floor(p / ITEMS)),
          Uint32Array.from({ length: USERS * ITEMS }, (_, p) => p % ITEMS),
        )
      : [
          await (model as ChoiceModel).topItemsForMany(everybody, 10, {
            pointers: new Uint32Array(USERS + 1),
            indices: new Uint32Array(),
          }),
          inPerson(model as ChoiceModel, data),
        ];
  return {
    // Of a fit that goes on all but what it has taken so far.
    given: {
      ...{ userIds, itemIds, feedback, byUser, byItem, scale, rule, about, times, validation, shown },
      resumeFrom: resumeFrom && { ...resumeFrom, fitMs: 0 },
    },
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

/** `ids`: who takes part; everybody where it is left out. */
async function run(data: Ratings | Split, split: SplitKind, ids?: readonly string[]): Promise<Story> {
  const asked = entrants().filter(({ id }) => ids?.includes(id) ?? true);
  const traces: Trace[] = [];
  const result = await runComparison({
    data,
    split,
    holdout: 0.2,
    seed: 6,
    entrants: asked.map(({ id, taste, choice }) => ({
      id,
      taste: traced(taste, traces),
      choice: traced(choice, traces),
    })),
    device,
  });
  expect(result.entrants.map(({ state, error }) => [state, error])).toEqual(asked.map(() => ['done', null]));
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
  const { lastTime, about } = data;
  return { ...ratingsOf({ ...all, values }, USERS, ITEMS), lastTime, about, scale: ratingScale(values) };
}

/** The same data with other times where the cut holds out. */
function retimed(data: Ratings, kind: SplitKind, change: (time: number) => number): Ratings {
  const { test: held } = splitRatings(data, { kind, holdout: 0.2, seed: 6 });
  const isHeld = new Set(held.users.map((user, p) => user * ITEMS + held.items[p]));
  const all = pairsFromCsr(data.byUser);
  const times = data.lastTime?.() ?? new Float64Array();
  return {
    ...data,
    lastTime: () => times.map((time, p) => (isHeld.has(all.users[p] * ITEMS + all.items[p]) ? change(time) : time)),
  };
}

describe('what is held out', () => {
  test.each(SPLIT_KINDS)(
    '%s: absurd ratings in the test part reach no model, no scale and no validation',
    async (kind) => {
      const plain = await run(ratings, kind);
      const absurd = await run(
        revalued(ratings, kind, () => 1000),
        kind,
      );
      // both heads of every entrant, chosen and again (neural ones, and those with nothing to choose, are fitted once)
      expect(plain.traces.length).toBeGreaterThan(20);
      expect(absurd.traces).toEqual(plain.traces);
      const errors = ({ result }: Story) => result.entrants.flatMap(({ taste }) => (taste ? [taste.rmse.mean] : []));
      expect(errors(plain).every((error) => error < 5)).toBe(true);
      expect(errors(absurd).every((error) => error > 500)).toBe(true);
    },
  );

  test.each(SPLIT_KINDS)('%s: other times of the test part reach no model', async (kind) => {
    const plain = await run(ratings, kind, TIMED);
    // Later by years: the latest stay the latest, so that every cut is the same.
    const later = await run(
      retimed(ratings, kind, (time) => time + 3000 * DAY),
      kind,
      TIMED,
    );
    // Both are fitted again on training + validation.
    expect(plain.traces).toHaveLength(4);
    expect(later.traces).toEqual(plain.traces);
  });

  test('the traces would notice other times of the training part', async () => {
    const { train, test: held } = splitRatings(ratings, { kind: 'random', holdout: 0.2, seed: 6 });
    const times = train.lastTime?.() ?? new Float64Array();
    const turned = { ...train, lastTime: () => times.map((time) => 480 * DAY - time) };
    const plain = await run({ train, test: held }, 'random', TIMED);
    const other = await run({ train: turned, test: held }, 'random', TIMED);
    plain.traces.forEach(({ bytes }, at) => {
      expect(other.traces[at].bytes).not.toEqual(bytes);
    });
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
  expect(exposure?.novelty?.mean).toBeCloseTo(mean(bits), 10);
  const listed = lists.map((list) => mean(Array.from(list, (item) => count[item])));
  const own = tested.map((user) => mean(Array.from(chosen[user], (item) => count[item])));
  expect(exposure?.popularityLift?.mean).toBeCloseTo(mean(listed) / mean(own), 10);
  expect(exposure?.coverage.mean).toBe(new Set(lists.flatMap((list) => [...list])).size / ITEMS);

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
  const { scale, lastTime, about } = train;
  const other = await run({ train: { ...changed, scale, lastTime, about }, test: held }, 'random');
  expect(other.traces).toHaveLength(plain.traces.length);
  const taste = plain.traces.filter(({ says }) => says instanceof Float32Array);
  const changedTaste = other.traces.filter(({ says }) => says instanceof Float32Array);
  expect(taste.length).toBeGreaterThan(12);
  taste.forEach(({ says }, at) => {
    expect(changedTaste[at].says).not.toEqual(says);
  });
});

describe('folds, groups, chances and drawn candidates', () => {
  const names = ['north', 'south'];
  /** Two regions and two categories, so that everything there is to say of a list is said. */
  const about: NonNullable<Ratings['about']> = {
    customers: {
      ids: ratings.userIds,
      titles: null,
      categories: null,
      attributes: [{ name: 'region', values: { names, codes: Uint32Array.from({ length: USERS }, (_, u) => u % 2) } }],
    },
    products: {
      ids: ratings.itemIds,
      titles: null,
      categories: {
        names,
        pointers: Uint32Array.from({ length: ITEMS + 1 }, (_, row) => row),
        codes: Uint32Array.from({ length: ITEMS }, (_, row) => row % 2),
      },
      attributes: [],
    },
  };
  /** A taste and a choice head that learn, in that order: what is said of the first one's lists could reach the second. */
  const two = (traces: Trace[]): Entrant[] =>
    ['first', 'second'].map((id) => ({
      id,
      taste: traced(planHead(mfTasteBy('sweep'), 'quick', TINY, 1), traces),
      choice: traced(planHead(mfChoice, 'quick', TINY, 1), traces),
    }));
  const repeated = async (data: Ratings) => {
    const traces: Trace[] = [];
    let first = 0;
    const result = await runRepeats({
      data: { ...data, about },
      split: 'random',
      holdout: 0.2,
      seed: 6,
      repeats: 2,
      sampled: { candidates: 5 },
      entrants: () => two(traces),
      device,
      hooks: {
        onCut: (cut) => {
          if (cut === 2) first = traces.length;
        },
      },
    });
    return { traces: [traces.slice(0, first), traces.slice(first)], result };
  };
  /** Other values in one fold's test part. */
  const inFold = (fold: number, change: (value: number) => number): Ratings => {
    const { test: held } = kFold(ratings, { folds: 2, kind: 'random', seed: 6 }).cut(fold);
    const isHeld = new Set(held.users.map((user, p) => user * ITEMS + held.items[p]));
    const all = pairsFromCsr(ratings.byUser);
    const values = all.values.map((value, p) =>
      isHeld.has(all.users[p] * ITEMS + all.items[p]) ? change(value) : value,
    );
    return { ...ratingsOf({ ...all, values }, USERS, ITEMS), lastTime: ratings.lastTime };
  };

  test('what a fold holds out reaches no fit of that fold, and every fit of the other', async () => {
    const plain = await repeated(ratings);
    const [one, other] = plain.traces;
    expect(one.length).toBeGreaterThan(6);
    expect(other).toHaveLength(one.length);
    // likes become dislikes and the other way round: hits, forecasts, groups and candidates are all different
    const changed = await repeated(inFold(0, (value) => 6 - value));
    expect(changed.traces[0]).toEqual(one);
    expect(changed.traces[1]).not.toEqual(other);
    const said = ({ result }: typeof plain) => result.entrants.map(({ lists }) => lists);
    expect(said(plain).every((lists) => lists?.byAttribute.length === 1 && lists.byCategory && lists.sampled)).toBe(
      true,
    );
    said(changed).forEach((lists, at) => {
      const before = said(plain)[at];
      expect(lists?.byAttribute).not.toEqual(before?.byAttribute);
      expect(lists?.byCategory).not.toEqual(before?.byCategory);
      expect(lists?.calibration).not.toEqual(before?.calibration);
      expect(lists?.sampled).not.toEqual(before?.sampled);
    });
    const later = await repeated(inFold(1, (value) => 6 - value));
    expect(later.traces[0]).not.toEqual(one);
    expect(later.traces[1]).toEqual(other);
  });

  test('more stars for what is a choice already change nothing that is said of lists', async () => {
    const plain = await repeated(ratings);
    const louder = await repeated(inFold(0, (value) => (value >= 3 ? 5 : 1)));
    expect(louder.result.entrants.map(({ lists }) => lists)).toEqual(plain.result.entrants.map(({ lists }) => lists));
    expect(louder.result.popularity).toEqual(plain.result.popularity);
    expect(louder.result.entrants[0].taste).not.toEqual(plain.result.entrants[0].taste);
  });
});

describe('the price of re-ordered lists', () => {
  const HOLDOUT = 0.2;
  const table = (ids: readonly string[]) => ({ ids, titles: null, categories: null, attributes: [] });
  const about = {
    customers: table(ratings.userIds),
    products: {
      ...table(ratings.itemIds),
      categories: {
        names: ['a', 'b', 'c'],
        pointers: Uint32Array.from({ length: ITEMS + 1 }, (_, row) => row),
        codes: Uint32Array.from({ length: ITEMS }, (_, row) => row % 3),
      },
    },
  };

  /** Everything the price says, and everything its fits were given and became. */
  async function priced(data: Ratings) {
    const traces: Trace[] = [];
    const plan = traced(planHead(mfChoice, 'quick', TINY, 1), traces);
    if (!plan) throw new TypeError('a plan');
    const pricing = await openPricing({ data: { ...data, about }, plan, device, seed: 6, holdout: HOLDOUT, k: 5 });
    const curves = await pricing.curves();
    const together = await pricing.price({ ...NEUTRAL, variety: 0.55, niche: 0.6, ownMix: 0.4 });
    pricing.destroy();
    return { traces, curves, together };
  }
  /** Other values where a cut holds out, the rest as it is. */
  function changed(data: Ratings, held: Pairs, change: (value: number) => number): Ratings {
    const isHeld = new Set(held.users.map((user, p) => user * ITEMS + held.items[p]));
    const all = pairsFromCsr(data.byUser);
    const values = all.values.map((value, p) =>
      isHeld.has(all.users[p] * ITEMS + all.items[p]) ? change(value) : value,
    );
    return { ...ratingsOf({ ...all, values }, USERS, ITEMS), lastTime: data.lastTime };
  }
  const kind = 'per-customer';
  const { train, test: unseen } = splitRatings(ratings, { kind, holdout: HOLDOUT, seed: 6 });

  test('is told the same whatever the test part of the cut holds: sliders are not moved by it', async () => {
    const plain = await priced(ratings);
    expect(plain.traces.length).toBeGreaterThan(1);
    expect(plain.curves.customers).toBeGreaterThan(20);
    expect(await priced(changed(ratings, unseen, () => 1))).toEqual(plain);
    expect(await priced(changed(ratings, unseen, () => 5))).toEqual(plain);
  });

  test('what it is judged on reaches no model, no similarity, no popularity and no mix', async () => {
    const { test: judged } = splitRatings(train, { kind, holdout: HOLDOUT, seed: 6 ^ INSIDE_SEED });
    const plain = await priced(ratings);
    // More stars for what is a choice already: the same lists are right, so every figure stays to the last bit.
    const louder = await priced(changed(ratings, judged, (value) => (value >= 3 ? 5 : 1)));
    expect(louder).toEqual(plain);
    // No choice at all: nothing the lists show moves, and nobody is left to find anything for.
    const even = Array.from(judged.users.keys()).filter((p) => judged.users[p] % 2 === 0);
    const some: Pairs = {
      users: Uint32Array.from(even, (p) => judged.users[p]),
      items: Uint32Array.from(even, (p) => judged.items[p]),
      values: Float32Array.from(even, (p) => judged.values[p]),
    };
    const gone = await priced(changed(ratings, some, () => 1));
    expect(gone.traces).toEqual(plain.traces);
    expect(gone.curves.customers).toBeLessThan(plain.curves.customers);
    // It would notice: the same change in what is learned from shows.
    const { train: inner } = splitRatings(train, { kind, holdout: HOLDOUT, seed: 6 ^ INSIDE_SEED });
    const learned = pairsFromCsr(inner.byUser);
    const other = await priced(
      changed(ratings, { ...learned, users: learned.users.slice(0, 40) }, (value) => 6 - value),
    );
    expect(other.traces).not.toEqual(plain.traces);
  });
});

describe('privacy settings', () => {
  const HOLDOUT = 0.2;
  const privacy = { fewest: 7, most: 8 };

  /** Everything the fits of a trial were given and became. */
  async function tried(data: Ratings, split: SplitKind) {
    const traces: Trace[] = [];
    const { figures } = await runTrial({
      data,
      split,
      holdout: HOLDOUT,
      seed: 6,
      privacy,
      taste: traced(planHead(mfTasteBy('sweep'), 'quick', TINY, 1), traces),
      choice: traced(planHead(mfChoice, 'quick', TINY, 1), traces),
      device,
      serve: false,
    });
    return { traces, figures };
  }

  test.each(SPLIT_KINDS)('%s: what the test part holds decides nothing of what is left out', async (kind) => {
    const plain = await tried(ratings, kind);
    expect(plain.traces).toHaveLength(4);
    // Something is left out.
    const { train } = splitRatings(ratings, { kind, holdout: HOLDOUT, seed: 6 });
    const { byUser } = plain.traces[1].given as Ratings;
    expect(byUser.indices.length).toBeLessThan(train.byUser.indices.length);
    // Choices there, or none: no product is chosen by more or by fewer.
    for (const value of [1, 1000]) {
      const other = await tried(
        revalued(ratings, kind, () => value),
        kind,
      );
      expect(other.traces).toEqual(plain.traces);
      expect(other.figures.rmse).not.toBe(plain.figures.rmse);
    }
    if (!kind.startsWith('time') && kind !== 'leave-one-out') {
      const later = await tried(
        retimed(ratings, kind, (time) => time + 3000 * DAY),
        kind,
      );
      expect(later.traces).toEqual(plain.traces);
    }
  });

  test('their price is told the same whatever the test part of the cut holds', async () => {
    const priced = (data: Ratings) =>
      priceOfPrivacy({
        data,
        heads: () => ({
          taste: planHead(mfTasteBy('sweep'), 'quick', TINY, 1),
          choice: planHead(mfChoice, 'quick', TINY, 1),
        }),
        device,
        seed: 6,
        holdout: HOLDOUT,
        k: 5,
        grid: [privacy],
      });
    const plain = await priced(ratings);
    expect(plain.prices[0].measured).not.toBeNull();
    for (const value of [1, 1000]) expect(await priced(revalued(ratings, 'per-customer', () => value))).toEqual(plain);
    // It would notice: the same change in what is learned from shows.
    const all = pairsFromCsr(ratings.byUser);
    const values = all.values.map((value, p) => (p % 20 === 0 ? 6 - value : value));
    const { lastTime, about } = ratings;
    expect(await priced({ ...ratingsOf({ ...all, values }, USERS, ITEMS), lastTime, about })).not.toEqual(plain);
  });
});

describe('a search for settings', () => {
  /** Everything tried and found, and everything the fits up to the check were given and became. */
  async function searched(data: Ratings, which: 'stars' | 'lists' | 'ease') {
    const traces: Trace[] = [];
    let checking = false;
    const watched = <M extends Model>(it: Tunable<M> | null): Tunable<M> => {
      if (!it) throw new TypeError('nothing to search');
      const plan: Tunable<M>['plan'] = (settings) => {
        const own = traced(it.plan({ epochs: 9, ...settings }), traces);
        if (!own) throw new TypeError('a plan');
        return own;
      };
      return { ...it, plan, space: (given) => ({ ...it.space(given), epochs: it.space(given).byEpochs ? 9 : 1 }) };
    };
    const {
      check,
      seconds: _,
      ...found
    } = await runTuning({
      data,
      split: 'random',
      holdout: 0.2,
      seed: 6,
      tunable:
        which === 'stars'
          ? watched<TasteModel>(tunable(mfTasteBy('sweep'), 'quick', 1))
          : watched<ChoiceModel>(which === 'ease' ? tunable(ease, 'quick', 1) : tunable(mfChoice, 'quick', 1)),
      budget: 60,
      candidates: 4,
      device,
      hooks: {
        onProgress: ({ work }) => {
          checking ||= work === 'checking';
        },
      },
    });
    expect(checking).toBe(true);
    return { traces, found, check };
  }

  test.each(['stars', 'lists', 'ease'] as const)('%s: what is held out decides nothing of it', async (which) => {
    const plain = await searched(ratings, which);
    // fits of five candidates at one rung or two, and those of the check
    expect(plain.traces.length).toBeGreaterThan(6);
    expect(plain.found.candidates).toHaveLength(5);
    const other = await searched(
      revalued(ratings, 'random', (value) => (value >= 3 ? 1 : 5)),
      which,
    );
    expect(other.traces).toEqual(plain.traces);
    expect(other.found).toEqual(plain.found);
    // and the check, which is of nothing else, notices
    expect(other.check?.best).not.toEqual(plain.check?.best);
  });

  test('the same change in the training part shows in what is found', async () => {
    const { train } = splitRatings(ratings, { kind: 'random', holdout: 0.2, seed: 6 });
    const { users, items } = pairsFromCsr(train.byUser);
    const learned = new Set(users.map((user, p) => user * ITEMS + items[p]));
    const all = pairsFromCsr(ratings.byUser);
    const values = all.values.map((value, p) =>
      learned.has(all.users[p] * ITEMS + all.items[p]) && p % 20 === 0 ? 6 - value : value,
    );
    const plain = await searched(ratings, 'lists');
    const other = await searched(ratingsOf({ ...all, values }, USERS, ITEMS), 'lists');
    expect(other.found.candidates.map(({ figure }) => figure)).not.toEqual(
      plain.found.candidates.map(({ figure }) => figure),
    );
  });
});
