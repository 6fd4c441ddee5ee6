import type { Csr } from '../../base/sparse.ts';
import { type BufferSet, bind, dispatch, type GpuContext, spread } from './context.ts';
import type { Gathered } from './gathered.ts';
import { cutStretch, type Launch, orderRows, type RowOrder } from './row-order.ts';
import { rowSolveWgsl, type SolveKind } from './row-solve.wgsl.ts';
import { recut, type SweepTimer } from './sweep-timer.ts';
import { laneSum, type RowClass } from './workgroups.ts';

/** 4-byte words of `Row` in row-solve.wgsl.ts. */
const ROW_WORDS = 6;
/** Bytes of an entry: column and value. */
const ENTRY_BYTES = 8;
/** Entries written to the GPU at once: what a fit takes from the CPU besides its matrices is 4 MB. */
const ENTRIES_PER_WRITE = 1 << 19;

/** What the kernel needs to know of one side besides the factors. */
export interface SideProblem {
  readonly name: string;
  readonly kind: SolveKind;
  readonly matrix: Csr;
  readonly groups: number;
  /** Weights by row on factors and (explicit only) on biases; none where there is a prior. */
  readonly factorReg: Float32Array | null;
  readonly biasReg: Float32Array | null;
  readonly mean: number;
  readonly unobserved: number;
}

/** Buffers the kernel works on, created by the session that owns the factors. */
export interface SideBuffers {
  readonly own: GPUBuffer;
  /** What the rows of the other side read of these, brought up to date after each solve. */
  readonly gathered: Gathered;
  /** What is read of the other side. */
  readonly other: Gathered;
  /** The other side's and the own biases (none for implicit). */
  readonly biases: readonly GPUBuffer[];
  /** The other side's Gram matrix (implicit only). */
  readonly gram: GPUBuffer | null;
  /** What columns are drawn towards (sampled only). */
  readonly prior: GPUBuffer | null;
  /** Room for `scratchEntries` residuals; both sides may use the same. */
  readonly residuals: GPUBuffer;
}

/** The solve of all rows of one side, ready to be submitted again and again. */
export interface Side {
  /** Σ e² (weighted) of each row after the last solve. */
  readonly rowLoss: GPUBuffer;
  readonly rows: number;
  /** Submits the solve of every row, in as many submits as the pace of the device asks for. */
  submit(timer: SweepTimer): void;
}

/** Rows of one side in launch order, and the kernels for them. */
export interface SidePlan {
  readonly rowOrder: RowOrder;
  /** Residuals that lie outside workgroup memory at one time. */
  readonly scratchEntries: number;
  readonly pipelines: ReadonlyMap<RowClass, GPUComputePipeline>;
}

/** Orders the rows of a side and compiles what they need. */
export async function planSide(context: GpuContext, kind: SolveKind, matrix: Csr, rowMeans = false): Promise<SidePlan> {
  const { rowClasses } = context.workgroups;
  const rowOrder = orderRows(matrix.pointers, rowClasses, Math.floor(context.bindingBytes / ENTRY_BYTES));
  const needed = [...new Set(rowOrder.stretches.map(({ rowClass }) => rowClass))];
  const pipelines = await Promise.all(
    needed.map(async (rowClass) => {
      const { lanes, rows, upTo, inWorkgroup } = rowClass;
      const sum = laneSum(rowClass, context.subgroupSize);
      const room = inWorkgroup ? upTo : 0;
      const code = rowSolveWgsl({ kind, lanes, rows, room, sum, half: context.halfReads, rowMeans });
      return [rowClass, await context.pipeline(`${kind} rows of up to ${upTo}`, code)] as const;
    }),
  );
  const { stretches, starts, parts } = rowOrder;
  const scratch = new Float64Array(parts.length);
  for (const { first, count, rowClass, part } of stretches) {
    if (!rowClass.inWorkgroup) scratch[part] += starts[first + count] - starts[first];
  }
  return { rowOrder, scratchEntries: Math.max(...scratch), pipelines: new Map(pipelines) };
}

