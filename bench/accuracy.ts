/**
 * Accuracy of factorization in Node, without a browser:
 * `npx tsx bench/accuracy.ts [ml-100k] [ml-1m] [--seeds 1,2] [--presets balanced] [--threads 1]`.
 *
 * Ratings: the fixed 90/10 split, and a seeded 90/10 split of the same data for each seed. Lists: ratings of 3 and
 * more, 8:1:1 per customer, full ranking; `strict` is fitted on the 8 alone, otherwise on 8 + 1 once the epochs are
 * chosen. Prints one JSON object a line; the data folder is TASTEMAKER_DATA or ../shared/datasets.
 */
import { parseArgs } from 'node:util';
import { createWasmDevice } from '../src/compute/wasm/device.ts';
import type { Ratings } from '../src/data/ratings.ts';
import type { Split } from '../src/data/split.ts';
import { planHead } from '../src/evaluate/head-plan.ts';
import { withoutBelow } from '../src/evaluate/parts.ts';
import { runTrial } from '../src/evaluate/protocol.ts';
import {
  hasFixedSplit,
  joinPairs,
  ratingsFromPairs,
  readPairs,
  type SplitName,
} from '../src/models/fixed-split.testing.ts';
import { mfChoice } from '../src/models/mf-choice.ts';
import type { Preset } from '../src/models/recommender.ts';
import { headsFor } from '../src/worker/heads.ts';

const NAMES: readonly SplitName[] = ['ml-100k', 'ml-1m'];
const PRESETS: readonly Preset[] = ['quick', 'balanced', 'best'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '1' },
    presets: { type: 'string', default: 'balanced' },
    threads: { type: 'string', default: '1' },
  },
});
const seeds = values.seeds.split(',').map(Number);
const presets = PRESETS.filter((preset) => values.presets.split(',').includes(preset));
const device = await createWasmDevice({ threads: Number(values.threads) });
const rounded = (value: number | null) => (value === null ? null : Number(value.toFixed(4)));

async function ratingErrors(data: Ratings | Split, what: string, preset: Preset, seed: number) {
  const { figures, epochs, intervalCoverage } = await runTrial({
    data,
    split: 'random',
    holdout: 0.1,
    seed,
    ...headsFor({ model: 'mf', preset, settings: {}, seed }, { feedback: 'explicit' }, device, ['taste']),
    device,
    intervals: true,
    serve: false,
  });
  return {
    what,
    preset,
    seed,
    rmse: rounded(figures.rmse),
    mae: rounded(figures.mae),
    baselineRmse: rounded(figures.baselineRmse),
    intervalCoverage: rounded(intervalCoverage),
    fitMs: Math.round(figures.fitMs),
    epochs: epochs.length,
  };
}

async function listQuality(all: Ratings, what: string, preset: Preset, seed: number, learnFromValidation: boolean) {
  const { figures, epochs } = await runTrial({
    data: withoutBelow(all, all.rule.minRating),
    split: 'per-customer',
    holdout: 0.1,
    seed,
    taste: null,
    choice: planHead(mfChoice, preset, {}, seed),
    device,
    serve: false,
    learnFromValidation,
  });
  return {
    what,
    preset,
    seed,
    recall10: rounded(figures.recall10),
    ndcg10: rounded(figures.ndcg10),
    popularityRecall10: rounded(figures.popularityRecall10),
    popularityNdcg10: rounded(figures.popularityNdcg10),
    hitsOfTen: rounded(figures.hitsOfTen),
    randomHitsOfTen: rounded(figures.randomHitsOfTen),
    customers: figures.testCustomers,
    fitMs: Math.round(figures.choiceFitMs),
    epochs: epochs.length,
  };
}

for (const name of NAMES) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  if (!hasFixedSplit(name)) throw new Error(`${name}: no data; set TASTEMAKER_DATA`);
  const parts = { train: readPairs(name, 'train'), test: readPairs(name, 'test') };
  const all = ratingsFromPairs(joinPairs(parts.train, parts.test));
  const { rows, columns } = all.byUser;
  const fixed: Split = { train: ratingsFromPairs(parts.train, rows, columns), test: parts.test };
  for (const preset of presets) {
    for (const seed of seeds) {
      console.log(JSON.stringify(await ratingErrors(fixed, `${name} fixed 90/10`, preset, seed)));
      console.log(JSON.stringify(await ratingErrors(all, `${name} seeded 90/10`, preset, seed)));
      console.log(JSON.stringify(await listQuality(all, `${name} lists 8:1:1 strict`, preset, seed, false)));
      console.log(JSON.stringify(await listQuality(all, `${name} lists 8:1:1`, preset, seed, true)));
    }
  }
}
device.destroy();
process.exit(0);
