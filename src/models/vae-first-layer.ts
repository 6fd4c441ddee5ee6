/**
 * The first layer of the list autoencoder, a = bias + x·W with sparse rows x. On a processor only the rows of W that a
 * customer's choices name are added up, in plain loops: for 500 customers of MovieLens 1M and 200 units 20 ms, where a
 * dense product takes 50. On a GPU a dense product is cheaper than what sparse rows need. Both take the same steps of
 * Adam over all of W.
 */
import { DenseAdam } from '../compute/tfjs/dense.ts';
import type { AdamStep } from '../compute/tfjs/embedding.ts';
import type { Tensor1D, Tensor2D, TfjsRuntime } from '../compute/tfjs.ts';
import type { VaeBatch } from './vae-batches.ts';

/** Values and Adam's moments, products × hidden each. */
export interface LayerState {
  readonly values: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
}

export interface FirstLayer {
  /** The batch on the device: 1 where something was chosen, batch × products; and x·W, batch × hidden. */
  forward(batch: VaeBatch): { readonly chosen: Tensor2D; readonly sums: Tensor2D };
  /** One step of Adam from the gradient with respect to x·W of the batch `forward` was last called with. */
  step(slope: Tensor2D, adam: AdamStep, weightDecay: number): Promise<void>;
  state(): Promise<LayerState>;
  restore(state: LayerState): void;
  destroy(): void;
}

interface LayerSize {
  readonly products: number;
  readonly hidden: number;
  readonly batchCustomers: number;
}

/** Rows added up in typed arrays: for backends whose memory is the processor's own. */
export function sparseLayer({ tf, read, kind }: TfjsRuntime, encoder: Float32Array, size: LayerSize): FirstLayer {
  const { products, hidden, batchCustomers } = size;
  // Twice as fast as a loop here, which has no vectors: 7 ms for MovieLens 1M and 200 units.
  const adam = new DenseAdam(tf, encoder);
  let values = encoder;
  /** Rows of the batch that show each product: rowsOf[starts[product]] …. */
  const starts = new Uint32Array(products + 1);
  let rowsOf = new Uint32Array(0);
  let current: VaeBatch | null = null;
  // tfjs' wasm backend copies what it is given, its cpu backend keeps it: the latter needs fresh arrays. Fresh ones at
  // every step are a fifth of the time in collecting garbage.
  const scratch = new Map<string, Float32Array>();
  const zeros = (name: string, length: number) => {
    const known = kind === 'wasm' ? scratch.get(name) : undefined;
    if (known) return known.fill(0);
    const fresh = new Float32Array(length);
    scratch.set(name, fresh);
    return fresh;
  };

  const group = ({ shown, shownPointers, count }: VaeBatch) => {
    starts.fill(0);
    for (const column of shown) starts[column + 1]++;
    for (let column = 0; column < products; column++) starts[column + 1] += starts[column];
    if (rowsOf.length < shown.length) rowsOf = new Uint32Array(shown.length);
    const next = starts.slice(0, products);
    for (let row = 0; row < count; row++) {
      for (let e = shownPointers[row]; e < shownPointers[row + 1]; e++) rowsOf[next[shown[e]]++] = row;
    }
  };

  return {
    forward(batch) {
      current = batch;
      const chosen = zeros('chosen', batchCustomers * products);
      const sums = zeros('sums', batchCustomers * hidden);
      const { pointers, columns, shownPointers, shown, scale } = batch;
      for (let row = 0; row < batch.count; row++) {
        for (let e = pointers[row]; e < pointers[row + 1]; e++) chosen[row * products + columns[e]] = 1;
        addRows(values, hidden, shown, shownPointers[row], shownPointers[row + 1], sums, row * hidden);
        for (let at = row * hidden, end = at + hidden; at < end; at++) sums[at] *= scale[row];
      }
      return {
        chosen: tf.tensor2d(chosen, [batchCustomers, products]),
        sums: tf.tensor2d(sums, [batchCustomers, hidden]),
      };
    },
    async step(slope, step, weightDecay) {
      const batch = current;
      if (!batch) throw new TypeError('a step without a batch');
      const scaled = (await read(slope)).slice();
      for (let row = 0; row < batch.count; row++) {
        for (let at = row * hidden, end = at + hidden; at < end; at++) scaled[at] *= batch.scale[row];
      }
      group(batch);
      const sums = zeros('gradient', products * hidden);
      for (let column = 0; column < products; column++) {
        addRows(scaled, hidden, rowsOf, starts[column], starts[column + 1], sums, column * hidden);
      }
      adam.update(() => tf.tensor1d(sums), step, weightDecay);
      values = await read(adam.values);
    },
    state: () => stateOf(adam, read),
    restore(state) {
      adam.restore(state.values, state.first, state.second);
      values = state.values;
    },
    destroy: () => adam.destroy(),
  };
}

