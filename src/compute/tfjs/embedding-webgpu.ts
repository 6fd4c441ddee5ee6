import type { DataId, Tensor2D } from '@tensorflow/tfjs-core';
import type { Tf } from './backend.ts';
import {
  type AdamStep,
  adamScales,
  type BatchRows,
  BETA1,
  BETA2,
  type EmbeddingTable,
  EPSILON,
  RowGroups,
  type TableState,
} from './embedding.ts';

/** The parts of tfjs' WebGPU backend that let foreign dispatches stand in its command stream. */
export interface TfjsGpu {
  readonly tensorMap: { get(id: DataId): { readonly resource?: GPUBuffer } };
  readonly commandEncoder: GPUCommandEncoder | null;
  uploadToGPU(id: DataId): void;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
}

const WORKGROUP = 64;

/** One invocation per touched row and column; rows of the grid beyond WebGPU's limit per dimension. */
const LAZY_ADAM = /* wgsl */ `
struct Step {
  touched: u32,
  width: u32,
  stride: u32,
  regularization: f32,
  scale: f32,
  correction: f32,
}
@group(0) @binding(0) var<storage, read_write> values: array<f32>;
@group(0) @binding(1) var<storage, read_write> first: array<f32>;
@group(0) @binding(2) var<storage, read_write> second: array<f32>;
@group(0) @binding(3) var<storage, read> gradient: array<f32>;
@group(0) @binding(4) var<storage, read> rows: array<u32>;
@group(0) @binding(5) var<storage, read> starts: array<u32>;
@group(0) @binding(6) var<storage, read> order: array<u32>;
@group(0) @binding(7) var<uniform> step: Step;

@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let at = id.y * step.stride + id.x;
  if (at >= step.touched * step.width) { return; }
  let group = at / step.width;
  let column = at % step.width;
  let end = starts[group + 1u];
  var sum = 0.0;
  for (var e = starts[group]; e < end; e++) {
    sum += gradient[order[e] * step.width + column];
  }
  let cell = rows[group] * step.width + column;
  let x = values[cell];
  let slope = sum + step.regularization * f32(end - starts[group]) * x;
  let m = ${BETA1} * first[cell] + ${1 - BETA1} * slope;
  let v = ${BETA2} * second[cell] + ${1 - BETA2} * slope * slope;
  first[cell] = m;
  second[cell] = v;
  values[cell] = x - step.scale * m / (sqrt(v * step.correction) + ${EPSILON});
}`;

const STEP_BYTES = 32;
/** Workgroups per row of the grid: under WebGPU's 65,535 per dimension. */
const GRID_WIDTH = 32768;

interface GpuBatchRows extends BatchRows {
  readonly rowBuffer: GPUBuffer;
  readonly startBuffer: GPUBuffer;
  readonly orderBuffer: GPUBuffer;
}

/** Embedding tables in GPU buffers of their own, which tfjs reads in place and one kernel updates in place. */
export class WebGpuTables {
  readonly #tf: Tf;
  readonly #gpu: GPUDevice;
  readonly #backend: TfjsGpu;
  readonly #pipeline: GPUComputePipeline;

