import type { Csr } from '../../base/sparse.ts';
import { checkPriors, checkSampled, meanRows } from '../check.ts';
import { streamKey } from '../counter-normal.ts';
import type { ColumnPriors, SampledDescent, SampledProblem, Side } from '../device.ts';
import { GROUP, padRows } from '../gpu-layout.ts';
import { createBiased } from './biased-model.ts';
import type { GlContext, Texture } from './context.ts';
import { addUp, createReduction } from './reduce.ts';
import { MOMENT_ROWS, momentsGlsl } from './sampled-solve.glsl.ts';
import { createSide } from './side.ts';
import { allocate, type TextureSet } from './textures.ts';

/** The Gibbs sampler (device.ts, algorithms.md §1): the passes of explicit-descent.ts with another solve. */
export async function sampledDescent(context: GlContext, problem: SampledProblem): Promise<SampledDescent> {
  checkSampled(problem);
  const { byUser, byItem, mean, factors: k, seed, rowMeans } = problem;
  const most = meanRows(problem);

  const { model, sides, prior, session } = allocate(context, (textures) => {
    const model = createBiased(context, textures, problem);
    const { users, items, groups } = model;
    const prior = textures.rectangle('real4', 2, groups);
    const sideOf = (name: Side, matrix: Csr, own: Texture, other: Texture) => {
      const width = groups * GROUP;
      const means =
        name === rowMeans ? textures.rows(new Float32Array(matrix.rows * width), matrix.rows, groups) : null;
      const shared = { kind: 'sampled', groups, mean, unobserved: 0, matrix, factorReg: null, firstReg: null } as const;
      const solver = createSide(context, textures, shared, { own, other, prior, ...(means ? { means } : {}) });
      return {
        means,
        solver,
        squares: createReduction(context, textures, solver.squares, solver.segments),
        moments: createMoments(context, textures, own, matrix.rows, groups),
      };
    };
    const sides = { user: sideOf('user', byUser, users, items), item: sideOf('item', byItem, items, users) };
    return { model, sides, prior, session: textures };
  });

  return {
    ...model.answers,
    async moments(side) {
      session.assertUsable();
      return sides[side].moments(k);
    },
    async draw(side, priors, noisePrecision, sweep) {
      const apart = checkPriors(priors, noisePrecision, k, most[side]);
      session.assertUsable();
      const { solver, squares, means } = sides[side];
      if (means) session.writeRows(means, padRows(apart ? priors.means : repeated(priors.means, most[side]), k + 1));
      session.write(prior, 'real4', priorTexels(priors, noisePrecision, model.groups));
      solver.solve({ key: streamKey(seed, sweep, side) | 0, deviation: 1 / Math.sqrt(noisePrecision) });
      solver.measure();
      squares.draw();
      const [sums] = await context.read([squares.target]);
      return { squares: addUp(sums) };
    },
  };
}

function repeated(row: Float32Array, times: number): Float32Array {
  const rows = new Float32Array(times * row.length);
  for (let at = 0; at < rows.length; at += row.length) rows.set(row, at);
  return rows;
}

/** Group v's precisions in units of the noise's, then its means; zeros behind the last factor. */
function priorTexels({ means, precisions }: ColumnPriors, noisePrecision: number, groups: number): Float32Array {
  const texels = new Float32Array(groups * 2 * GROUP);
  for (let column = 0; column < precisions.length; column++) {
    const at = Math.floor(column / GROUP) * 2 * GROUP + (column % GROUP);
    texels[at] = precisions[column] / noisePrecision;
    texels[at + GROUP] = means[column];
  }
  return texels;
}

/** Prepares Σ x and Σ (x − x̄)² of every column: runs of rows are added up on the GPU, the runs here in 64 bits. */
function createMoments(context: GlContext, textures: TextureSet, own: Texture, rows: number, groups: number) {
  const runs = Math.ceil(rows / MOMENT_ROWS);
  const sums = textures.run('real4', runs * groups);
  const squares = textures.run('real4', runs * groups);
  const target = textures.target([sums, squares]);
  const read = [textures.target([sums]), textures.target([squares])];
  const program = context.program(momentsGlsl);
  return async (k: number): ReturnType<SampledDescent['moments']> => {
    context.draw({ program, textures: { own }, integers: { groups, rows }, target });
    const [plain, squared] = await context.read(read);
    const moments = { sums: new Float64Array(k + 1), squares: new Float64Array(k + 1) };
    for (let column = 0; column <= k; column++) {
      for (let run = 0; run < runs; run++) {
        const at = (run * groups + Math.floor(column / GROUP)) * GROUP + (column % GROUP);
        moments.sums[column] += plain[at];
        moments.squares[column] += squared[at];
      }
      if (rows > 0) {
        moments.squares[column] = Math.max(0, moments.squares[column] - moments.sums[column] ** 2 / rows);
      }
    }
    return moments;
  };
}
