/**
 * A miniature of a training step, held against plain loops before a backend is trusted: rows are gathered from a table,
 * go through a dense layer and a column to a squared loss, and what its gradients say is done by Adam to the layer and to
 * the table. Some drivers compute wrongly without an error, and these kernels are none of those the self-test asks.
 */
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { createRandom } from '../../base/random.ts';
import { apart, worse } from '../parity-difference.ts';
import type { TfjsBackend } from './backend.ts';
import { DenseAdam, denseColumn, denseRelu, squaredLoss } from './dense.ts';
import { BETA1, BETA2, EPSILON, type TableState } from './embedding.ts';

const [TABLE_ROWS, WIDTH, HIDDEN, CAPACITY, ENTRIES] = [7, 4, 6, 9, 8];
/** Rows of the batch: one three times, one not at all; the last entry is padding. */
const BATCH = Uint32Array.of(2, 5, 2, 0, 6, 2, 1, 5);
const STEP = { count: 3, learningRate: 1 };
const REGULARIZATION = 0.25;
/** A weight matrix, its bias and a column, one behind the other. */
const DENSE = WIDTH * HIDDEN + HIDDEN + HIDDEN;

interface Start {
  readonly table: TableState;
  readonly dense: TableState;
  readonly targets: Float32Array;
}

/** Moments are not zero: a first step of Adam from zero is the sign of a gradient and shows nothing of its size. */
export function seededStart(): Start {
  const random = createRandom(11);
  const state = (length: number): TableState => ({
    values: random.normals(length, 1),
    first: random.normals(length, 0.5),
    second: Float32Array.from({ length }, () => 0.5 + random.next()),
  });
  return { table: state(TABLE_ROWS * WIDTH), dense: state(DENSE), targets: random.normals(CAPACITY, 1) };
}

interface Outcome {
  readonly loss: number;
  readonly table: TableState;
  readonly dense: TableState;
}

/** The step in double precision, one number at a time. */
export function plainStep({ table, dense, targets }: Start = seededStart()): Outcome {
  const [bias, column] = [WIDTH * HIDDEN, WIDTH * HIDDEN + HIDDEN];
  const slopes = { table: new Float64Array(table.values.length), dense: new Float64Array(DENSE) };
  const touched = new Uint8Array(TABLE_ROWS);
  let loss = 0;
  for (let e = 0; e < ENTRIES; e++) {
    const row = BATCH[e] * WIDTH;
    touched[BATCH[e]] = 1;
    const before = Float64Array.from({ length: HIDDEN }, (_, h) => {
      let sum = dense.values[bias + h];
      for (let c = 0; c < WIDTH; c++) sum += table.values[row + c] * dense.values[c * HIDDEN + h];
      return sum;
    });
    const score = before.reduce((sum, x, h) => sum + Math.max(0, x) * dense.values[column + h], 0);
    loss += (score - targets[e]) ** 2;
    const slope = 2 * (score - targets[e]);
    for (let h = 0; h < HIDDEN; h++) {
      slopes.dense[column + h] += slope * Math.max(0, before[h]);
      if (before[h] <= 0) continue;
      const inner = slope * dense.values[column + h];
      slopes.dense[bias + h] += inner;
      for (let c = 0; c < WIDTH; c++) {
        slopes.dense[c * HIDDEN + h] += inner * table.values[row + c];
        slopes.table[row + c] += inner * dense.values[c * HIDDEN + h];
      }
    }
    for (let c = 0; c < WIDTH; c++) slopes.table[row + c] += REGULARIZATION * table.values[row + c];
  }
  return {
    loss,
    dense: plainAdam(dense, slopes.dense, () => true),
    table: plainAdam(table, slopes.table, (at) => touched[Math.floor(at / WIDTH)] === 1),
  };
}

function plainAdam(from: TableState, slopes: Float64Array, moves: (at: number) => boolean): TableState {
  const to = { values: from.values.slice(), first: from.first.slice(), second: from.second.slice() };
  slopes.forEach((slope, at) => {
    if (!moves(at)) return;
    const { count, learningRate } = STEP;
    const first = BETA1 * from.first[at] + (1 - BETA1) * slope;
    const second = BETA2 * from.second[at] + (1 - BETA2) * slope * slope;
    const move = first / (1 - BETA1 ** count) / (Math.sqrt(second / (1 - BETA2 ** count)) + EPSILON);
    to.values[at] = from.values[at] - learningRate * move;
    to.first[at] = first;
    to.second[at] = second;
  });
  return to;
}

/** The same on the backend. */
async function stepOn(backend: TfjsBackend, start: Start): Promise<Outcome> {
  const { tf, name } = backend;
  if (tf.getBackend() !== name) void tf.setBackend(name);
  const table = backend.table(start.table.values, TABLE_ROWS, WIDTH);
  table.restore(start.table);
  const rows = backend.batchRows(TABLE_ROWS, CAPACITY);
  rows.assign(BATCH, ENTRIES);
  const adam = new DenseAdam(tf, start.dense.values);
  adam.restore(start.dense.values, start.dense.first, start.dense.second);
  const kept: Tensor[] = [];
  try {
    const { loss, dense, gathered } = tf.tidy(() => {
      // A slice of one long array, as the networks have it: the wasm backend refuses a bias that was ever a matrix.
      const part = (at: number, shape: [number, number]) =>
        tf.reshape(tf.slice(adam.values, [at], [shape[0] * shape[1]]), shape);
      const targets = tf.tensor2d(start.targets, [CAPACITY, 1]);
      const counts = tf.tensor2d(
        Float32Array.from({ length: CAPACITY }, (_, e) => (e < ENTRIES ? 1 : 0)),
        [CAPACITY, 1],
      );
      const ones = tf.ones([1, CAPACITY]) as Tensor2D;
      const { value, grads } = tf.valueAndGrads((...given) => {
        const [x, w, bias, column] = given as Tensor2D[];
        return squaredLoss(tf, denseColumn(tf, denseRelu(tf, [{ x, w }], bias, ones), column), targets, counts);
      })([
        table.gather(rows),
        part(0, [WIDTH, HIDDEN]),
        part(WIDTH * HIDDEN, [1, HIDDEN]),
        part(WIDTH * HIDDEN + HIDDEN, [HIDDEN, 1]),
      ]);
      const flat = tf.concat1d(grads.slice(1).map((gradient) => tf.reshape(gradient, [-1]) as Tensor1D));
      return { loss: value, dense: flat, gathered: grads[0] as Tensor2D };
    });
    kept.push(loss, dense, gathered);
    adam.update(() => dense, STEP);
    await table.update(gathered, rows, STEP, REGULARIZATION);
    const read = async (tensor: Tensor) => Float32Array.from(await tensor.data());
    return {
      loss: (await read(loss))[0],
      dense: { values: await read(adam.values), first: await read(adam.first), second: await read(adam.second) },
      table: await table.readState(),
    };
  } finally {
    for (const tensor of kept) if (!tensor.isDisposed) tensor.dispose();
    adam.destroy();
    table.destroy();
    rows.destroy();
  }
}

/** How far the step on the backend is from the plain one, as devices are compared (`TOLERANCE.kernel`). */
export async function stepDifference(backend: TfjsBackend): Promise<number> {
  const start = seededStart();
  const [found, wanted] = [await stepOn(backend, start), plainStep(start)];
  let worst = apart([found.loss], [wanted.loss]);
  for (const side of ['dense', 'table'] as const) {
    for (const part of ['values', 'first', 'second'] as const) {
      worst = worse(worst, apart(found[side][part], wanted[side][part]));
    }
  }
  return worst;
}
