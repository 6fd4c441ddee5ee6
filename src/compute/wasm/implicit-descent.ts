import { checkImplicit } from '../check.ts';
import type { ImplicitDescent, ImplicitProblem } from '../device.ts';
import { ArenaPlan, doublesAt, floatsAt, padRows, strideOf, unpadRows, wordsAt } from './arena.ts';
import type { Engine } from './arena-pool.ts';
import { placeMatrix, rowScratch } from './side.ts';
import { Workspace } from './workspace.ts';

/** Fields of `ImplicitSide` and `GramTask` in assembly/implicit.ts, 4 bytes each. */
const SIDE_FIELDS = 14;
const GRAM_FIELDS = 5;
/** A Gram matrix is summed in at most this many parts, of at least so many rows. */
const GRAM_CHUNKS = 32;
const FEWEST_GRAM_ROWS = 128;

/**
 * Coordinate descent over all pairs in WebAssembly, with the Gram matrix of the other side. Takes 16
 * bytes per observed pair, 4·(k + 1) per row, and 8·k² for each of up to 32 parts of a Gram matrix.
 */
export function implicitDescent(engine: Engine, problem: ImplicitProblem): ImplicitDescent {
  checkImplicit(problem);
  const { byUser, byItem, factors: k, unobservedWeight, initial } = problem;
  const stride = strideOf(k);
  const plan = new ArenaPlan();
  const scratch = rowScratch([byUser, byItem], stride);
  const gramPartials = plan.doubles(GRAM_CHUNKS * stride * stride);

  const place = (matrix: typeof byUser) => {
    const rowsPerGramChunk = Math.max(FEWEST_GRAM_ROWS, Math.ceil(matrix.rows / GRAM_CHUNKS));
    return {
      rows: matrix.rows,
      matrix: placeMatrix(plan, matrix),
      // one row more: the zeros that pad a row's neighbours
      factors: plan.words((matrix.rows + 1) * stride),
      reg: plan.words(matrix.rows),
      /** w·FᵀF of this side, which the other side's rows need */
      weightedGram: plan.words(stride * stride),
      rowsPerGramChunk,
      gramChunks: Math.ceil(matrix.rows / rowsPerGramChunk),
      task: plan.words(SIDE_FIELDS),
      gramTask: plan.words(GRAM_FIELDS),
    };
  };
  type Side = ReturnType<typeof place>;
  const user = place(byUser);
  const item = place(byItem);
  const workspace = new Workspace(engine, plan, scratch.bytes);

  const fill = (own: Side, other: Side, reg: Float32Array, factors: Float32Array, wantsLoss: boolean) => {
    const { memory } = workspace;
    own.matrix.fill(memory);
    const { pointers, indices, values, chunks, partials } = own.matrix;
    wordsAt(memory, own.task, SIDE_FIELDS).set([
      ...[pointers, indices, values, own.factors, own.reg, other.factors, other.weightedGram, chunks, partials],
      ...[other.rows, k, stride, scratch.blockFloats, wantsLoss ? 1 : 0],
    ]);
    wordsAt(memory, own.gramTask, GRAM_FIELDS).set([own.factors, own.rows, stride, own.rowsPerGramChunk, gramPartials]);
    floatsAt(memory, own.reg, own.rows).set(reg);
    padRows(factors, k, floatsAt(memory, own.factors, own.rows * stride), stride);
  };
  fill(user, item, problem.userReg, initial.userFactors, false);
  fill(item, user, problem.itemReg, initial.itemFactors, true);

  /** Adds up the parts of a side's Gram matrix in their order; leaves w·G where the kernels read it. */
  const sumGram = (side: Side): Float64Array => {
    const size = stride * stride;
    const parts = doublesAt(workspace.memory, gramPartials, side.gramChunks * size);
    const gram = new Float64Array(size);
    for (let from = 0; from < parts.length; from += size) {
      for (let f = 0; f < stride; f++) {
        for (let g = f; g < stride; g++) gram[f * stride + g] += parts[from + f * stride + g];
      }
    }
    const weighted = floatsAt(workspace.memory, side.weightedGram, size);
    for (let f = 0; f < stride; f++) {
      for (let g = 0; g < stride; g++) {
        gram[f * stride + g] = gram[Math.min(f, g) * stride + Math.max(f, g)];
        weighted[f * stride + g] = unobservedWeight * gram[f * stride + g];
      }
    }
    return gram;
  };
  let confidence = 0;
  for (const c of byUser.values) confidence += c;
  // Gram matrix of the items as they are now: the end of one sweep is the beginning of the next
  let itemGram: Float64Array | null = null;

  return {
    async sweep(tell) {
      const { memory } = workspace;
      let everywhere = 0;
      const before = itemGram ? 0 : item.gramChunks;
      const chunks = before + [user, item].reduce((sum, side) => sum + side.matrix.chunkCount + side.gramChunks, 0);
      workspace.run((phase) => {
        if (!itemGram) {
          phase('gramRows', item.gramTask, item.gramChunks);
          sumGram(item);
        }
        phase('implicitRows', user.task, user.matrix.chunkCount);
        phase('gramRows', user.gramTask, user.gramChunks);
        const userGram = sumGram(user);
        phase('implicitRows', item.task, item.matrix.chunkCount);
        phase('gramRows', item.gramTask, item.gramChunks);
        itemGram = sumGram(item);
        // Σ over all pairs of (p·q)² is Σ_fg (PᵀP)_fg (QᵀQ)_fg
        for (let at = 0; at < userGram.length; at++) everywhere += userGram[at] * itemGram[at];
      }, tell && { tell, chunks });
      let observed = 0;
      for (const partial of doublesAt(memory, item.matrix.partials, item.matrix.chunkCount)) observed += partial;
      return { loss: confidence === 0 ? 0 : (observed + unobservedWeight * everywhere) / confidence };
    },
    async factors() {
      const { memory } = workspace;
      return {
        userFactors: unpadRows(floatsAt(memory, user.factors, user.rows * stride), stride, user.rows, k),
        itemFactors: unpadRows(floatsAt(memory, item.factors, item.rows * stride), stride, item.rows, k),
      };
    },
    destroy: () => workspace.destroy(),
  };
}
