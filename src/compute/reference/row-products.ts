import { throwIfAborted } from '../../base/error.ts';
import { yieldToEvents } from '../../base/progress.ts';
import type { Csr } from '../../base/sparse.ts';
import { checkMatrix } from '../check.ts';
import type { RowProductsRequest } from '../device.ts';

/** X Xᵀ, pair by pair: rows × rows. */
export async function rowProducts({ matrix, signal, tell }: RowProductsRequest): Promise<Float32Array> {
  checkMatrix('matrix', matrix);
  const { rows } = matrix;
  const out = new Float32Array(rows * rows);
  for (let a = 0; a < rows; a++) {
    throwIfAborted(signal);
    for (let b = a; b < rows; b++) {
      const product = rowProduct(matrix, a, b);
      out[a * rows + b] = product;
      out[b * rows + a] = product;
    }
    tell?.((a + 1) / rows);
    if (signal || tell) await yieldToEvents();
  }
  return out;
}

/** Both rows ascend: whoever is behind moves on. */
function rowProduct({ pointers, indices, values }: Csr, a: number, b: number): number {
  let sum = 0;
  for (let x = pointers[a], y = pointers[b]; x < pointers[a + 1] && y < pointers[b + 1]; ) {
    if (indices[x] === indices[y]) sum += values[x++] * values[y++];
    else if (indices[x] < indices[y]) x++;
    else y++;
  }
  return sum;
}
