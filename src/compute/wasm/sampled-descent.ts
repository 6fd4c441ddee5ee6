import { checkPriors, checkSampled, meanRows } from '../check.ts';
import { streamKey } from '../counter-normal.ts';
import type { SampledDescent, SampledProblem, Side } from '../device.ts';
import { columnMoments } from '../moments.ts';
import { ArenaPlan, floatsAt, wordsAt } from './arena.ts';
import type { Engine } from './arena-pool.ts';
import { placeBiased, SIDE_FIELDS } from './biased-model.ts';

/** Fields `SampledSide` in assembly/explicit.ts adds: weights, means, bytes between the means of two rows, key, deviation. */
const FIELDS = 5;
/** Numbers that noise is made in at a time: assembly/normals.ts. */
const NORMALS_PER_STEP = 8;

/** The Gibbs sampler in WebAssembly: the walk of `explicit-descent.ts` over rows, with priors per column and noise. */
export function sampledDescent(engine: Engine, problem: SampledProblem): SampledDescent {
  checkSampled(problem);
  const { factors: k, seed } = problem;
  const columns = k + 1;
  const most = meanRows(problem);
  const plan = new ArenaPlan();
  const weights = plan.words(columns);
  const means = plan.words(columns * Math.max(most.user, most.item));
  const scratchBytes = 4 * Math.ceil(columns / NORMALS_PER_STEP) * NORMALS_PER_STEP;
  const model = placeBiased(engine, plan, problem, { fields: FIELDS, scratchBytes, regs: null });
  const { workspace, stride } = model;
  const sideOf = (side: Side) => (side === 'user' ? model.user : model.item);

  return {
    ...model.answers,
    async moments(side) {
      const { memory } = workspace;
      const { rows, bias, factors } = sideOf(side);
      return columnMoments(floatsAt(memory, bias, rows), floatsAt(memory, factors, rows * stride), k, stride);
    },
    async draw(side, priors, noisePrecision, sweep, tell) {
      const { memory } = workspace;
      const apart = checkPriors(priors, noisePrecision, k, most[side]);
      const own = sideOf(side);
      floatsAt(memory, weights, columns).set(priors.precisions.map((precision) => precision / noisePrecision));
      floatsAt(memory, means, priors.means.length).set(priors.means);
      const fields = own.task + 4 * SIDE_FIELDS;
      wordsAt(memory, fields, FIELDS).set([weights, means, 4 * apart, streamKey(seed, sweep, side), 0]);
      floatsAt(memory, fields, FIELDS)[FIELDS - 1] = 1 / Math.sqrt(noisePrecision);
      return { squares: model.walk('sampledRows', [own], tell) };
    },
  };
}
