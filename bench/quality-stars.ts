/** Predicted stars under two protocols, for `quality.ts`: Surprise's five folds and a fixed 90/10 split. */
import type { Pairs } from '../src/base/sparse.ts';
import { createWasmDevice } from '../src/compute/wasm/device.ts';
import { ratingsOf } from '../src/data/ratings.testing.ts';
import type { Ratings } from '../src/data/ratings.ts';
import { bootstrap, createResamples } from '../src/evaluate/bootstrap.ts';
import { type CommonOptions, type HeadPlan, planHead } from '../src/evaluate/head-plan.ts';
import { mae, rmse } from '../src/evaluate/metrics.ts';
import { runTrial } from '../src/evaluate/protocol.ts';
import { errorsByCustomer, predictPairs } from '../src/evaluate/rating-errors.ts';
import { autorec } from '../src/models/autorec.ts';
import { pairsIn, ratingsFromPairs } from '../src/models/fixed-split.testing.ts';
import { means } from '../src/models/means.ts';
import { mfPosterior } from '../src/models/mf-posterior.ts';
import { mfTaste } from '../src/models/mf-taste.ts';
import { itemNeighboursTaste, userNeighboursTaste } from '../src/models/neighbours-taste.ts';
import type { Preset, Recommender, TasteModel } from '../src/models/recommender.ts';
import { slopeOne } from '../src/models/slope-one.ts';
import { surpriseFolds } from './numpy-permutation.ts';

const FOLDS = 5;
const HELD_OUT = 0.1;

type AnyTaste = Recommender<CommonOptions, TasteModel>;
type Mend = (predicted: Float32Array, asked: Pairs, train: Ratings) => Float32Array;

/** Surprise answers with the mean of all ratings where it does not know the customer or the thing. */
const withOverallMean: Mend = (predicted, { users, items }, { byUser, byItem }) => {
  const mean = byUser.values.reduce((sum, value) => sum + value, 0) / byUser.values.length;
  const isBlank = ({ pointers }: Ratings['byUser'], row: number) => pointers[row] === pointers[row + 1];
  return predicted.map((own, p) => (isBlank(byUser, users[p]) || isBlank(byItem, items[p]) ? mean : own));
};

const asPredicted: Mend = (predicted) => predicted;

/**
 * RMSE and MAE of every recommender on each fold, fitted on the other four with its own settings; `ratio`: pairs tested
 * per pair learned from. `text`: u.data of MovieLens 100K.
 */
export async function folds(text: string, seed: number) {
  const lines = text.trim().split('\n');
  const rows = lines.map((line) => line.split('\t').map(Number));
  const at = (order: Uint32Array): Pairs => ({
    users: order.map((row) => rows[row][0] - 1),
    items: order.map((row) => rows[row][1] - 1),
    values: Float32Array.from(order, (row) => rows[row][2]),
  });
  const parts = surpriseFolds(0, rows.length, FOLDS);
  const device = await createWasmDevice({ threads: 1 });
  const asked: readonly [name: string, recommender: AnyTaste, preset: Preset, changes: object, mend?: Mend][] = [
    ['means', means as unknown as AnyTaste, 'balanced', {}],
    ['slopeOne', slopeOne as unknown as AnyTaste, 'balanced', {}],
    ['slopeOneSurprise', slopeOne as unknown as AnyTaste, 'balanced', {}, withOverallMean],
    ['knnBaseline', userNeighboursTaste as unknown as AnyTaste, 'balanced', { similarity: 'msd' }],
    ['userNeighbours', userNeighboursTaste as unknown as AnyTaste, 'balanced', {}],
    ['itemNeighbours', itemNeighboursTaste as unknown as AnyTaste, 'balanced', {}],
    ['mf', mfTaste as unknown as AnyTaste, 'balanced', {}],
    ['mfBest', mfPosterior as unknown as AnyTaste, 'best', {}],
  ];
  const errors: Record<string, { rmse: number[]; mae: number[]; ms: number[] }> = {};
  let [tested, learned] = [0, 0];
  for (const fold of parts.keys()) {
    const others = parts.flatMap((part, other) => (other === fold ? [] : [...part]));
    const train = ratingsOf(at(Uint32Array.from(others)), 943, 1682);
    const test = at(parts[fold]);
    tested += test.users.length;
    learned += others.length;
    for (const [name, recommender, preset, changes, mend = asPredicted] of asked) {
      const options = { ...recommender.defaults(preset, train), ...changes, seed };
      const { model, fitMs } = await recommender.fit(train, options, { device });
      const predicted = mend(await model.predict(test.users, test.items), test, train);
      errors[name] ??= { rmse: [], mae: [], ms: [] };
      errors[name].rmse.push(rmse(predicted, test.values));
      errors[name].mae.push(mae(predicted, test.values));
      errors[name].ms.push(fitMs);
      model.destroy();
    }
  }
  return { folds: FOLDS, ratio: tested / learned, errors };
}

/**
 * RMSE and MAE with their intervals over customers, and the share of the test ratings inside their 90 % intervals, for the
 * fixed split of which `file` is the training part and the file beside it, .test. for .train., the test part.
 */
export async function fixedSplit(file: string, seed: number) {
  const [own, test] = [pairsIn(file), pairsIn(file.replace('.train.', '.test.'))];
  const rows = (part: 'users' | 'items') =>
    [own, test].reduce((most, pairs) => pairs[part].reduce((rows, row) => Math.max(rows, row + 1), most), 0);
  const train = ratingsFromPairs(own, rows('users'), rows('items'));
  const device = await createWasmDevice({ threads: 1 });
  const resamples = createResamples(seed);
  const plan = <O extends CommonOptions>(recommender: Recommender<O, TasteModel>, preset: Preset) =>
    planHead(recommender, preset, {}, seed);
  const asked: readonly [id: string, plan: HeadPlan<TasteModel>][] = [
    ['means', plan(means as unknown as AnyTaste, 'balanced')],
    ['mf', plan(mfTaste as unknown as AnyTaste, 'balanced')],
    ['autorec', plan(autorec as unknown as AnyTaste, 'balanced')],
    ['mfBest', plan(mfPosterior as unknown as AnyTaste, 'best')],
  ];
  const models: object[] = [];
  for (const [id, taste] of asked) {
    const cut = { data: { train, test }, split: 'random', holdout: HELD_OUT, seed } as const;
    const trial = await runTrial({ ...cut, taste, choice: null, device, intervals: true, serve: false });
    if (!trial.taste) throw new TypeError(`${id} has no stars`);
    const { squared, absolute, counts } = errorsByCustomer(await predictPairs(trial.taste, test), test);
    const intervals = await bootstrap(
      [
        { sums: squared, counts, root: true },
        { sums: absolute, counts },
      ],
      resamples,
    );
    const { intervalCoverage: coverage, epochs, figures } = trial;
    models.push({ id, rmse: intervals[0], mae: intervals[1], coverage, epochs: epochs.length, fitMs: figures.fitMs });
    trial.taste.destroy();
  }
  return { customers: new Set(test.users).size, testPairs: test.users.length, models };
}
