import { describe, expect, it } from 'vitest';
import { EPOCH_MODELS } from '../../models/recommender.ts';
import { tableMemory } from '../../models/table-memory.ts';
import type { LiveRun } from '../../store/training.ts';
import type { RunSummary } from '../../worker/api/training.ts';
import { MODEL_COLORS } from '../model-colors.ts';
import {
  baselineOf,
  type ChartView,
  curvesFor,
  listsVerdict,
  memoryNote,
  modelState,
  modelsFor,
  roughly,
  shownPreset,
  verdict,
} from './train-view.ts';

const RUN: RunSummary = {
  id: 'a',
  request: { model: 'mf', preset: 'quick', settings: {}, seed: 1 },
  heads: ['taste', 'choice'],
  device: { kind: 'wasm', adapter: '', threads: 1 } as RunSummary['device'],
  epochs: [],
  rmse: 0.9,
  mae: 0.6,
  itemMeanRmse: 1,
  itemMeanMae: 0.8,
  baselineRmse: 0.95,
  baselineMae: 0.75,
  recall10: 0.2,
  ndcg10: 0.1,
  popularityRecall10: 0.1,
  popularityNdcg10: 0.05,
  hitsOfTen: 1.5,
  randomHitsOfTen: 0.1,
  testCustomers: 10,
  fitMs: 1,
  choiceFitMs: 1,
  stopped: false,
};
const IMPLICIT: RunSummary = {
  ...RUN,
  rmse: null,
  mae: null,
  itemMeanRmse: null,
  itemMeanMae: null,
  baselineRmse: null,
  baselineMae: null,
};

describe('verdict', () => {
  it("holds stars against the product's own average, and against means where that is unknown", () => {
    expect(verdict([RUN], null)).toEqual({ kind: 'stars', mae: 0.6, closer: expect.closeTo(0.25), than: 'ownMean' });
    expect(verdict([{ ...RUN, itemMeanMae: null }], null)).toEqual({
      kind: 'stars',
      mae: 0.6,
      closer: expect.closeTo(0.2),
      than: 'means',
    });
    expect(verdict([{ ...RUN, mae: 0.85 }], null)).toEqual({ kind: 'starsWorse', mae: 0.85, than: 'ownMean' });
  });

  it('never says "1.0 times as many"', () => {
    expect(verdict([IMPLICIT], null)).toEqual({ kind: 'hits', hits: 1.5, times: expect.closeTo(2) });
    expect(verdict([{ ...IMPLICIT, recall10: 0.104 }], null)).toEqual({ kind: 'hitsSame', hits: 1.5 });
    expect(verdict([{ ...IMPLICIT, recall10: 0 }], null)).toEqual({ kind: 'hitsFewer', hits: 1.5 });
  });
});

describe('listsVerdict', () => {
  it('says how the lists of rating data did, also where they lose to what is popular', () => {
    // MovieTweetings 10K.
    const lost = { ...RUN, recall10: 0.177, popularityRecall10: 0.217 };
    expect(listsVerdict(lost)).toEqual({ kind: 'fewer', found: 0.177, popular: 0.217 });
    expect(listsVerdict({ ...lost, recall10: 0.215 })?.kind).toBe('same');
    expect(listsVerdict(RUN)).toEqual({ kind: 'more', found: 0.2, popular: 0.1 });
    expect(listsVerdict({ ...RUN, recall10: 0, popularityRecall10: 0 })?.kind).toBe('same');
  });

  it('leaves purchases to the headline, and is silent where nobody was held out', () => {
    expect(listsVerdict(IMPLICIT)).toBeNull();
    expect(listsVerdict({ ...RUN, testCustomers: 0 })).toBeNull();
    expect(listsVerdict(null)).toBeNull();
  });
});

