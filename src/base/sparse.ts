import { type Tell, TOLD_EVERY } from './progress.ts';

/**
 * Compressed sparse rows. Row r's entries stand at pointers[r] … pointers[r + 1] − 1 of `indices`
 * (columns, ascending within a row) and `values`. Immutable once built.
 */
export interface Csr {
  readonly rows: number;
  readonly columns: number;
  /** length rows + 1 */
  readonly pointers: Uint32Array;
  /** length nnz */
  readonly indices: Uint32Array;
  /** length nnz */
  readonly values: Float32Array;
}

/** Parallel arrays: pair p is (users[p], items[p]) with values[p]. */
export interface Pairs {
  readonly users: Uint32Array;
  readonly items: Uint32Array;
  readonly values: Float32Array;
}

/** The number of stored entries. */
export function nnz(matrix: Csr): number {
  return matrix.indices.length;
}

/**
 * Rows and columns exchanged (counting sort, O(nnz)); columns come out ascending within each row. `into`: a matrix
 * of as many entries whose memory is written over instead of taking more. `tell` learns the share that is done.
 */
export function transpose(matrix: Csr, into?: Csr, tell?: Tell): Csr {
  const { rows, columns, pointers, indices, values } = matrix;
  const outPointers = new Uint32Array(columns + 1);
  for (let e = 0; e < indices.length; e++) outPointers[indices[e] + 1]++;
  for (let c = 0; c < columns; c++) outPointers[c + 1] += outPointers[c];
  const cursor = outPointers.slice(0, columns);
  let told = 0;
  const outIndices = into?.indices ?? new Uint32Array(indices.length);
  const outValues = into?.values ?? new Float32Array(indices.length);
  for (let r = 0; r < rows; r++) {
    for (let e = pointers[r]; e < pointers[r + 1]; e++) {
      const at = cursor[indices[e]]++;
      outIndices[at] = r;
      outValues[at] = values[e];
    }
    if (tell && pointers[r + 1] - told >= TOLD_EVERY) {
      told = pointers[r + 1];
      tell(told / indices.length);
    }
  }
  return { rows: columns, columns: rows, pointers: outPointers, indices: outIndices, values: outValues };
}

/** Rows `first` … `end` − 1 as a matrix of their own. Indices and values are views of the whole one's. */
export function rowsBetween({ columns, pointers, indices, values }: Csr, first: number, end: number): Csr {
  const start = pointers[first];
  return {
    rows: end - first,
    columns,
    pointers: pointers.slice(first, end + 1).map((pointer) => pointer - start),
    indices: indices.subarray(start, pointers[end]),
    values: values.subarray(start, pointers[end]),
  };
}

/**
 * The matrix in consecutive blocks of whole rows, each with the number of its first one, of `entries` entries at most
 * (a row that has more stands alone).
 */
export function* rowBlocks(matrix: Csr, entries: number): Generator<{ first: number; block: Csr }> {
  const { rows, pointers } = matrix;
  for (let first = 0, end = 0; first < rows; first = end) {
    end = first + 1;
    while (end < rows && pointers[end + 1] - pointers[first] <= entries) end++;
    yield { first, block: rowsBetween(matrix, first, end) };
  }
}

/** Position of (row, column) in the matrix, −1 where it is not stored. */
export function findEntry({ pointers, indices }: Csr, row: number, column: number): number {
  let low = pointers[row];
  let high = pointers[row + 1] - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (indices[middle] === column) return middle;
    if (indices[middle] < column) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** Pairs to CSR by user (each pair at most once), columns ascending within a row. */
export function csrFromPairs(pairs: Pairs, rows: number, columns: number): Csr {
  const byItem = new Uint32Array(columns + 1);
  const count = pairs.users.length;
  for (let p = 0; p < count; p++) byItem[pairs.items[p] + 1]++;
  for (let c = 0; c < columns; c++) byItem[c + 1] += byItem[c];
  const order = new Uint32Array(count);
  const cursor = byItem.slice(0, columns);
  for (let p = 0; p < count; p++) order[cursor[pairs.items[p]]++] = p;

  const pointers = new Uint32Array(rows + 1);
  for (let p = 0; p < count; p++) pointers[pairs.users[p] + 1]++;
  for (let r = 0; r < rows; r++) pointers[r + 1] += pointers[r];
  const rowCursor = pointers.slice(0, rows);
  const indices = new Uint32Array(count);
  const values = new Float32Array(count);
  for (let at = 0; at < count; at++) {
    const p = order[at];
    const to = rowCursor[pairs.users[p]]++;
    indices[to] = pairs.items[p];
    values[to] = pairs.values[p];
  }
  return { rows, columns, pointers, indices, values };
}

/** The stored entries as parallel arrays, in row order. */
export function pairsFromCsr(matrix: Csr): Pairs {
  const users = new Uint32Array(matrix.indices.length);
  for (let r = 0; r < matrix.rows; r++) {
    users.fill(r, matrix.pointers[r], matrix.pointers[r + 1]);
  }
  return { users, items: matrix.indices, values: matrix.values };
}
