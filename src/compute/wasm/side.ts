import type { Csr } from '../../base/sparse.ts';
import { type ArenaPlan, floatsAt, wordsAt } from './arena.ts';

/** Work per sweep is cut into at most this many chunks: enough to balance 16 threads. */
const MOST_CHUNKS = 128;
/** Entries below which a chunk is not worth handing out. */
const FEWEST_ENTRIES = 2048;
/** What a row costs besides its entries, in entries. */
const ROW_COST = 8;
/** Transposed factors of rows up to this long are kept in one block; longer rows go through in several. */
const WHOLE_ROW_ENTRIES = 4096;
/** Factors of the narrowest block. */
const NARROWEST_BLOCK = 4;

/** Row ranges [first, last) of about equal cost, the dearest first (a long row must not come last). */
export function rowChunks(matrix: Csr): Uint32Array {
  const { rows, pointers } = matrix;
  const total = pointers[rows] + ROW_COST * rows;
  const target = Math.max(FEWEST_ENTRIES, total / MOST_CHUNKS);
  const chunks: { first: number; last: number; cost: number }[] = [];
  for (let first = 0; first < rows; ) {
    let last = first;
    let cost = 0;
    while (last < rows && cost < target) {
      cost += pointers[last + 1] - pointers[last] + ROW_COST;
      last++;
    }
    chunks.push({ first, last, cost });
    first = last;
  }
  chunks.sort((x, y) => y.cost - x.cost || x.first - y.first);
  return Uint32Array.from(chunks.flatMap(({ first, last }) => [first, last]));
}

/** Scratch one thread needs for rows of these matrices: two numbers per entry and a block of transposed factors. */
export function rowScratch(matrices: readonly Csr[], stride: number): { bytes: number; blockFloats: number } {
  let longest = 1;
  for (const { rows, pointers } of matrices) {
    for (let row = 0; row < rows; row++) longest = Math.max(longest, pointers[row + 1] - pointers[row]);
  }
  // whole pairs of vectors, and one pair more where the kernels shift a row: assembly/row.ts
  longest = Math.ceil(longest / 8) * 8 + 8;
  const blockFloats = Math.max(stride * Math.min(longest, WHOLE_ROW_ENTRIES), NARROWEST_BLOCK * longest);
  return { bytes: 4 * (2 * longest + blockFloats), blockFloats };
}

/** Addresses of a matrix in an arena: 8 bytes per entry. */
export interface MatrixPlace {
  readonly pointers: number;
  readonly indices: number;
  readonly values: number;
  readonly chunks: number;
  readonly chunkCount: number;
  readonly partials: number;
  /** Copies the matrix in. */
  fill(memory: WebAssembly.Memory): void;
}

export function placeMatrix(plan: ArenaPlan, matrix: Csr): MatrixPlace {
  const ranges = rowChunks(matrix);
  const chunkCount = ranges.length / 2;
  const pointers = plan.words(matrix.rows + 1);
  const indices = plan.words(matrix.indices.length);
  const values = plan.words(matrix.indices.length);
  const chunks = plan.words(ranges.length);
  const partials = plan.doubles(chunkCount);
  return {
    pointers,
    indices,
    values,
    chunks,
    chunkCount,
    partials,
    fill(memory) {
      wordsAt(memory, pointers, matrix.rows + 1).set(matrix.pointers);
      wordsAt(memory, indices, matrix.indices.length).set(matrix.indices);
      floatsAt(memory, values, matrix.indices.length).set(matrix.values);
      wordsAt(memory, chunks, ranges.length).set(ranges);
    },
  };
}
