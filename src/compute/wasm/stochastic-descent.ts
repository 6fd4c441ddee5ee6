import { checkPairs, checkStochastic } from '../check.ts';
import type { StochasticDescent, StochasticProblem } from '../device.ts';
import { cutSides } from '../stratify.ts';
import { ArenaPlan, doublesAt, floatsAt, wordsAt } from './arena.ts';
import type { Engine } from './arena-pool.ts';
import { LabelledRows, labelledStride } from './labelled-rows.ts';
import { StratifiedEntries } from './stratified-entries.ts';
import { Workspace } from './workspace.ts';

/** Pairs predicted at a time. */
const PAIRS_PER_BATCH = 8192;
/** Fields of `Epoch` in assembly/stochastic.ts, 4 bytes each: six addresses and sizes, then four floats. */
const EPOCH_WORDS = 6;
const EPOCH_FLOATS = 4;
const RATE = 3;
/**
 * Stratified stochastic gradient descent in WebAssembly. Takes 12 bytes per rating and 4·(k + 2) per row, rounded up to
 * 64, and 12 more. Biases are columns of the rows, across from a column of ones, so that one product gives the whole prediction.
 */
export function stochasticDescent(engine: Engine, problem: StochasticProblem): StochasticDescent {
  checkStochastic(problem);
  const { byUser, mean, factors: k, grid, step, decay, factorReg, biasReg, seed, initial } = problem;
  const cut = cutSides(byUser.rows, byUser.columns, grid, seed);
  const count = byUser.indices.length;
  const blockCount = grid * grid;

  const plan = new ArenaPlan();
  const entries = new StratifiedEntries(plan, byUser, cut);
  const user = new LabelledRows(plan, cut.user.labels, k, 1);
  const item = new LabelledRows(plan, cut.item.labels, k, 0);
  const partials = plan.doubles(blockCount);
  const turns = { grid, at: plan.words(2 * grid) };
  const task = plan.words(EPOCH_WORDS + EPOCH_FLOATS);
  const pairUsers = plan.words(PAIRS_PER_BATCH);
  const pairItems = plan.words(PAIRS_PER_BATCH);
  const pairScores = plan.words(PAIRS_PER_BATCH);
  const workspace = new Workspace(engine, plan, 0);

  const { memory } = workspace;
  user.load(workspace, initial.userFactors, initial.userBias);
  item.load(workspace, initial.itemFactors, initial.itemBias);
  entries.fill(workspace, user, item);
  wordsAt(memory, task, EPOCH_WORDS).set([
    entries.at,
    entries.blocks,
    user.at,
    item.at,
    partials,
    4 * labelledStride(k),
  ]);
  floatsAt(memory, task + 4 * EPOCH_WORDS, EPOCH_FLOATS).set([factorReg, biasReg, mean, 0]);
  let epoch = problem.epoch;

  return {
    async sweep(tell) {
      const { memory } = workspace;
      floatsAt(memory, task + 4 * EPOCH_WORDS, EPOCH_FLOATS)[RATE] = step * decay ** epoch++;
      const told = tell && { tell, chunks: blockCount };
      workspace.run((phase) => phase('stochasticBlock', task, blockCount, turns), told);
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
      const [users, items] = [user.unload(workspace), item.unload(workspace)];
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
