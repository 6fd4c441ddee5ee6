import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Tf } from './backend.ts';
import { adamScales, type BatchRows, BETA1, BETA2, type EmbeddingTable, EPSILON, RowGroups } from './embedding.ts';

/** Batch rows for backends whose memory is the CPU's own. */
export function cpuBatchRows(tableRows: number, capacity: number): BatchRows {
  const groups = new RowGroups(tableRows, capacity);
  const indices = new Int32Array(capacity);
  return {
    capacity,
    groups,
    indices,
    tensor: null,
    assign(rows, entries) {
      for (let e = 0; e < entries; e++) indices[e] = rows[e];
      indices.fill(0, entries);
      groups.assign(indices, entries);
    },
    destroy() {},
  };
}

/** A table in typed arrays, gathered and updated by plain loops: for the wasm and cpu backends. */
export function cpuTable(tf: Tf, values: Float32Array, rows: number, width: number): EmbeddingTable {
  const state = {
    values: values.slice(),
    first: new Float32Array(rows * width),
    second: new Float32Array(rows * width),
  };
  const sum = new Float64Array(width);
  // tfjs' wasm backend copies what it is given, its cpu backend keeps it: the latter needs fresh arrays.
  const copies = tf.getBackend() === 'wasm';
  let scratch = new Float32Array(0);

  return {
    rows,
    width,
    gather({ indices, capacity }) {
      const size = capacity * width;
      if (!copies || scratch.length !== size) scratch = new Float32Array(size);
      const { values: from } = state;
      for (let e = 0, to = 0; e < capacity; e++) {
        for (let at = indices[e] * width, end = at + width; at < end; at++) scratch[to++] = from[at];
      }
      return tf.tensor2d(scratch, [capacity, width]);
    },
    async update(gradient: Tensor2D, { groups }, step, regularization) {
      const g = (await gradient.data()) as Float32Array;
      const { values: x, first, second } = state;
      const { scale, correction } = adamScales(step);
      const { order, starts } = groups;
      for (let t = 0; t < groups.touched; t++) {
        const start = starts[t];
        const end = starts[t + 1];
        sum.fill(0);
        for (let e = start; e < end; e++) {
          const from = order[e] * width;
          for (let c = 0; c < width; c++) sum[c] += g[from + c];
        }
        const decay = regularization * (end - start);
        const base = groups.rows[t] * width;
        for (let c = 0; c < width; c++) {
          const at = base + c;
          const slope = sum[c] + decay * x[at];
          const m = BETA1 * first[at] + (1 - BETA1) * slope;
          const v = BETA2 * second[at] + (1 - BETA2) * slope * slope;
          first[at] = m;
          second[at] = v;
          x[at] -= (scale * m) / (Math.sqrt(v * correction) + EPSILON);
        }
      }
    },
    async read() {
      return state.values.slice();
    },
    async readState() {
      return { values: state.values.slice(), first: state.first.slice(), second: state.second.slice() };
    },
    restore(from) {
      state.values.set(from.values);
      state.first.set(from.first);
      state.second.set(from.second);
    },
    destroy() {},
  };
}
