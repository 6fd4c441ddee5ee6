import { AppError } from '../../base/error.ts';
import type { SweepTiming } from '../device.ts';
import { Pace } from './pace.ts';
import type { Workgroups } from './workgroups.ts';

const BYTES_PER_MB = 1024 * 1024;
/** How long a failed call waits to learn whether the device has gone: the loss may be told a moment later. */
const LOSS_NOTICE_MS = 200;

/**
 * A GPUDevice together with what every operation on it needs: compiled pipelines, one place where loss and errors
 * arrive, and the translation of both into AppErrors.
 */
export class GpuContext {
  /** Resolves when the device has gone away or can no longer be trusted; not when it is closed on purpose. */
  readonly lost: Promise<AppError>;
  /** Of sweeps, in entry visits (entries × groups of four): at first 10 ms at a tenth of an integrated GPU's speed. */
  readonly pace = new Pace(1 << 21, 1 << 17, 1 << 28);
  /** Of stochastic descent, in ratings of one block: they wait for memory one after the other, 2 µs each at first. */
  readonly stepPace = new Pace(1 << 12, 1 << 8, 1 << 20);
  /** Of the last sweep of any session; null where the device has no timestamps or no sweep was run. */
  timing: SweepTiming | null = null;
  /** Lanes beside each other that add up without waiting (subgroups.ts); 0: all sums go through workgroup memory. */
  subgroupSize = 0;
  /** Whether sessions that begin from now on let sweeps read the other side's factors in 16 bits (gathered.ts). */
  halfReads = false;
  readonly #pipelines = new Map<string, Promise<GPUComputePipeline>>();
  #failure: AppError | null = null;
  #closed = false;
  #announce: (error: AppError) => void = () => {};

  constructor(
    readonly gpu: GPUDevice,
    readonly workgroups: Workgroups,
    /** Most bytes of one binding that sessions make: larger matrices are cut into several. */
    readonly bindingBytes = Math.min(gpu.limits.maxStorageBufferBindingSize, gpu.limits.maxBufferSize),
  ) {
    this.lost = new Promise((resolve) => {
      this.#announce = resolve;
    });
    gpu.lost.then((info) => this.#fail(new AppError('deviceLost', { device: 'webgpu' }, { cause: info.message })));
    // an uncaptured error means that commands were dropped: nothing computed after it can be trusted
    gpu.addEventListener('uncapturederror', ({ error }) => {
      const memory = typeof GPUOutOfMemoryError !== 'undefined' && error instanceof GPUOutOfMemoryError;
      this.#fail(
        memory
          ? new AppError('deviceOutOfMemory', { device: 'webgpu', neededMb: 0 }, { cause: error.message })
          : new AppError('deviceLost', { device: 'webgpu' }, { cause: error.message }),
      );
    });
  }

