import { describe, expect, it } from 'vitest';
import { nnz, type Pairs } from '../base/sparse.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import { protect } from '../data/protect.ts';
import type { Ratings } from '../data/ratings.ts';
import { splitByMask } from '../data/split.ts';
import { tableOf } from '../models/about.testing.ts';
import { content } from '../models/content.ts';
import { mfChoice } from '../models/mf-choice.ts';
import { mfTaste } from '../models/mf-taste.ts';
import { plantedRatings } from '../models/planted.testing.ts';
import type { ChoiceModel, FitContext, Model } from '../models/recommender.ts';
import { cutParts } from './head-fits.ts';
import { type HeadPlan, planHead } from './head-plan.ts';
import { runTrial, type TrialRequest } from './protocol.ts';

const device = createReferenceDevice();
const [USERS, ITEMS] = [60, 40];
const planted = plantedRatings({ users: USERS, items: ITEMS, perUser: 14, noise: 0.5, seed: 8 });
const ratings: Ratings = {
  ...planted,
  lastTime: () => Float64Array.from(planted.byUser.indices, (_, e) => 1000 * ((e * 7919) % 9973)),
  about: {
    customers: tableOf(Array.from({ length: USERS }, () => ({}))),
    products: tableOf(Array.from({ length: ITEMS }, (_, item) => ({ title: `red ${item % 5}` }))),
  },
};
const privacy = { fewest: 7, most: 9 };
const cut = { kind: 'random', holdout: 0.15, seed: 3 } as const;
const SMALL = { factors: 3, epochs: 4 };

interface Seen {
  readonly ratings: Ratings;
  readonly validation: Pairs | undefined;
}

function watched<M extends Model>(plan: HeadPlan<M>, seen: Seen[]): HeadPlan<M> {
  const note = (given: Ratings, { validation }: FitContext) => void seen.push({ ratings: given, validation });
  return {
    ...plan,
    choose(given, context, epochs) {
      note(given, context);
      return plan.choose(given, context, epochs);
    },
    again(given, context, chosen) {
      note(given, context);
      return plan.again(given, context, chosen);
    },
  };
}

const request = (changes: Partial<TrialRequest> = {}): TrialRequest => ({
  data: ratings,
  split: cut.kind,
  holdout: cut.holdout,
  seed: cut.seed,
  privacy,
  taste: planHead(mfTaste, 'quick', SMALL, 1),
  choice: planHead(mfChoice, 'quick', SMALL, 1),
  device,
  ...changes,
});

const entries = ({ byUser: { pointers, indices, values } }: Ratings) => ({ pointers, indices, values });
const everybody = Uint32Array.from({ length: USERS }, (_, user) => user);
const listed = async (model: ChoiceModel | null) => {
  const none = { pointers: new Uint32Array(USERS + 1), indices: new Uint32Array() };
  const lists = await model?.topItemsForMany(everybody, ITEMS, none);
  return new Set(lists?.indices.filter((item) => item < ITEMS));
};

describe('a trial with privacy', () => {
  it('learns from what the settings leave of each part, is validated and tested on all, and serves so', async () => {
    const seen: Seen[] = [];
    const result = await runTrial(request({ choice: watched(planHead(mfChoice, 'quick', SMALL, 1), seen) }));
    const { train, test, inner } = cutParts(ratings, cut);
    const parts = [inner.train, train, ratings];
    expect(seen.map((one) => entries(one.ratings))).toEqual(
      parts.map((part) => entries(protect(part, privacy).ratings)),
    );
    // The bound and the threshold both leave something out of the last.
    const left = protect(ratings, privacy);
    expect(left.left.entries).toBeLessThan(9 * USERS);
    expect(left.unlisted.length).toBeGreaterThan(0);
    // What somebody has is in no list of theirs, learned from or not, and what too few chose in nobody's.
    const barred = protect(inner.train, privacy).unlisted;
    expect(seen[0].validation).toEqual({ ...inner.test, had: inner.train.byUser, barred });
    expect(seen.slice(1).map(({ validation }) => validation)).toEqual([undefined, undefined]);
    expect(result.figures.testCustomers).toBe(new Set(test.users.filter((_, p) => test.values[p] >= 3)).size);
    // What customers have is still kept from lists: the training part is whole.
    expect(nnz(result.train.byUser)).toBe(nnz(train.byUser));
    const served = await listed(result.choice);
    for (let item = 0; item < ITEMS; item++) expect(served.has(item)).toBe(!left.unlisted.includes(item));
  });

  it('bars what was left out however the model knows it; what nobody chose it may still describe', async () => {
    const fresh = ITEMS - 1;
    // one thing nobody has yet
    const without = splitByMask(
      ratings,
      Uint8Array.from(ratings.byUser.indices, (item) => (item === fresh ? 1 : 0)),
    ).train;
    expect(without.byItem.pointers[fresh + 1]).toBe(without.byItem.pointers[fresh]);
    const choice = planHead(content, 'quick', {}, 1);
    const result = await runTrial(request({ data: without, taste: null, choice, privacy: { fewest: 8, most: null } }));
    const { unlisted } = protect(without, { fewest: 8, most: null });
    expect(unlisted.length).toBeGreaterThan(0);
    expect(unlisted.length).toBeLessThan(ITEMS - 5);
    const served = await listed(result.choice);
    for (const item of unlisted) expect(served.has(item)).toBe(false);
    expect(served.has(fresh)).toBe(true);
  });

  it('bars the same where it was stopped: the model that serves had learned from less', async () => {
    const stop = new AbortController();
    const result = await runTrial(
      request({ hooks: { signal: stop.signal, onEpoch: ({ head }) => head === 'choice' && stop.abort() } }),
    );
    expect(result.figures.stopped).toBe(true);
    const served = await listed(result.choice);
    for (const item of protect(ratings, privacy).unlisted) expect(served.has(item)).toBe(false);
  });

  it('without privacy is what it was, and with too much of it says so', async () => {
    const { privacy: _, ...plain } = request();
    const [first, second] = [await runTrial(plain), await runTrial(request({ privacy: { fewest: 0, most: null } }))];
    expect(second.choice?.toBytes()).toEqual(first.choice?.toBytes());
    expect({ ...second.figures, fitMs: 0, choiceFitMs: 0 }).toEqual({ ...first.figures, fitMs: 0, choiceFitMs: 0 });
    await expect(runTrial(request({ privacy: { fewest: 59, most: null } }))).rejects.toMatchObject({
      code: 'tooPrivate',
    });
  });
});
