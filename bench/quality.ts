/**
 * Recommenders under published protocols, in Node on the WASM device, one thread:
 *
 *   npx tsx bench/quality.ts folds|lists|sampled|shop --data FILE [--strict]
 *
 * - `folds`: Surprise's five folds of MovieLens 100K (`KFold(n_splits=5, random_state=0)`), RMSE of each.
 * - `lists`: ratings of 3 and more, 8:1:1 per customer, full ranking. `--strict`: fitted on the 8 alone.
 * - `sampled`: the split of He et al. 2017, 99 candidates beside the held-out one.
 * - `shop`: purchases by time, the last 30 days held out, full ranking.
 *
 * Stopping and settings look at a part of the training part; the test part is scored once. Prints one JSON object.
 */
import { openAsBlob, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { unzipSync } from 'fflate';
import type { Pairs } from '../src/base/sparse.ts';
import { createWasmDevice } from '../src/compute/wasm/device.ts';
import { importTables } from '../src/data/clean.ts';
import { ratingsOf } from '../src/data/ratings.testing.ts';
import { type Ratings, toRatings } from '../src/data/ratings.ts';
import { openTables } from '../src/data/read/open.ts';
import { proposePlan } from '../src/data/roles.ts';
import { type Split, type SplitKind, splitByTime, splitRatings } from '../src/data/split.ts';
import { type CandidateLists, readCandidates } from '../src/evaluate/candidates.ts';
import { type Entrant, runComparison } from '../src/evaluate/comparison.ts';
import type { ComparisonResult } from '../src/evaluate/comparison-result.ts';
import { type CommonOptions, planHead } from '../src/evaluate/head-plan.ts';
import { mae, rmse } from '../src/evaluate/metrics.ts';
import { withoutBelow } from '../src/evaluate/parts.ts';
import { ease } from '../src/models/ease.ts';
import { hybrid } from '../src/models/hybrid.ts';
import { means } from '../src/models/means.ts';
import { mfChoice } from '../src/models/mf-choice.ts';
import { mfPosterior } from '../src/models/mf-posterior.ts';
import { mfTaste } from '../src/models/mf-taste.ts';
import { itemNeighboursChoice, userNeighboursChoice } from '../src/models/neighbours-choice.ts';
import { itemNeighboursTaste, userNeighboursTaste } from '../src/models/neighbours-taste.ts';
import { popularity } from '../src/models/popularity.ts';
import { randomLists } from '../src/models/random-lists.ts';
import type { ChoiceModel, Preset, Recommender, TasteModel } from '../src/models/recommender.ts';
import { slopeOne } from '../src/models/slope-one.ts';
import { surpriseFolds } from './numpy-permutation.ts';

const SEED = 1;
const FOLDS = 5;
const HELD_OUT = 0.1;
const LEAST_RATING = 3;
const LAST_DAYS = 30;
const DAY = 86_400_000;
/** Of nine settings the one with the best recall on one pair of each customer held out of the training part. */
const SAMPLED_FACTORS = { factors: 192, unobservedWeight: 0.5, reg: 12 } as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { data: { type: 'string' }, strict: { type: 'boolean', default: false } },
});
const file = values.data ?? '';

/** A text inside the archive. */
function textOf(name: string): string {
  const entries = unzipSync(readFileSync(file), { filter: (entry) => entry.name.endsWith(name) });
  const [bytes] = Object.values(entries);
  if (!bytes) throw new RangeError(`no ${name} in ${file}`);
  return new TextDecoder('latin1').decode(bytes);
}

/** What a drop of the file would give. */
async function imported(): Promise<Ratings> {
  const { tables } = await openTables([{ name: file, blob: await openAsBlob(file) }]);
  const plan = proposePlan(tables);
  const { interactions } = await importTables(tables, plan);
  return toRatings(interactions, { feedback: plan.feedback.feedback });
}

type AnyTaste = Recommender<CommonOptions, TasteModel>;

/** RMSE and MAE of every recommender on each fold; fitted on the other four with its own settings. */
async function folds() {
  const lines = textOf('u.data').trim().split('\n');
  const rows = lines.map((line) => line.split('\t').map(Number));
  const at = (order: Uint32Array): Pairs => ({
    users: order.map((row) => rows[row][0] - 1),
    items: order.map((row) => rows[row][1] - 1),
    values: Float32Array.from(order, (row) => rows[row][2]),
  });
  const parts = surpriseFolds(0, rows.length, FOLDS);
  const device = await createWasmDevice({ threads: 1 });
  const asked: readonly [name: string, recommender: AnyTaste, preset: Preset, changes: object][] = [
    ['means', means as unknown as AnyTaste, 'balanced', {}],
    ['slopeOne', slopeOne as unknown as AnyTaste, 'balanced', {}],
    ['knnBaseline', userNeighboursTaste as unknown as AnyTaste, 'balanced', { similarity: 'msd' }],
    ['userNeighbours', userNeighboursTaste as unknown as AnyTaste, 'balanced', {}],
    ['itemNeighbours', itemNeighboursTaste as unknown as AnyTaste, 'balanced', {}],
    ['mf', mfTaste as unknown as AnyTaste, 'balanced', {}],
    ['mfBest', mfPosterior as unknown as AnyTaste, 'best', {}],
  ];
  const errors: Record<string, { rmse: number[]; mae: number[]; ms: number[] }> = {};
  for (const fold of parts.keys()) {
    const others = parts.flatMap((part, other) => (other === fold ? [] : [...part]));
    const train = ratingsOf(at(Uint32Array.from(others)), 943, 1682);
    const test = at(parts[fold]);
    for (const [name, recommender, preset, changes] of asked) {
      const options = { ...recommender.defaults(preset, train), ...changes, seed: SEED };
      const { model, fitMs } = await recommender.fit(train, options, { device });
      const predicted = await model.predict(test.users, test.items);
      errors[name] ??= { rmse: [], mae: [], ms: [] };
      errors[name].rmse.push(rmse(predicted, test.values));
      errors[name].mae.push(mae(predicted, test.values));
      errors[name].ms.push(fitMs);
      model.destroy();
    }
  }
  return { folds: FOLDS, errors };
}

