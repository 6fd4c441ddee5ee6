/**
 * The list autoencoder (Liang et al. 2018): a network reads everything a customer chose and writes how likely each
 * product of the catalogue is to be among it. `vae-network.ts` has the formulas.
 */
import type { Tell } from '../base/progress.ts';
import { type Csr, type Pairs, transpose } from '../base/sparse.ts';
import { openTfjs } from '../compute/tfjs.ts';
import type { Ratings } from '../data/ratings.ts';
import { inColumns, someChosenPairs } from './chosen-pairs.ts';
import { type DescentSession, fitByDescent, type TrainedState } from './descent-fit.ts';
import { validationRecall } from './held-out.ts';
import { networkSession } from './network-session.ts';
import { choiceCounts } from './popularity-order.ts';
import { RankedCatalogue } from './ranked-catalogue.ts';
import type { FitContext, Fitted, Recommender } from './recommender.ts';
import { choosersOf, vaeBatches } from './vae-batches.ts';
import { VaeModel } from './vae-model.ts';
import { VaeNetwork } from './vae-network.ts';
import { type VaeOptions, vaeDefaults } from './vae-options.ts';
import { vaeParts } from './vae-parts.ts';
import { initialVae, type VaeShape, vaeFromRecord } from './vae-weights.ts';

/** customers × columns of the catalogue, and which of the customers there is something to learn from. */
interface Lesson {
  readonly chosen: Csr;
  readonly choosers: Uint32Array;
  readonly shape: VaeShape;
  readonly options: VaeOptions;
}

async function fit(ratings: Ratings, options: VaeOptions, context: FitContext): Promise<Fitted<VaeModel>> {
  checkOptions(options);
  const everything = someChosenPairs(ratings);
  const catalogue = RankedCatalogue.of(everything, Math.max(1, options.mostProducts));
  const chosen = inColumns(everything, catalogue.order).byCustomer;
  const hidden = Math.ceil(options.hidden / 4) * 4;
  const shape = { products: catalogue.size, hidden, latent: options.latent };
  const lesson = { chosen, choosers: choosersOf(chosen), shape, options };
  const toModel = (state: TrainedState) =>
    new VaeModel(vaeParts(catalogue, chosen, shape, vaeFromRecord(state, shape)), context.device);
  const recallOn = (pairs: Pairs | undefined) => {
    const recall = validationRecall(ratings, pairs);
    if (!recall) return null;
    return (state: TrainedState, tell?: Tell) => {
      const model = toModel(state);
      return recall((users, count, exclude) => model.topItemsForMany(users, count, exclude), tell);
    };
  };
  const { state, epochs, fitMs, stoppedEarly } = await fitByDescent(
    {
      model: 'vae',
      head: 'choice',
      epochs: options.epochs,
      patience: options.patience,
      entries: chosen.indices.length,
      better: 'higher',
      validate: recallOn(context.validation),
      test: recallOn(context.test),
      start: (from) => startSession(lesson, context, from),
    },
    context,
  );
  return { model: toModel(state), epochs, fitMs, stoppedEarly };
}

/** Throws RangeError with the value that is out of range. */
function checkOptions({ hidden, latent, batchCustomers, dropout }: VaeOptions): void {
  if (!(hidden >= 1)) throw new RangeError(`hidden ${hidden}`);
  if (!Number.isInteger(latent) || latent < 0) throw new RangeError(`latent ${latent}`);
  if (!Number.isInteger(batchCustomers) || batchCustomers < 1) throw new RangeError(`batchCustomers ${batchCustomers}`);
  if (!(dropout >= 0 && dropout < 1)) throw new RangeError(`dropout ${dropout}`);
}

async function startSession(
  { chosen, choosers, shape, options }: Lesson,
  context: FitContext,
  from: TrainedState | null,
): Promise<DescentSession> {
  const runtime = await openTfjs(context.device);
  // Fixed for the whole fit: shorter batches are padded.
  const batchCustomers = Math.min(options.batchCustomers, choosers.length);
  const stepsPerEpoch = Math.ceil(choosers.length / batchCustomers);
  const rise = Math.max(1, options.annealEpochs * stepsPerEpoch);
  let [count, seen, choices] = [0, 0, 0];
  return networkSession(
    runtime,
    context,
    from,
    () => {
      const start = from ? vaeFromRecord(from, shape) : initialVae(shape, choiceCounts(chosen), options.seed);
      return new VaeNetwork(runtime, shape, batchCustomers, start);
    },
    (network) => ({
      batches(epoch) {
        [count, seen, choices] = [(epoch - 1) * stepsPerEpoch, 0, 0];
        return vaeBatches(chosen, choosers, { ...options, batchCustomers }, epoch);
      },
      async step(batch, epoch) {
        count++;
        const learningRate = options.learningRate * options.decay ** (epoch - 1);
        const kl = options.kl * Math.min(1, count / rise);
        await network.train(batch, { count, learningRate, weightDecay: options.weightDecay, kl });
        seen += batch.count;
        choices += batch.columns.length;
        return seen / choosers.length;
      },
      loss: async () => (await network.takeLoss()) / choices,
    }),
  );
}

/** Customers a timed fit is made of: an epoch costs by the customer, however little each of them chose. */
const SAMPLED_CUSTOMERS = 512;

/** Everything of evenly spaced customers, and nothing of the others. */
function someCustomers(ratings: Ratings): Ratings {
  const { rows, columns, pointers, indices, values } = ratings.byUser;
  if (rows <= SAMPLED_CUSTOMERS) return ratings;
  const kept = new Uint32Array(rows + 1);
  const entries: number[] = [];
  for (let user = 0; user < rows; user++) {
    // One of every rows / SAMPLED_CUSTOMERS.
    if ((user * SAMPLED_CUSTOMERS) % rows < SAMPLED_CUSTOMERS) {
      for (let e = pointers[user]; e < pointers[user + 1]; e++) entries.push(e);
    }
    kept[user + 1] = entries.length;
  }
  const byUser: Csr = {
    rows,
    columns,
    pointers: kept,
    indices: Uint32Array.from(entries, (e) => indices[e]),
    values: Float32Array.from(entries, (e) => values[e]),
  };
  return { ...ratings, byUser, byItem: transpose(byUser), lastTime: null };
}

export const vae: Recommender<VaeOptions, VaeModel> = {
  name: 'vae',
  head: 'choice',
  defaults: vaeDefaults,
  fit,
  sample: someCustomers,
  refitsBeforeTest: true,
};
