/**
 * Recommenders under published protocols, in Node on the WASM device, one thread:
 *
 *   npx tsx bench/quality.ts folds|fixed|lists|sampled|shop|cold|search|privacy --data FILE [--strict] [--neural]
 *
 * - `folds`: Surprise's five folds of MovieLens 100K (`KFold(n_splits=5, random_state=0)`), RMSE of each.
 * - `fixed`: a fixed 90/10 split of ratings, of which FILE is the training part (`….train.…`): stars with their intervals.
 * - `lists`: ratings of 3 and more, 8:1:1 per customer, full ranking. `--strict`: fitted on the 8 alone.
 * - `sampled`: the split of He et al. 2017, 99 candidates beside the held-out one. `--neural`: their own model alone, which
 *   takes longer than all the others together.
 * - `shop`: purchases by time, the last 30 days held out, full ranking.
 * - `cold`: a tenth of the customers held out whole, and a tenth of the products.
 * - `search`: settings searched for with so many `--candidates` beside the defaults, `--model mf|ease`, `--head choice|taste`.
 * - `privacy`: what privacy settings cost EASE and the factorization, as the Quality page measures it.
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
import { measureColdCustomers, measureColdProducts } from '../src/evaluate/cold-start.ts';
import { type Entrant, runComparison } from '../src/evaluate/comparison.ts';
import type { ComparisonResult } from '../src/evaluate/comparison-result.ts';
import type { Exposure } from '../src/evaluate/exposure.ts';
import { type CommonOptions, type HeadPlan, planHead } from '../src/evaluate/head-plan.ts';
import { withoutBelow } from '../src/evaluate/parts.ts';
import { type PrivacyHeads, priceOfPrivacy } from '../src/evaluate/price-of-privacy.ts';
import { runTuning } from '../src/evaluate/tuning.ts';
import { bpr } from '../src/models/bpr.ts';
import { content } from '../src/models/content.ts';
import { ease } from '../src/models/ease.ts';
import { hybrid } from '../src/models/hybrid.ts';
import { markov } from '../src/models/markov.ts';
import { mfChoice } from '../src/models/mf-choice.ts';
import { mfTaste } from '../src/models/mf-taste.ts';
import { itemNeighboursChoice, userNeighboursChoice } from '../src/models/neighbours-choice.ts';
import { neumfChoice } from '../src/models/neumf-choice.ts';
import { popularity } from '../src/models/popularity.ts';
import type { QuestionRule } from '../src/models/questions.ts';
import { randomLists } from '../src/models/random-lists.ts';
import type { ChoiceModel, Head, ModelName, Preset, Recommender } from '../src/models/recommender.ts';
import { svd } from '../src/models/svd.ts';
import { trending } from '../src/models/trending.ts';
import { vae } from '../src/models/vae.ts';
import { tunableFor } from '../src/worker/heads.ts';
import { fixedSplit, folds } from './quality-stars.ts';

const SEED = 1;
const HELD_OUT = 0.1;
const LEAST_RATING = 3;
const LAST_DAYS = 30;
const DAY = 86_400_000;
/** Of nine settings the one with the best recall on one pair of each customer held out of the training part. */
const SAMPLED_FACTORS = { factors: 192, unobservedWeight: 0.5, reg: 12 } as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: 'string' },
    strict: { type: 'boolean', default: false },
    neural: { type: 'boolean', default: false },
    candidates: { type: 'string', default: '20' },
    model: { type: 'string', default: 'mf' },
    head: { type: 'string', default: 'choice' },
  },
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

const listsBy = <O extends CommonOptions, M extends ChoiceModel>(
  id: string,
  recommender: Recommender<O, M>,
  settings: Readonly<Record<string, number>> = {},
  preset: Preset = 'balanced',
): Entrant => ({ id, taste: null, choice: planHead<O, M>(recommender, preset, settings, SEED) });

/** The figures alone, without their intervals. */
function plain(exposure: Exposure) {
  return Object.fromEntries(Object.entries(exposure).map(([name, figure]) => [name, figure?.mean ?? null]));
}

