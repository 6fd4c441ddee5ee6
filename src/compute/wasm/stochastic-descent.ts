import { checkPairs, checkStochastic } from '../check.ts';
import type { StochasticDescent, StochasticProblem } from '../device.ts';
import { ENTRY_WORDS, stratify } from '../stratify.ts';
import { ArenaPlan, doublesAt, floatsAt, wordsAt } from './arena.ts';
import type { Engine } from './arena-pool.ts';
import { Workspace } from './workspace.ts';

/** Pairs predicted at a time. */
const PAIRS_PER_BATCH = 8192;
/** Fields of `Epoch` in assembly/stochastic.ts, 4 bytes each: six addresses and sizes, then four floats. */
const EPOCH_WORDS = 6;
const EPOCH_FLOATS = 4;
const RATE = 3;
/** The kernel takes rows four vectors at a time. */
const ROW_STEP = 16;
/** Columns of a row in front of its factors: the bias, and the 1 that stands across from the other side's bias. */
const BIAS_COLUMNS = 2;

/** Rows of one side in the arena, by label. */
interface Rows {
  readonly labels: Uint32Array;
  readonly at: number;
  readonly biasColumn: 0 | 1;
}

/**
 * Stratified stochastic gradient descent in WebAssembly. Takes 12 bytes per rating and 4·(k + 2) per row, rounded up to
 * 64. Biases are columns of the rows, across from a column of ones, so that one product gives the whole prediction.
 */
export function stochasticDescent(engine: Engine, problem: StochasticProblem): StochasticDescent {
  checkStochastic(problem);
  const { byUser, mean, factors: k, grid, step, decay, factorReg, biasReg, seed, initial } = problem;
  const stride = Math.ceil((k + BIAS_COLUMNS) / ROW_STEP) * ROW_STEP;
  const order = stratify(byUser, grid, seed);
  const count = byUser.indices.length;
  const blockCount = grid * grid;

  const plan = new ArenaPlan();
  const entries = plan.words(ENTRY_WORDS * count);
  const blocks = plan.words(blockCount + 1);
  const user: Rows = { labels: order.userLabels, at: plan.words(byUser.rows * stride), biasColumn: 1 };
  const item: Rows = { labels: order.itemLabels, at: plan.words(byUser.columns * stride), biasColumn: 0 };
  const partials = plan.doubles(blockCount);
  const turns = { grid, at: plan.words(2 * grid) };
  const task = plan.words(EPOCH_WORDS + EPOCH_FLOATS);
  const pairUsers = plan.words(PAIRS_PER_BATCH);
  const pairItems = plan.words(PAIRS_PER_BATCH);
  const pairScores = plan.words(PAIRS_PER_BATCH);
  const workspace = new Workspace(engine, plan, 0);

  const { memory } = workspace;
  order.write(wordsAt(memory, entries, ENTRY_WORDS * count));
  wordsAt(memory, blocks, blockCount + 1).set(order.blocks);
  const rowsAt = ({ labels, at }: Rows) => floatsAt(workspace.memory, at, labels.length * stride);
  const load = (side: Rows, factors: Float32Array, bias: Float32Array) => {
    const rows = rowsAt(side);
    for (let row = 0; row < bias.length; row++) {
      const at = side.labels[row] * stride;
      rows[at + side.biasColumn] = bias[row];
      rows[at + 1 - side.biasColumn] = 1;
      for (let f = 0; f < k; f++) rows[at + BIAS_COLUMNS + f] = factors[row * k + f];
    }
  };
  load(user, initial.userFactors, initial.userBias);
  load(item, initial.itemFactors, initial.itemBias);
  const unload = (side: Rows) => {
    const rows = rowsAt(side);
    const factors = new Float32Array(side.labels.length * k);
    const bias = new Float32Array(side.labels.length);
    for (let row = 0; row < bias.length; row++) {
      const at = side.labels[row] * stride;
      bias[row] = rows[at + side.biasColumn];
      for (let f = 0; f < k; f++) factors[row * k + f] = rows[at + BIAS_COLUMNS + f];
    }
    return { factors, bias };
  };
  wordsAt(memory, task, EPOCH_WORDS).set([entries, blocks, user.at, item.at, partials, 4 * stride]);
  floatsAt(memory, task + 4 * EPOCH_WORDS, EPOCH_FLOATS).set([factorReg, biasReg, mean, 0]);
  let epoch = problem.epoch;

  return {
    async sweep() {
      const { memory } = workspace;
      floatsAt(memory, task + 4 * EPOCH_WORDS, EPOCH_FLOATS)[RATE] = step * decay ** epoch++;
      workspace.run((phase) => phase('stochasticBlock', task, blockCount, turns));
      const squares = doublesAt(memory, partials, blockCount).reduce((sum, partial) => sum + partial, 0);
      return { loss: count === 0 ? 0 : squares / count };
    },
    async predict({ users, items }) {
      const { memory, kernels } = workspace;
      checkPairs(users, items, user.labels.length, item.labels.length);
      const out = new Float32Array(users.length);
      for (let from = 0; from < users.length; from += PAIRS_PER_BATCH) {
        const pairs = Math.min(PAIRS_PER_BATCH, users.length - from);
        const [userLabels, itemLabels] = [wordsAt(memory, pairUsers, pairs), wordsAt(memory, pairItems, pairs)];
        for (let p = 0; p < pairs; p++) {
          userLabels[p] = user.labels[users[from + p]];
          itemLabels[p] = item.labels[items[from + p]];
        }
        kernels.stochasticPairs(task, pairUsers, pairItems, pairScores, pairs);
        out.set(floatsAt(memory, pairScores, pairs), from);
      }
      return out;
    },
    async factors() {
      const [users, items] = [unload(user), unload(item)];
      return {
        userFactors: users.factors,
        itemFactors: items.factors,
        userBias: users.bias,
        itemBias: items.bias,
      };
    },
    destroy: () => workspace.destroy(),
  };
}
