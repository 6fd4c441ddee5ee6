import type { Csr } from '../../base/sparse.ts';
import { type BufferSet, bind, dispatch, type GpuContext, spread } from './context.ts';
import { capacityFor, rowSolveWgsl, SHORT_ROW } from './row-solve.wgsl.ts';

/** 4-byte words of `Row` in row-solve.wgsl.ts. */
const ROW_WORDS = 6;
/** Entry visits (entries × groups of four) one submit may hold: about 10 ms on an integrated GPU. */
const VISITS_PER_SUBMIT = 1 << 25;
/** What a row costs besides its entries, in entry visits. */
const ROW_OVERHEAD = 64;

/** A run of rows that go to the GPU in one submit. */
export interface RowBatch {
  readonly first: number;
  readonly count: number;
  readonly long: boolean;
}

/**
 * The order in which rows go to the GPU: short rows, then long ones, each the longest first so that the last
 * workgroups are small, cut into batches of bounded work. Rows do not see each other: the order changes nothing.
 */
export function batchRows(pointers: Uint32Array, groups: number): { order: Uint32Array; batches: RowBatch[] } {
  const rows = pointers.length - 1;
  const length = (row: number) => pointers[row + 1] - pointers[row];
  const isLong = (row: number) => length(row) > SHORT_ROW;
  const order = Uint32Array.from({ length: rows }, (_, row) => row).sort(
    (a, b) => Number(isLong(a)) - Number(isLong(b)) || length(b) - length(a) || a - b,
  );
  const batches: RowBatch[] = [];
  let first = 0;
  let visits = 0;
  for (let at = 0; at < rows; at++) {
    const cost = (length(order[at]) + ROW_OVERHEAD) * groups;
    const long = isLong(order[first]);
    if (at > first && (visits + cost > VISITS_PER_SUBMIT || isLong(order[at]) !== long)) {
      batches.push({ first, count: at - first, long });
      first = at;
      visits = 0;
    }
    visits += cost;
  }
  if (rows > first) batches.push({ first, count: rows - first, long: isLong(order[first]) });
  return { order, batches };
}

/** What the kernel needs to know of one side besides the factors. */
export interface SideProblem {
  readonly name: string;
  readonly kind: 'explicit' | 'implicit';
  readonly matrix: Csr;
  readonly groups: number;
  readonly factorReg: Float32Array;
  /** The weight on coordinate 0: biases where there are any. */
  readonly firstReg: Float32Array;
  readonly mean: number;
  readonly unobserved: number;
  /** Whether Σ e² by row is wanted afterwards. */
  readonly withLoss: boolean;
}

/** Buffers the kernel works on, created by the session that owns the factors. */
export interface SideBuffers {
  readonly own: GPUBuffer;
  readonly other: GPUBuffer;
  /** The other side's Gram matrix (implicit only). */
  readonly gram?: GPUBuffer;
}

/** The solve of all rows of one side, ready to be submitted again and again. */
export interface Side {
  /** Σ e² (weighted) of each row after the last solve; all zeros unless `withLoss`. */
  readonly rowLoss: GPUBuffer;
  readonly rows: number;
  /** Submits the solve of every row, in several submits where it is long. */
  submit(): void;
}

/** The kernels of a side, compiled; `long` only where there are long rows. */
export interface RowSolve {
  readonly short: GPUComputePipeline;
  readonly long: GPUComputePipeline | null;
}

export async function compileRowSolve(
  context: GpuContext,
  kind: 'explicit' | 'implicit',
  groups: number,
  matrices: readonly Csr[],
): Promise<RowSolve> {
  const compile = (long: boolean) =>
    context.pipeline(
      `${kind} rows ${long ? 'long' : 'short'}`,
      rowSolveWgsl({
        capacity: capacityFor(groups),
        long,
        lanes: long ? context.lanes.longRow : context.lanes.shortRow,
        kind,
      }),
    );
  const [short, long] = await Promise.all([compile(false), matrices.some(hasLongRow) ? compile(true) : null]);
  return { short, long };
}

function hasLongRow({ pointers }: Csr): boolean {
  return pointers.some((pointer, row) => row > 0 && pointer - pointers[row - 1] > SHORT_ROW);
}

/** Uploads a side and prepares its dispatches. Call inside `GpuContext.allocate`. */
export function createSide(
  context: GpuContext,
  buffers: BufferSet,
  pipelines: RowSolve,
  problem: SideProblem,
  { own, other, gram }: SideBuffers,
): Side {
  const { name, matrix, groups } = problem;
  const { order, batches } = batchRows(matrix.pointers, groups);
  const { table, longEntries } = rowTable(problem, order);
  const rowsBuffer = buffers.upload(`${name} rows`, table);
  const entriesBuffer = buffers.upload(`${name} entries`, interleave(matrix));
  const rowLoss = buffers.storage(`${name} loss`, matrix.rows * 4);
  const longResiduals = longEntries > 0 ? buffers.storage(`${name} long residuals`, longEntries * 4) : null;

  const launches = batches.map(({ first, count, long }) => {
    const pipeline = (long ? pipelines.long : null) ?? pipelines.short;
    const size = spread(count);
    const params = buffers.uniform(
      `${name} params`,
      [first, count, size[0], problem.withLoss ? 1 : 0, groups],
      [problem.mean, problem.unobserved],
    );
    const bound = [params, rowsBuffer, entriesBuffer, other, own, rowLoss];
    if (gram) bound.push(gram);
    if (long && longResiduals) bound.push(longResiduals);
    return { pipeline, size, group: bind(context.gpu, pipeline, bound) };
  });

  return {
    rowLoss,
    rows: matrix.rows,
    submit() {
      for (const { pipeline, group, size } of launches) {
        const encoder = context.gpu.createCommandEncoder({ label: name });
        dispatch(encoder, pipeline, group, size);
        context.gpu.queue.submit([encoder.finish()]);
      }
    },
  };
}

/** `Row` structs in launch order; the long rows get consecutive places for their residuals. */
function rowTable(
  { matrix, factorReg, firstReg }: SideProblem,
  order: Uint32Array,
): { table: Uint32Array<ArrayBuffer>; longEntries: number } {
  const table = new Uint32Array(order.length * ROW_WORDS);
  const reals = new Float32Array(table.buffer);
  let longEntries = 0;
  for (let at = 0; at < order.length; at++) {
    const row = order[at];
    const begin = matrix.pointers[row];
    const end = matrix.pointers[row + 1];
    const word = at * ROW_WORDS;
    table[word] = row;
    table[word + 1] = begin;
    table[word + 2] = end;
    if (end - begin > SHORT_ROW) {
      table[word + 3] = longEntries;
      longEntries += end - begin;
    }
    reals[word + 4] = firstReg[row];
    reals[word + 5] = factorReg[row];
  }
  return { table, longEntries };
}

/** (column, value) pairs, so that a lane reads its entry in one 8-byte access. */
function interleave(matrix: Csr): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(matrix.indices.length * 2);
  const reals = new Float32Array(words.buffer);
  for (let e = 0; e < matrix.indices.length; e++) {
    words[2 * e] = matrix.indices[e];
    reals[2 * e + 1] = matrix.values[e];
  }
  return words;
}