/** What of a comparison the document needs. */
function told({ protocol, entrants, best, popularity: popular }: ComparisonResult) {
  return {
    protocol,
    best: best.lists && { id: best.lists.id, metric: best.lists.metric },
    popularity: popular && { metrics: popular.metrics, sampled: popular.sampled },
    entrants: entrants.map(({ id, error, fitMs, bytes, lists }) => ({
      id,
      error,
      fitMs,
      bytes,
      metrics: lists?.metrics ?? null,
      exposure: lists && plain(lists.exposure),
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
    listsBy('svd', svd),
    listsBy('bpr', bpr),
    listsBy('ease', ease),
    listsBy('vae', vae),
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
    values.neural
      ? [listsBy('neumf', neumfChoice)]
      : [
          listsBy('popularity', popularity),
          listsBy('itemNeighbours', itemNeighboursChoice),
          listsBy('userNeighbours', userNeighboursChoice),
          listsBy('ease', ease),
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
    listsBy('trending', trending),
    listsBy('content', content),
    listsBy('markov', markov),
    listsBy('itemNeighbours', itemNeighboursChoice),
    listsBy('userNeighbours', userNeighboursChoice),
    listsBy('svd', svd),
    listsBy('bpr', bpr),
    listsBy('ease', ease),
    listsBy('vae', vae),
    listsBy('neumf', neumfChoice),
    listsBy('mf', mfChoice),
    listsBy('mfBest', mfChoice, {}, 'best'),
    listsBy('hybrid', hybrid),
  ]);
}

/** New customers by three questions, chosen in two ways, and products nobody has chosen yet. */
async function cold() {
  const data = await imported();
  const device = await createWasmDevice({ threads: 1 });
  const request = { data, seed: SEED, device };
  const plan = <O extends CommonOptions, M extends ChoiceModel>(
    recommender: Recommender<O, M>,
    settings: Readonly<Record<string, number>> = {},
  ) => planHead<O, M>(recommender, 'balanced', settings, SEED);
  const asked: readonly [id: string, plan: HeadPlan<ChoiceModel>, rule: QuestionRule][] = [
    ['ease', plan(ease), 'lists'],
    ['easeEntropy', plan(ease), 'entropy'],
    ['hybrid', plan(hybrid), 'lists'],
  ];
  const customers: object[] = [];
  for (const [id, own, rule] of asked) {
    customers.push({ id, ...(await measureColdCustomers({ ...request, plan: own, rule })) });
  }
  const products = await measureColdProducts({
    ...request,
    entrants: [
      { id: 'random', plan: plan(randomLists) },
      { id: 'popularity', plan: plan(popularity) },
      { id: 'content', plan: plan(content) },
      { id: 'hybridWithout', plan: plan(hybrid, { coldAtMost: -1 }) },
      { id: 'hybrid', plan: plan(hybrid) },
    ],
  });
  return { customers, products };
}

/** What the page's own search finds, its number of candidates given instead of its time: the same on any machine. */
async function search() {
  const data = await imported();
  const device = await createWasmDevice({ threads: 1 });
  const request = {
    model: values.model as ModelName,
    head: values.head as Head,
    preset: 'balanced',
    seed: SEED,
  } as const;
  const tunable = tunableFor(request, data, device);
  if (!tunable) throw new RangeError(`--model ${values.model} --head ${values.head}`);
  const { candidates, best, check, seconds, metric } = await runTuning({
    data,
    split: 'random',
    holdout: HELD_OUT,
    seed: SEED,
    tunable,
    budget: Number.POSITIVE_INFINITY,
    candidates: Number(values.candidates),
    device,
  });
  return { metric, tried: candidates.length - 1, best: candidates[best], check, seconds };
}

/** What leaving things out for privacy costs: lists of EASE, lists and stars of the factorization. */
async function privacy() {
  const data = await imported();
  const device = await createWasmDevice({ threads: 1 });
  const stars = () => (data.feedback === 'explicit' ? planHead(mfTaste, 'balanced', {}, SEED) : null);
  const asked: readonly [id: string, heads: () => PrivacyHeads][] = [
    ['ease', () => ({ taste: null, choice: planHead(ease, 'balanced', {}, SEED) })],
    ['mf', () => ({ taste: stars(), choice: planHead(mfChoice, 'balanced', {}, SEED) })],
  ];
  const models: object[] = [];
  for (const [id, heads] of asked) models.push({ id, ...(await priceOfPrivacy({ data, heads, device, seed: SEED })) });
  return { models };
}

const PROTOCOLS = {
  folds: () => folds(textOf('u.data'), SEED),
  fixed: () => fixedSplit(file, SEED),
  lists,
  sampled,
  shop,
  cold,
  search,
  privacy,
} as const;
const wanted = positionals[0] as keyof typeof PROTOCOLS;
if (!(wanted in PROTOCOLS) || file === '') {
  console.error(
    'npx tsx bench/quality.ts folds|fixed|lists|sampled|shop|cold|search|privacy --data FILE [--strict] [--neural]',
  );
  process.exit(1);
}
console.log(JSON.stringify(await PROTOCOLS[wanted]()));
