import { checkPriors, checkSampled, meanRows } from '../check.ts';
import { streamKey } from '../counter-normal.ts';
import type { ColumnPriors, SampledDescent, SampledProblem, Side as SideName } from '../device.ts';
import { GROUP, padRows } from '../gpu-layout.ts';
import { createBiased } from './biased-model.ts';
import { BufferSet, type GpuContext } from './context.ts';
import { compilePacking, createGathered } from './gathered.ts';
import { compileMoments, createMoments } from './moments.ts';
import type { BiasedSide } from './predict.ts';
import { addUp, compileReduction, createReduction } from './reduce.ts';
import { MOST_PRIOR_GROUPS } from './row-solve.wgsl.ts';
import { createSide, planSide } from './side.ts';
import { SweepTimer } from './sweep-timer.ts';

/**
 * The Gibbs sampler (device.ts, algorithms.md §1): the kernel of explicit-descent.ts with priors and noise. Throws
 * RangeError on wrong shapes and more than 4,092 factors, `deviceOutOfMemory` where the problem does not fit.
 */
export async function sampledDescent(context: GpuContext, problem: SampledProblem): Promise<SampledDescent> {
  checkSampled(problem);
  context.assertUsable();
  const { byUser, byItem, mean, factors: k, seed, rowMeans } = problem;
  const most = meanRows(problem);
  if (k > GROUP * MOST_PRIOR_GROUPS) throw new RangeError(`factors ${k}`);
  const [userPlan, itemPlan, packing, sum, compiledMoments] = await Promise.all([
    planSide(context, 'sampled', byUser, rowMeans === 'user'),
    planSide(context, 'sampled', byItem, rowMeans === 'item'),
    compilePacking(context),
    compileReduction(context, false),
    compileMoments(context),
  ]);

  const buffers = new BufferSet(context);
  const { model, sides, prior, timer } = await context.allocate(buffers, () => {
    const model = createBiased(buffers, problem);
    const { groups } = model;
    const prior = buffers.uniform('prior', [], new Array(priorWords(MOST_PRIOR_GROUPS)).fill(0));
    const scratch = Math.max(userPlan.scratchEntries, itemPlan.scratchEntries);
    const residuals = buffers.storage('residuals', scratch * 4);
    const gathered = {
      user: createGathered(context, buffers, packing, model.user.factors, model.user.rows * groups),
      item: createGathered(context, buffers, packing, model.item.factors, model.item.rows * groups),
    };
    const sideOf = (name: SideName) => {
      const [own, other] = name === 'user' ? [model.user, model.item] : [model.item, model.user];
      const [plan, matrix] = name === 'user' ? [userPlan, byUser] : [itemPlan, byItem];
      const solver = createSide(
        context,
        buffers,
        plan,
        { name, kind: 'sampled', matrix, groups, factorReg: null, biasReg: null, mean, unobserved: 0 },
        {
          own: own.factors,
          gathered: gathered[name],
          other: gathered[name === 'user' ? 'item' : 'user'],
          biases: [other.bias, own.bias],
          gram: null,
          prior,
          residuals,
        },
      );
      return {
        solver,
        squares: createReduction(context, buffers, sum, solver.rows, solver.rowLoss),
        moments: createMoments(context, buffers, compiledMoments, own, groups),
      };
    };
    return { model, prior, sides: { user: sideOf('user'), item: sideOf('item') }, timer: new SweepTimer(buffers) };
  });

  return {
    ...model.answers,
    async moments(side) {
      buffers.assertUsable();
      return sides[side].moments(k);
    },
    async draw(side, priors, noisePrecision, sweep) {
      const apart = checkPriors(priors, noisePrecision, k, most[side]);
      buffers.assertUsable();
      if (side === rowMeans) writeMeans(context.gpu.queue, model[side], priors.means, k, apart);
      const { solver, squares } = sides[side];
      const words = priorOf(priors, noisePrecision, streamKey(seed, sweep, side), model.groups);
      context.gpu.queue.writeBuffer(prior, 0, words);
      timer.begin();
      solver.submit(timer);
      const encoder = context.gpu.createCommandEncoder({ label: 'squares' });
      squares.record(encoder);
      timer.record(encoder);
      context.gpu.queue.submit([encoder.finish()]);
      const [sums, stamps] = await context.read(timer.source ? [squares.source, timer.source] : [squares.source]);
      timer.end(stamps);
      return { squares: addUp(sums) };
    },
  };
}

/** The means of every row, behind the rows themselves. */
function writeMeans(
  queue: GPUQueue,
  { factors, bias, rows }: BiasedSide,
  means: Float32Array,
  k: number,
  apart: number,
) {
  const ofFactors = new Float32Array(rows * k);
  const ofBias = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const at = row * apart;
    ofBias[row] = means[at];
    ofFactors.set(means.subarray(at + 1, at + 1 + k), row * k);
  }
  queue.writeBuffer(factors, factors.size / 2, padRows(ofFactors, k));
  queue.writeBuffer(bias, bias.size / 2, ofBias);
}

const priorWords = (groups: number) => GROUP * (1 + 2 * groups);

/**
 * `prior` of row-solve.wgsl.ts: the key, the bias's precision in units of the noise's, its mean, the noise's deviation;
 * then each group's precisions in these units and its means, zeros behind the last factor.
 */
function priorOf(
  { means, precisions }: ColumnPriors,
  noisePrecision: number,
  key: number,
  groups: number,
): Float32Array<ArrayBuffer> {
  const words = new Float32Array(priorWords(groups));
  new Uint32Array(words.buffer)[0] = key;
  words[1] = precisions[0] / noisePrecision;
  words[2] = means[0];
  words[3] = 1 / Math.sqrt(noisePrecision);
  for (let f = 0; f + 1 < precisions.length; f++) {
    const at = GROUP * (1 + 2 * Math.floor(f / GROUP)) + (f % GROUP);
    words[at] = precisions[f + 1] / noisePrecision;
    words[at + GROUP] = means[f + 1];
  }
  return words;
}
