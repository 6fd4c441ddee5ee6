import { throwIfAborted } from '../../base/error.ts';
import { yieldToEvents } from '../../base/progress.ts';
import { checkHeld, checkTimesSparse } from '../check.ts';
import type { HeldMatrix, HeldMatrixRequest } from '../device.ts';

/** Row by row: the weighted sum of the rows that a row of the sparse matrix names. */
export function holdMatrix({ data, columns }: HeldMatrixRequest): HeldMatrix {
  const rows = checkHeld(data, columns);
  let held: Float32Array | null = data.slice();
  return {
    async timesSparse(matrix, signal) {
      if (!held) throw new TypeError('used after destroy()');
      checkTimesSparse(matrix, rows);
      const { pointers, indices, values } = matrix;
      const out = new Float32Array(matrix.rows * columns);
      const sums = new Float64Array(columns);
      for (let row = 0; row < matrix.rows; row++) {
        throwIfAborted(signal);
        sums.fill(0);
        for (let entry = pointers[row]; entry < pointers[row + 1]; entry++) {
          const from = indices[entry] * columns;
          for (let column = 0; column < columns; column++) sums[column] += values[entry] * held[from + column];
        }
        out.set(sums, row * columns);
        if (!signal) continue;
        await yieldToEvents();
        if (!held) throw new TypeError('used after destroy()');
      }
      return out;
    },
    destroy() {
      held = null;
    },
  };
}