describe('the card of a model', () => {
  const queued = { id: 'q', request: { ...RUN.request, model: 'neumf' as const } };
  const live = { ...queued, phase: 'taste', epochs: [], paused: false, baseline: null } as LiveRun;

  it('shows the preset that waits or runs, whatever was picked before', () => {
    const waiting = modelState('neumf', null, [queued], [RUN], []);
    expect(waiting).toEqual({ kind: 'waiting', request: queued.request });
    for (const picked of [null, 'best'] as const) {
      expect(shownPreset(waiting, picked)).toBe('quick');
      expect(shownPreset(modelState('neumf', live, [], [RUN], []), picked)).toBe('quick');
    }
  });

  it('shows what was picked, else what was trained last, else Balanced', () => {
    const done = modelState('mf', null, [queued], [RUN], []);
    expect(shownPreset(done, null)).toBe('quick');
    expect(shownPreset(done, 'best')).toBe('best');
    expect(shownPreset(modelState('neumf', null, [], [RUN], []), null)).toBe('balanced');
  });

  it('says of an estimate no more than it knows', () => {
    expect([3, 31, 44, 56, 89, 739].map(roughly)).toEqual([10, 30, 40, 60, 60, 720]);
  });

  it('offers what takes too long to follow by itself, until it is trained', () => {
    const offer = { request: queued.request, seconds: 130 };
    const state = modelState('neumf', null, [], [RUN], [offer]);
    expect(state).toEqual({ kind: 'idle', offer });
    expect(shownPreset(state, null)).toBe('quick');
    expect(shownPreset(state, 'best')).toBe('best');
    expect(modelState('autorec', null, [], [RUN], [offer])).toEqual({ kind: 'idle', offer: null });
    const trained = { ...RUN, request: queued.request };
    expect(modelState('neumf', null, [], [trained], [offer]).kind).toBe('done');
  });
});

describe('baselineOf', () => {
  it('gives each view what it has to beat', () => {
    expect(baselineOf('stars', null, [RUN])).toEqual({ of: 'ownMean', value: 1 });
    expect(baselineOf('stars', null, [{ ...RUN, itemMeanRmse: null }])).toEqual({ of: 'means', value: 0.95 });
    expect(baselineOf('hits', null, [RUN])).toEqual({ of: 'popular', value: 0.1 });
    expect(baselineOf('loss', null, [RUN])).toBeNull();
    expect(baselineOf('stars', null, [])).toBeNull();
  });
});

describe('the autoencoder among the models', () => {
  it('is offered where there are stars, and drawn where stars are drawn', () => {
    expect(modelsFor('explicit')).toEqual(['mf', 'neumf', 'vae', 'autorec']);
    expect(modelsFor('implicit')).toEqual(['mf', 'neumf', 'vae']);
    const epoch = { epoch: 1, epochs: 1, trainLoss: 1, validation: 0.5, seconds: 1, ratingsPerSecond: 1 };
    const epochs: RunSummary['epochs'] = [
      { ...epoch, model: 'autorec', head: 'taste' },
      { ...epoch, model: 'mf', head: 'choice' },
    ];
    const run: RunSummary = { ...RUN, id: 'auto', request: { ...RUN.request, model: 'autorec' }, epochs };
    const drawn = (view: ChartView) => curvesFor(view, null, [run], new Set(['auto'])).map(({ id }) => id);
    expect(drawn('stars')).toEqual(['auto']);
    // its lists are a factorization's
    expect(drawn('hits')).toEqual([]);
    expect(drawn('loss')).toEqual([]);
  });

  it('has a colour of its own', () => {
    expect(new Set(EPOCH_MODELS.map((model) => MODEL_COLORS[model])).size).toBe(EPOCH_MODELS.length);
  });
});

describe('what is said of memory', () => {
  const say = (model: Parameters<typeof tableMemory>[0], products: number, customers = 900) =>
    memoryNote(model, tableMemory(model, { products, customers, feedback: 'explicit' }))?.say ?? null;

  it('is nothing for a model without a table, and for a small one', () => {
    expect(say('mf', 50_000)).toBeNull();
    expect(say('slopeOne', 1000)).toBeNull();
    expect(say('ease', 500)).toBeNull();
  });

  it('is what it takes, and that it is too much where a fit would refuse', () => {
    expect(say('ease', 3000)).toBe('lists');
    expect(say('ease', 9000)).toBe('listsOfSome');
    expect(say('hybrid', 9000)).toBe('blend');
    expect(say('slopeOne', 9000)).toBe('products');
    expect(say('slopeOne', 12_000)).toBe('productsTooLarge');
    expect(say('userNeighbours', 100, 6000)).toBe('customers');
    expect(say('userNeighbours', 100, 60_000)).toBe('customersTooLarge');
    const note = memoryNote('ease', tableMemory('ease', { products: 9000, customers: 5, feedback: 'implicit' }));
    // 16 · 5000² bytes, in whole megabytes
    expect(note).toMatchObject({ rows: 5000, megabytes: 382, mostMegabytes: 512 });
  });
});