/** Uploads a side and prepares its launches. Call inside `GpuContext.allocate`. */
export function createSide(
  context: GpuContext,
  buffers: BufferSet,
  { rowOrder, pipelines }: SidePlan,
  problem: SideProblem,
  { own, gathered, other, biases, gram, prior, residuals }: SideBuffers,
): Side {
  const { name, kind, matrix, groups, mean, unobserved } = problem;
  const { stretches, starts } = rowOrder;
  const table = buffers.upload(`${name} rows`, rowTable(problem, rowOrder));
  const entries = uploadEntries(context, buffers, name, matrix, rowOrder);
  const rowLoss = buffers.storage(`${name} loss`, matrix.rows * 4);

  const prepare = ({ first, count, rowClass, part }: Launch, launchBuffers: BufferSet) => {
    const pipeline = pipelines.get(rowClass)!;
    const size = spread(Math.ceil(count / rowClass.rows));
    const params = launchBuffers.uniform(`${name} params`, [first, count, size[0], groups], [mean, unobserved]);
    const bound = [params, table, entries[part], other.buffer, own, rowLoss, ...biases];
    if (gram) bound.push(gram);
    if (prior) bound.push(prior);
    if (!rowClass.inWorkgroup) bound.push(residuals);
    return { pipeline, size, group: bind(context.gpu, pipeline, bound) };
  };

  const launches = recut(buffers, context.pace, (most, set) =>
    stretches
      .flatMap((stretch) => cutStretch(stretch, starts, groups, most))
      .map((launch) => ({ visits: launch.visits, ...prepare(launch, set) })),
  );
  return {
    rowLoss,
    rows: matrix.rows,
    submit(timer) {
      const all = launches();
      all.forEach(({ visits, pipeline, group, size }, at) => {
        const encoder = context.gpu.createCommandEncoder({ label: `${kind} ${name}` });
        dispatch(encoder, pipeline, group, size, timer.pass(visits));
        if (at === all.length - 1) gathered.record(encoder);
        context.gpu.queue.submit([encoder.finish()]);
      });
    },
  };
}

/** `Row` structs in launch order: where its entries begin in its part, and its residuals in the scratch. */
function rowTable({ factorReg, biasReg }: SideProblem, rowOrder: RowOrder): Uint32Array<ArrayBuffer> {
  const { order, stretches, starts, parts } = rowOrder;
  const table = new Uint32Array(order.length * ROW_WORDS);
  const reals = new Float32Array(table.buffer);
  let scratch = 0;
  let part = 0;
  for (const stretch of stretches) {
    if (stretch.part !== part) {
      part = stretch.part;
      scratch = 0;
    }
    for (let at = stretch.first; at < stretch.first + stretch.count; at++) {
      const word = at * ROW_WORDS;
      const row = order[at];
      table[word] = row;
      table[word + 1] = starts[at] - starts[parts[part]];
      table[word + 2] = starts[at + 1] - starts[parts[part]];
      table[word + 3] = scratch;
      if (!stretch.rowClass.inWorkgroup) scratch += starts[at + 1] - starts[at];
      reals[word + 4] = biasReg ? biasReg[row] : 0;
      reals[word + 5] = factorReg ? factorReg[row] : 0;
    }
  }
  return table;
}

/** Entries in launch order as (column, value) pairs, a buffer for each part: one binding cannot hold them all everywhere. */
function uploadEntries(
  context: GpuContext,
  buffers: BufferSet,
  name: string,
  { pointers, indices, values }: Csr,
  { order, starts, parts }: RowOrder,
): GPUBuffer[] {
  const words = new Uint32Array(2 * ENTRIES_PER_WRITE);
  const reals = new Float32Array(words.buffer);
  return parts.slice(1).map((end, part) => {
    const buffer = buffers.storage(`${name} entries`, (starts[end] - starts[parts[part]]) * ENTRY_BYTES);
    let written = 0;
    let held = 0;
    const flush = () => {
      context.gpu.queue.writeBuffer(buffer, written * ENTRY_BYTES, words, 0, 2 * held);
      written += held;
      held = 0;
    };
    for (let at = parts[part]; at < end; at++) {
      for (let e = pointers[order[at]]; e < pointers[order[at] + 1]; e++) {
        words[2 * held] = indices[e];
        reals[2 * held + 1] = values[e];
        if (++held === ENTRIES_PER_WRITE) flush();
      }
    }
    flush();
    return buffer;
  });
}