  constructor(tf: Tf, gpu: GPUDevice, backend: TfjsGpu) {
    this.#tf = tf;
    this.#gpu = gpu;
    this.#backend = backend;
    this.#pipeline = gpu.createComputePipeline({
      label: 'lazy Adam',
      layout: 'auto',
      compute: { module: gpu.createShaderModule({ label: 'lazy Adam', code: LAZY_ADAM }), entryPoint: 'main' },
    });
  }

  batchRows(tableRows: number, capacity: number): GpuBatchRows {
    const tf = this.#tf;
    const queue = this.#gpu.queue;
    const groups = new RowGroups(tableRows, capacity);
    const indices = new Int32Array(capacity);
    const indexBuffer = this.#storage(capacity);
    const rowBuffer = this.#storage(capacity);
    const startBuffer = this.#storage(capacity + 1);
    const orderBuffer = this.#storage(capacity);
    const tensor = tf.tensor({ buffer: indexBuffer, zeroCopy: true }, [capacity], 'int32');
    return {
      capacity,
      groups,
      indices,
      tensor: tensor as GpuBatchRows['tensor'],
      rowBuffer,
      startBuffer,
      orderBuffer,
      assign: (rows, entries) => {
        for (let e = 0; e < entries; e++) indices[e] = rows[e];
        indices.fill(0, entries);
        groups.assign(indices, entries);
        // Work of the step before that tfjs still holds back reads these buffers: let it go first.
        this.#flush();
        queue.writeBuffer(indexBuffer, 0, indices);
        queue.writeBuffer(rowBuffer, 0, groups.rows.buffer, 0, groups.touched * 4);
        queue.writeBuffer(startBuffer, 0, groups.starts.buffer, 0, (groups.touched + 1) * 4);
        queue.writeBuffer(orderBuffer, 0, groups.order.buffer, 0, entries * 4);
      },
      destroy: () => {
        this.#flush();
        tensor.dispose();
        for (const buffer of [indexBuffer, rowBuffer, startBuffer, orderBuffer]) buffer.destroy();
      },
    };
  }

  table(initial: Float32Array, rows: number, width: number): EmbeddingTable {
    const tf = this.#tf;
    const queue = this.#gpu.queue;
    const size = rows * width;
    const values = this.#storage(size);
    const first = this.#storage(size);
    const second = this.#storage(size);
    const uniforms = this.#gpu.createBuffer({
      size: STEP_BYTES,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
    queue.writeBuffer(values, 0, initial.slice());
    const tensor = tf.tensor({ buffer: values, zeroCopy: true }, [rows, width], 'float32') as Tensor2D;

    const update = (gradient: Tensor2D, batch: BatchRows, step: AdamStep, regularization: number) => {
      const { rowBuffer, startBuffer, orderBuffer, groups } = batch as GpuBatchRows;
      const cells = groups.touched * width;
      if (cells === 0) return;
      const workgroups = Math.ceil(cells / WORKGROUP);
      const gridWidth = Math.min(workgroups, GRID_WIDTH);
      const { scale, correction } = adamScales(step);
      const data = new ArrayBuffer(STEP_BYTES);
      new Uint32Array(data, 0, 3).set([groups.touched, width, gridWidth * WORKGROUP]);
      new Float32Array(data, 12, 3).set([regularization, scale, correction]);
      queue.writeBuffer(uniforms, 0, data);

      const backend = this.#backend;
      backend.uploadToGPU(gradient.dataId);
      const gradientBuffer = backend.tensorMap.get(gradient.dataId).resource!;
      const buffers = [values, first, second, gradientBuffer, rowBuffer, startBuffer, orderBuffer, uniforms];
      const bindGroup = this.#gpu.createBindGroup({
        layout: this.#pipeline.getBindGroupLayout(0),
        entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
      });
      // Recorded into tfjs' own command stream: after the gradient it has queued, before what comes next.
      backend.ensureCommandEncoderReady();
      backend.endComputePassEncoder();
      const pass = backend.commandEncoder!.beginComputePass({ label: 'lazy Adam' });
      pass.setPipeline(this.#pipeline);
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(gridWidth, Math.ceil(workgroups / gridWidth));
      pass.end();
    };

    return {
      rows,
      width,
      gather: (batch) => tf.gather(tensor, batch.tensor!) as Tensor2D,
      async update(gradient, batch, step, regularization) {
        update(gradient, batch, step, regularization);
      },
      read: () => this.#read(values, size),
      readState: async (): Promise<TableState> => {
        const [a, b, c] = await Promise.all([values, first, second].map((buffer) => this.#read(buffer, size)));
        return { values: a, first: b, second: c };
      },
      restore: (state) => {
        this.#flush();
        queue.writeBuffer(values, 0, state.values.slice());
        queue.writeBuffer(first, 0, state.first.slice());
        queue.writeBuffer(second, 0, state.second.slice());
      },
      destroy: () => {
        this.#flush();
        tensor.dispose();
        for (const buffer of [values, first, second, uniforms]) buffer.destroy();
      },
    };
  }

  #storage(elements: number): GPUBuffer {
    return this.#gpu.createBuffer({
      size: Math.max(elements, 1) * 4,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
  }

  /** Submits what tfjs holds back, so that queue writes and copies come after it. */
  #flush(): void {
    this.#backend.ensureCommandEncoderReady();
    this.#backend.endComputePassEncoder();
    this.#backend.submitQueue();
  }

  async #read(buffer: GPUBuffer, elements: number): Promise<Float32Array> {
    this.#flush();
    const staging = this.#gpu.createBuffer({
      size: Math.max(elements, 1) * 4,
      usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
    });
    try {
      const encoder = this.#gpu.createCommandEncoder();
      encoder.copyBufferToBuffer(buffer, 0, staging, 0, elements * 4);
      this.#gpu.queue.submit([encoder.finish()]);
      await staging.mapAsync(GPUMapMode.READ);
      return new Float32Array(staging.getMappedRange().slice(0), 0, elements);
    } finally {
      staging.destroy();
    }
  }
}