const listsBy = <O extends CommonOptions, M extends ChoiceModel>(
  id: string,
  recommender: Recommender<O, M>,
  settings: Readonly<Record<string, number>> = {},
  preset: Preset = 'balanced',
): Entrant => ({ id, taste: null, choice: planHead<O, M>(recommender, preset, settings, SEED) });

/** What of a comparison the document needs. */
function told({ protocol, entrants, best, popularity: popular }: ComparisonResult) {
  return {
    protocol,
    best: best.lists,
    popularity: popular && { metrics: popular.metrics, sampled: popular.sampled },
    entrants: entrants.map(({ id, error, fitMs, bytes, lists }) => ({
      id,
      error,
      fitMs,
      bytes,
      metrics: lists?.metrics ?? null,
      exposure: lists?.exposure ?? null,
      sampled: lists?.sampled ?? null,
      versus: lists?.versus ?? null,
    })),
  };
}

/** `split` is how the validation part is cut out of the training part: as the test part was. */
async function compared(data: Split, split: SplitKind, entrants: readonly Entrant[], candidates?: CandidateLists) {
  const device = await createWasmDevice({ threads: 1 });
  const learnFromValidation = !values.strict;
  const cut = { data, split, holdout: HELD_OUT, seed: SEED, learnFromValidation };
  return told(await runComparison({ ...cut, entrants, device, candidates }));
}

async function lists() {
  const all = withoutBelow(await imported(), LEAST_RATING);
  const data = splitRatings(all, { kind: 'per-customer', holdout: HELD_OUT, seed: SEED });
  return compared(data, 'per-customer', [
    listsBy('popularity', popularity),
    listsBy('itemNeighbours', itemNeighboursChoice),
    listsBy('userNeighbours', userNeighboursChoice),
    listsBy('ease', ease),
    listsBy('mf', mfChoice, {}, 'best'),
    listsBy('hybrid', hybrid, {}, 'best'),
  ]);
}

async function sampled() {
  const line = (text: string) =>
    text
      .trim()
      .split('\n')
      .map((row) => row.split('\t').map(Number));
  const rows = line(textOf('ml-1m.train.rating'));
  const held = line(textOf('ml-1m.test.rating'));
  const most = (column: number) => [...rows, ...held].reduce((largest, row) => Math.max(largest, row[column] + 1), 0);
  const pairs = (from: readonly number[][]): Pairs => ({
    users: Uint32Array.from(from, (row) => row[0]),
    items: Uint32Array.from(from, (row) => row[1]),
    values: new Float32Array(from.length).fill(1),
  });
  const [users, items] = [most(0), most(1)];
  const numbered = (count: number) => Array.from({ length: count }, (_, row) => String(row));
  const train: Ratings = {
    ...ratingsOf(pairs(rows), users, items, 'implicit'),
    userIds: numbered(users),
    itemIds: numbered(items),
  };
  const candidates = readCandidates(textOf('ml-1m.test.negative'), train, 'ml-1m.test.negative');
  const result = await compared(
    { train, test: pairs(held) },
    'leave-one-out',
    [
      listsBy('popularity', popularity),
      listsBy('itemNeighbours', itemNeighboursChoice),
      listsBy('userNeighbours', userNeighboursChoice),
      listsBy('ease', ease, { lambda: 1300 }),
      listsBy('mf', mfChoice, {}, 'balanced'),
      listsBy('mf192', mfChoice, SAMPLED_FACTORS, 'best'),
      listsBy('hybrid', hybrid, {}, 'best'),
    ],
    candidates,
  );
  const { repeated, unknownItems, unknownCustomers } = candidates;
  return { ...result, candidates: { repeated, unknownItems, unknownCustomers } };
}

async function shop() {
  const all = await imported();
  const times = all.lastTime?.() ?? new Float64Array();
  const last = times.reduce((latest, time) => (time > latest ? time : latest), 0);
  const data = splitByTime(all, last - LAST_DAYS * DAY);
  return compared(data, 'time', [
    listsBy('random', randomLists),
    listsBy('popularity', popularity),
    listsBy('itemNeighbours', itemNeighboursChoice),
    listsBy('userNeighbours', userNeighboursChoice),
    listsBy('ease', ease),
    listsBy('mf', mfChoice),
    listsBy('mfBest', mfChoice, {}, 'best'),
    listsBy('hybrid', hybrid),
  ]);
}

const PROTOCOLS = { folds, lists, sampled, shop } as const;
const wanted = positionals[0] as keyof typeof PROTOCOLS;
if (!(wanted in PROTOCOLS) || file === '') {
  console.error('npx tsx bench/quality.ts folds|lists|sampled|shop --data FILE [--strict]');
  process.exit(1);
}
console.log(JSON.stringify(await PROTOCOLS[wanted]()));