  /** Throws `deviceLost` (or what else went wrong) when the device is gone, TypeError when it was destroyed. */
  assertUsable(): void {
    if (this.#failure) throw this.#failure;
    if (this.#closed) throw new TypeError('the webgpu device was destroyed');
  }

  /** Awaits GPU work; whatever it rejects with becomes the reason the device failed, where it has. */
  async guard<T>(work: Promise<T>): Promise<T> {
    let result: T;
    try {
      result = await work;
    } catch (thrown) {
      if (!this.#failure && !this.#closed) {
        await Promise.race([this.lost, new Promise((resolve) => setTimeout(resolve, LOSS_NOTICE_MS))]);
      }
      this.assertUsable();
      throw thrown;
    }
    this.assertUsable();
    return result;
  }

  /** Compiles a compute shader with entry point `main` once per source. */
  pipeline(label: string, code: string): Promise<GPUComputePipeline> {
    let compiled = this.#pipelines.get(code);
    if (!compiled) {
      const module = this.gpu.createShaderModule({ label, code });
      compiled = this.gpu.createComputePipelineAsync({
        label,
        layout: 'auto',
        compute: { module, entryPoint: 'main' },
      });
      this.#pipelines.set(code, compiled);
    }
    return this.guard(compiled);
  }

  /**
   * Runs `build`, which creates buffers in `buffers`, and waits for the driver's word on memory. Destroys the set and
   * throws `deviceOutOfMemory` where there was not enough.
   */
  async allocate<T>(buffers: BufferSet, build: () => T): Promise<T> {
    this.assertUsable();
    this.gpu.pushErrorScope('out-of-memory');
    let built: T;
    try {
      built = build();
    } catch (thrown) {
      await this.gpu.popErrorScope().catch(() => null);
      buffers.destroy();
      throw thrown;
    }
    try {
      const error = await this.guard(this.gpu.popErrorScope());
      if (error) throw outOfMemory(buffers.bytes, error.message);
    } catch (thrown) {
      buffers.destroy();
      throw thrown;
    }
    return built;
  }

  /** Copies parts of buffers to the CPU; `bytes` are multiples of 4. */
  async read(sources: readonly { readonly buffer: GPUBuffer; readonly bytes: number }[]): Promise<ArrayBuffer[]> {
    this.assertUsable();
    const usage = GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ;
    const targets = sources.map(({ bytes }) => this.gpu.createBuffer({ label: 'readback', size: bytes, usage }));
    try {
      const encoder = this.gpu.createCommandEncoder();
      sources.forEach(({ buffer, bytes }, at) => {
        if (bytes > 0) encoder.copyBufferToBuffer(buffer, 0, targets[at], 0, bytes);
      });
      this.gpu.queue.submit([encoder.finish()]);
      await this.guard(Promise.all(targets.map((target) => target.mapAsync(GPUMapMode.READ))));
      return targets.map((target) => target.getMappedRange().slice(0));
    } finally {
      for (const target of targets) target.destroy();
    }
  }

  /** The device goes away as if the hardware had: for tests and for the loss drill. */
  simulateLoss(): void {
    this.gpu.destroy();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#pipelines.clear();
    this.gpu.destroy();
  }

  #fail(error: AppError): void {
    if (this.#closed || this.#failure) return;
    this.#failure = error;
    this.#announce(error);
  }
}

/** Buffers that live and die together. */
export class BufferSet {
  readonly #gpu: GPUDevice;
  readonly #buffers: { destroy(): void }[] = [];
  /** Bytes of all buffers of the set. */
  bytes = 0;
  #destroyed = false;

  constructor(readonly context: GpuContext) {
    this.#gpu = context.gpu;
  }

  /** Throws when the device is gone, TypeError when the set was destroyed. */
  assertUsable(): void {
    this.context.assertUsable();
    if (this.#destroyed) throw new TypeError('the session was destroyed');
  }

  /** A storage buffer, zeroed. Throws `deviceOutOfMemory` when it is larger than the device allows. */
  storage(label: string, bytes: number): GPUBuffer {
    const { maxStorageBufferBindingSize, maxBufferSize } = this.#gpu.limits;
    if (bytes > Math.min(maxStorageBufferBindingSize, maxBufferSize)) throw outOfMemory(bytes, label);
    return this.#create(label, bytes, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST);
  }

  /** A storage buffer that begins with `data` and is `times` as long. */
  upload(label: string, data: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>, times = 1): GPUBuffer {
    const buffer = this.storage(label, times * data.byteLength);
    this.#gpu.queue.writeBuffer(buffer, 0, data);
    return buffer;
  }

  /** A uniform buffer of whole numbers first and real numbers after them, 4 bytes each. */
  uniform(label: string, integers: readonly number[], reals: readonly number[] = []): GPUBuffer {
    const words = new ArrayBuffer((integers.length + reals.length) * 4);
    new Uint32Array(words, 0, integers.length).set(integers);
    new Float32Array(words, integers.length * 4).set(reals);
    const buffer = this.#create(label, words.byteLength, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
    this.#gpu.queue.writeBuffer(buffer, 0, words);
    return buffer;
  }

  /** Room for timestamps, and the buffer they are brought to. */
  queries(label: string, count: number): GPUQuerySet {
    const set = this.#gpu.createQuerySet({ label, type: 'timestamp', count });
    this.#buffers.push(set);
    return set;
  }

  timestamps(label: string, bytes: number): GPUBuffer {
    return this.#create(label, bytes, GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC);
  }

  /** A set that may die earlier than this one, and not later. */
  child(): BufferSet {
    const set = new BufferSet(this.context);
    this.#buffers.push(set);
    return set;
  }

  destroy(): void {
    this.#destroyed = true;
    for (const buffer of this.#buffers) buffer.destroy();
    this.#buffers.length = 0;
  }

  #create(label: string, bytes: number, usage: number): GPUBuffer {
    // an empty binding is not allowed; 16 bytes hold one element of any array here
    const size = Math.max(16, Math.ceil(bytes / 4) * 4);
    const buffer = this.#gpu.createBuffer({ label, size, usage });
    this.#buffers.push(buffer);
    this.bytes += size;
    return buffer;
  }
}

function outOfMemory(bytes: number, cause: string): AppError {
  return new AppError('deviceOutOfMemory', { device: 'webgpu', neededMb: Math.ceil(bytes / BYTES_PER_MB) }, { cause });
}

export function supportsTimestamps(gpu: GPUDevice): boolean {
  return gpu.features.has('timestamp-query');
}

/** Buffers in binding order 0, 1, 2 … as a bind group of a pipeline with automatic layout. */
export function bind(gpu: GPUDevice, pipeline: GPUComputePipeline, buffers: readonly GPUBuffer[]): GPUBindGroup {
  return gpu.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
}

/** Workgroups in x and y that together are at least `count` and within the limit of 65,535 a dimension. */
export function spread(count: number): [number, number] {
  const x = Math.min(count, 65_535);
  return [x, Math.ceil(count / Math.max(1, x))];
}

/** One compute pass with one dispatch, recorded into the encoder. */
export function dispatch(
  encoder: GPUCommandEncoder,
  pipeline: GPUComputePipeline,
  group: GPUBindGroup,
  size: readonly [number, number, number?],
  timestampWrites?: GPUComputePassTimestampWrites,
): void {
  if (size[0] === 0 || size[1] === 0) return;
  const pass = encoder.beginComputePass({ timestampWrites });
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(size[0], size[1], size[2] ?? 1);
  pass.end();
}
