import { throwIfAborted } from '../../base/error.ts';
import { yieldToEvents } from '../../base/progress.ts';
import { checkInverse } from '../check.ts';
import type { InverseRequest } from '../device.ts';

/** Work is told of in three parts: L, its inverse, and their product. */
const PARTS = 3;

/** A⁻¹ = L⁻ᵀL⁻¹ with A = LLᵀ (Cholesky), in double precision: size × size. */
export async function invert({ matrix, size, signal, tell }: InverseRequest): Promise<Float32Array> {
  checkInverse(matrix, size);
  const lower = new Float64Array(size * size);
  const inverse = new Float64Array(size * size);
  const out = new Float32Array(size * size);
  const turn = async (part: number, row: number) => {
    throwIfAborted(signal);
    tell?.((part + (row + 1) / size) / PARTS);
    if (signal || tell) await yieldToEvents();
  };
  for (let row = 0; row < size; row++) {
    factorRow(matrix, lower, size, row);
    await turn(0, row);
  }
  for (let row = 0; row < size; row++) {
    invertRow(lower, inverse, size, row);
    await turn(1, row);
  }
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = 0;
      for (let k = row; k < size; k++) sum += inverse[k * size + row] * inverse[k * size + column];
      out[row * size + column] = sum;
      out[column * size + row] = sum;
    }
    await turn(2, row);
  }
  return out;
}

/** Row of L: L_rc = (A_rc − Σ_k L_rk L_ck) / L_cc. Throws RangeError where a pivot is not positive. */
function factorRow(matrix: Float32Array, lower: Float64Array, size: number, row: number): void {
  for (let column = 0; column <= row; column++) {
    let rest: number = matrix[row * size + column];
    for (let k = 0; k < column; k++) rest -= lower[row * size + k] * lower[column * size + k];
    if (column < row) {
      lower[row * size + column] = rest / lower[column * size + column];
    } else {
      if (!(rest > 0 && rest < Number.POSITIVE_INFINITY)) throw new RangeError(`pivot ${row} is ${rest}`);
      lower[row * size + row] = Math.sqrt(rest);
    }
  }
}

/** Row of L⁻¹, from L L⁻¹ = I and the rows above. */
function invertRow(lower: Float64Array, inverse: Float64Array, size: number, row: number): void {
  const pivot = lower[row * size + row];
  for (let column = 0; column < row; column++) {
    let sum = 0;
    for (let k = column; k < row; k++) sum += lower[row * size + k] * inverse[k * size + column];
    inverse[row * size + column] = -sum / pivot;
  }
  inverse[row * size + row] = 1 / pivot;
}