async function stateOf(adam: DenseAdam, read: TfjsRuntime['read']): Promise<LayerState> {
  const [values, first, second] = [await read(adam.values), await read(adam.first), await read(adam.second)];
  return { values: values.slice(), first: first.slice(), second: second.slice() };
}

/** into[to …] += Σ rows[e] of a matrix, e from … end. Four rows at once: `into` is read and written a quarter as often. */
export function addRows(
  matrix: Float32Array,
  width: number,
  rows: Uint32Array,
  from: number,
  end: number,
  into: Float32Array,
  to = 0,
): void {
  let e = from;
  for (; e + 3 < end; e += 4) {
    const a = rows[e] * width;
    const b = rows[e + 1] * width;
    const c = rows[e + 2] * width;
    const d = rows[e + 3] * width;
    for (let h = 0; h < width; h++) into[to + h] += matrix[a + h] + matrix[b + h] + matrix[c + h] + matrix[d + h];
  }
  for (; e < end; e++) {
    const a = rows[e] * width;
    for (let h = 0; h < width; h++) into[to + h] += matrix[a + h];
  }
}

/** W on the device, multiplied densely. */
export function denseLayer({ tf, read }: TfjsRuntime, encoder: Float32Array, size: LayerSize): FirstLayer {
  const { products, hidden, batchCustomers } = size;
  const adam = new DenseAdam(tf, encoder);
  let input: Tensor2D | null = null;
  return {
    forward({ count, pointers, columns, shownPointers, shown, scale }) {
      // One upload for both: 1 for what was chosen and is hidden, 2 for what the input shows.
      const marks = new Float32Array(batchCustomers * products);
      for (let row = 0; row < count; row++) {
        for (let e = pointers[row]; e < pointers[row + 1]; e++) marks[row * products + columns[e]] = 1;
        for (let e = shownPointers[row]; e < shownPointers[row + 1]; e++) marks[row * products + shown[e]] = 2;
      }
      input?.dispose();
      const made = tf.tidy(() => {
        const both = tf.tensor2d(marks, [batchCustomers, products]);
        const x = tf.mul(tf.relu(tf.sub(both, 1)), tf.tensor2d(scale.slice(), [batchCustomers, 1])) as Tensor2D;
        const w = tf.reshape(adam.values, [products, hidden]) as Tensor2D;
        return { x, chosen: tf.minimum(both, 1) as Tensor2D, sums: tf.matMul(x, w) as Tensor2D };
      });
      input = tf.keep(made.x);
      return { chosen: made.chosen, sums: made.sums };
    },
    async step(slope, step, weightDecay) {
      const x = input;
      if (!x) throw new TypeError('a step without a batch');
      adam.update(() => tf.reshape(tf.matMul(x, slope, true), [-1]) as Tensor1D, step, weightDecay);
    },
    state: () => stateOf(adam, read),
    restore: ({ values, first, second }) => adam.restore(values, first, second),
    destroy() {
      input?.dispose();
      adam.destroy();
    },
  };
}
