import type { Tensor, Tensor1D, Tensor2D, TensorInfo } from '@tensorflow/tfjs-core';
import type { Tf } from './backend.ts';
import { adamScales, type BatchRows, BETA1, BETA2, type EmbeddingTable, EPSILON, RowGroups } from './embedding.ts';

interface GlProgram {
  readonly variableNames: string[];
  readonly outputShape: number[];
  readonly userCode: string;
  readonly customUniforms?: { name: string; type: 'float' }[];
}

/** The parts of tfjs' WebGL backend used to run programs of our own. */
export interface TfjsGl {
  compileAndRun(program: GlProgram, inputs: TensorInfo[], outputDtype?: 'float32', uniforms?: number[][]): TensorInfo;
}

/** Each program writes a whole table; a row without entries in the batch comes out as it was. */
const SEGMENT_SUM = /* glsl */ `
void main() {
  ivec2 cell = getOutputCoords();
  int start = int(getPointers(cell.x));
  int end = int(getPointers(cell.x + 1));
  float sum = 0.0;
  for (int e = start; e < end; e++) {
    sum += getGradient(int(getOrder(e)), cell.y);
  }
  setOutput(sum + regularization * float(end - start) * getValues(cell.x, cell.y));
}`;

const MOMENT = (rate: number, gradient: string) => /* glsl */ `
void main() {
  ivec2 cell = getOutputCoords();
  float before = getMoment(cell.x, cell.y);
  float slope = getSlope(cell.x, cell.y);
  bool touched = getPointers(cell.x + 1) > getPointers(cell.x);
  setOutput(touched ? ${rate} * before + ${1 - rate} * ${gradient} : before);
}`;

const MOVE = /* glsl */ `
void main() {
  ivec2 cell = getOutputCoords();
  float x = getValues(cell.x, cell.y);
  bool touched = getPointers(cell.x + 1) > getPointers(cell.x);
  float root = sqrt(getSecond(cell.x, cell.y) * correction) + ${EPSILON};
  setOutput(touched ? x - scale * getFirst(cell.x, cell.y) / root : x);
}`;

interface GlBatchRows extends BatchRows {
  /** rows + 1: entries of row r are order[pointers[r]] … order[pointers[r + 1] − 1]. Zero entries for rows not touched. */
  readonly pointers: Tensor1D;
  readonly orderTensor: Tensor1D;
}

/** Fragment shaders cannot scatter, so every row of the table looks up its own entries of the sorted batch. */
export function webGlBatchRows(tf: Tf, tableRows: number, capacity: number): GlBatchRows {
  const groups = new RowGroups(tableRows, capacity);
  const indices = new Int32Array(capacity);
  const make = (values: Int32Array) => tf.keep(tf.tensor1d(values, 'int32'));
  let tensor = make(new Int32Array(capacity));
  let pointers = make(new Int32Array(tableRows + 1));
  let order = make(new Int32Array(capacity));
  const dispose = () => {
    for (const each of [tensor, pointers, order]) each.dispose();
  };
  return {
    capacity,
    groups,
    indices,
    get tensor() {
      return tensor;
    },
    get pointers() {
      return pointers;
    },
    get orderTensor() {
      return order;
    },
    assign(rows, entries) {
      for (let e = 0; e < entries; e++) indices[e] = rows[e];
      indices.fill(0, entries);
      groups.assign(indices, entries);
      // Rows in ascending order here, so that one array of pointers serves the whole table.
      const counts = new Int32Array(tableRows + 1);
      for (let e = 0; e < entries; e++) counts[indices[e] + 1]++;
      for (let r = 0; r < tableRows; r++) counts[r + 1] += counts[r];
      const sorted = new Int32Array(capacity);
      for (let t = 0; t < groups.touched; t++) {
        sorted.set(groups.order.subarray(groups.starts[t], groups.starts[t + 1]), counts[groups.rows[t]]);
      }
      dispose();
      tensor = make(indices.slice());
      pointers = make(counts);
      order = make(sorted);
    },
    destroy: dispose,
  };
}

export function webGlTable(tf: Tf, gl: TfjsGl, initial: Float32Array, rows: number, width: number): EmbeddingTable {
  const outputShape = [rows, width];
  const asTensor = (values: Float32Array) => tf.keep(tf.tensor2d(values.slice(), [rows, width]));
  let values = asTensor(initial);
  let first = tf.keep(tf.zeros([rows, width]) as Tensor2D);
  let second = tf.keep(tf.zeros([rows, width]) as Tensor2D);

  const run = (program: Omit<GlProgram, 'outputShape'>, inputs: Tensor[], uniforms: number[] = []): Tensor2D => {
    const info = gl.compileAndRun(
      { ...program, outputShape },
      inputs,
      'float32',
      uniforms.map((value) => [value]),
    );
    return tf.engine().makeTensorFromTensorInfo(info) as Tensor2D;
  };
  const dispose = () => {
    for (const each of [values, first, second]) each.dispose();
  };
  const read = async (tensor: Tensor2D) => ((await tensor.data()) as Float32Array).slice();

  return {
    rows,
    width,
    gather: (batch) => tf.gather(values, batch.tensor!) as Tensor2D,
    async update(gradient, batch, step, regularization) {
      const { pointers, orderTensor } = batch as GlBatchRows;
      const { scale, correction } = adamScales(step);
      const next = tf.tidy(() => {
        const slope = run(
          {
            variableNames: ['gradient', 'order', 'pointers', 'values'],
            userCode: SEGMENT_SUM,
            customUniforms: [{ name: 'regularization', type: 'float' }],
          },
          [gradient, orderTensor, pointers, values],
          [regularization],
        );
        const moment = ['moment', 'slope', 'pointers'];
        const m = run({ variableNames: moment, userCode: MOMENT(BETA1, 'slope') }, [first, slope, pointers]);
        const v = run({ variableNames: moment, userCode: MOMENT(BETA2, 'slope * slope') }, [second, slope, pointers]);
        const x = run(
          {
            variableNames: ['values', 'first', 'second', 'pointers'],
            userCode: MOVE,
            customUniforms: [
              { name: 'scale', type: 'float' },
              { name: 'correction', type: 'float' },
            ],
          },
          [values, m, v, pointers],
          [scale, correction],
        );
        return [x, m, v];
      });
      dispose();
      [values, first, second] = next.map((tensor) => tf.keep(tensor)) as [Tensor2D, Tensor2D, Tensor2D];
    },
    read: () => read(values),
    async readState() {
      return { values: await read(values), first: await read(first), second: await read(second) };
    },
    restore(state) {
      dispose();
      values = asTensor(state.values);
      first = asTensor(state.first);
      second = asTensor(state.second);
    },
    destroy: dispose,
  };
}
