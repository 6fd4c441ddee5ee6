/**
 * The only door to TensorFlow.js. It runs the dense layers of the neural models on the same kind of
 * device the rest of the engine computes on: backend `webgpu` (sharing the engine's GPUDevice),
 * `webgl`, `wasm`, and `cpu` for the reference device. tfjs-core and exactly one backend are fetched,
 * when first needed.
 *
 * Embedding tables never enter tfjs' automatic differentiation: its gradient of a gather is a dense
 * table per step, which is what makes textbook recommenders hundreds of times slower than needed.
 * Rows are gathered, differentiated as plain matrices, and handed back to the table, which runs Adam
 * on just those rows (`tfjs/embedding.ts`).
 */
import { AppError } from '../base/error.ts';
import { type DeviceKind, TOLERANCE } from './device.ts';
import type { Tf, TfjsBackend, TfjsHost } from './tfjs/backend.ts';
import type { BatchRows, EmbeddingTable } from './tfjs/embedding.ts';
import { allOrNothing } from './tfjs/scope.ts';
import { stepDifference } from './tfjs/step-check.ts';

export type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
export type { Tf, TfjsHost } from './tfjs/backend.ts';
export type { AdamStep, BatchRows, EmbeddingTable, TableState } from './tfjs/embedding.ts';

/**
 * TensorFlow.js on one device. Several may be open at once; call `activate()` at the start of every
 * synchronous stretch of tfjs calls, because tfjs itself knows only one current backend.
 */
export interface TfjsRuntime {
  readonly tf: Tf;
  readonly kind: DeviceKind;
  /** Makes this backend the current one. Throws AppError `deviceLost` once the hardware has gone. */
  activate(): void;
  table(values: Float32Array, rows: number, width: number): EmbeddingTable;
  batchRows(tableRows: number, capacity: number): BatchRows;
  /** The values of a tensor, read asynchronously. Rejects with `deviceLost` instead of waiting for ever. */
  read(tensor: import('@tensorflow/tfjs-core').Tensor): Promise<Float32Array>;
  /** Waits until `work` is done or the device is lost; whatever a lost device makes it reject with becomes `deviceLost`. */
  guard<T>(work: Promise<T>): Promise<T>;
  /** The reason behind something thrown by device work: `deviceLost` where that is what happened, else itself. */
  reasonFor(thrown: unknown): Promise<unknown>;
  /** Lets go of the backend; the last one to do so on a GPU frees it. May be called twice. */
  destroy(): void;
}

interface Shared {
  readonly host: TfjsHost;
  readonly backend: Promise<TfjsBackend>;
  users: number;
  gone: AppError | null;
}

/** How long a failure waits to learn whether the device has gone: the loss is told a moment later. */
const LOSS_NOTICE_MS = 1000;

function isGpu(kind: DeviceKind): boolean {
  return kind === 'webgpu' || kind === 'webgl';
}

/** One backend per kind of device. CPU backends stay for good (their heap cannot be given back). */
const open = new Map<DeviceKind, Shared>();

function start(host: TfjsHost): Promise<TfjsBackend> {
  const kind = host.info.kind;
  switch (kind) {
    case 'webgpu':
      return import('./tfjs/backend-webgpu.ts').then((module) => module.startWebGpu(host));
    case 'webgl':
      return import('./tfjs/backend-webgl.ts').then((module) => module.startWebGl());
    case 'wasm':
      return import('./tfjs/backend-wasm.ts').then((module) => module.startWasm());
    case 'reference':
      return import('./tfjs/backend-cpu.ts').then((module) => module.startCpu());
    default:
      return kind satisfies never;
  }
}

/** Starts a backend and has it take one small step. Throws `deviceFailedSelfTest` where that step is wrong. */
async function startTrusted(host: TfjsHost): Promise<TfjsBackend> {
  const backend = await start(host);
  const lost = Promise.race([host.lost, backend.lost]);
  // A lost device may leave a read without an answer for ever, and is told of a moment after it threw.
  const asked = stepDifference(backend).catch(async (cause: unknown) => {
    if (isGpu(host.info.kind)) await new Promise((resolve) => setTimeout(resolve, LOSS_NOTICE_MS));
    return cause;
  });
  const outcome = await Promise.race([asked, lost]);
  if (typeof outcome === 'number' && outcome <= TOLERANCE.kernel) return backend;
  backend.destroy();
  if (outcome instanceof AppError) throw outcome;
  throw new AppError('deviceFailedSelfTest', { device: host.info.kind }, { cause: outcome });
}

function share(host: TfjsHost): Shared {
  const kind = host.info.kind;
  const gpu = isGpu(kind);
  const found = open.get(kind);
  if (found && !found.gone && (!gpu || found.host === host)) return found;
  // The earlier GPU backend belongs to another (perhaps lost) device: whoever still uses it is told.
  if (found && !found.gone) found.gone = new AppError('deviceLost', { device: kind });
  const previous = found ? found.backend.then((backend) => backend.destroy()).catch(() => {}) : Promise.resolve();
  const shared: Shared = { host, users: 0, gone: null, backend: previous.then(() => startTrusted(host)) };
  open.set(kind, shared);
  const forget = (error: AppError) => {
    shared.gone ??= error;
    if (open.get(kind) === shared && gpu) open.delete(kind);
  };
  host.lost.then(forget);
  shared.backend.then(
    (backend) => backend.lost.then(forget),
    () => open.get(kind) === shared && open.delete(kind),
  );
  return shared;
}

/**
 * Opens TensorFlow.js for a device. Throws AppError `deviceMissing` where the backend cannot start, `deviceLost` where the
 * device is gone, and `deviceFailedSelfTest` where it computes wrongly.
 */
export async function openTfjs(host: TfjsHost): Promise<TfjsRuntime> {
  const kind = host.info.kind;
  const shared = share(host);
  shared.users++;
  const backend = await shared.backend;
  const { tf } = backend;
  let destroyed = false;

  const lost = Promise.race([host.lost, backend.lost]);
  const check = () => {
    if (shared.gone) throw shared.gone;
  };
  const reasonFor = async (thrown: unknown): Promise<unknown> => {
    if (!shared.gone && isGpu(kind)) {
      await Promise.race([lost, new Promise((resolve) => setTimeout(resolve, LOSS_NOTICE_MS))]);
    }
    return shared.gone ?? thrown;
  };
  const guard = <T>(work: Promise<T>): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      lost.then(reject);
      work.then(resolve, async (thrown) => reject(await reasonFor(thrown)));
    });

  const activate = () => {
    check();
    // For a backend that has been started this takes effect before setBackend returns its promise.
    if (tf.getBackend() !== backend.name) void tf.setBackend(backend.name);
  };

  return {
    tf,
    kind,
    activate,
    table(values, rows, width) {
      activate();
      return backend.table(values, rows, width);
    },
    batchRows(tableRows, capacity) {
      activate();
      return backend.batchRows(tableRows, capacity);
    },
    async read(tensor) {
      check();
      return (await guard(tensor.data())) as Float32Array;
    },
    guard,
    reasonFor,
    destroy() {
      if (destroyed) return;
      destroyed = true;
      shared.users--;
      if (shared.users > 0 || !isGpu(kind) || open.get(kind) !== shared) return;
      open.delete(kind);
      shared.gone ??= new AppError('deviceLost', { device: kind });
      backend.destroy();
    },
  };
}

/**
 * What `make` gives. Where it throws, its tensors are gone and the runtime is handed back, so that a smaller one finds
 * the room: it throws why.
 */
export async function setUp<Made>(runtime: TfjsRuntime, make: () => Made): Promise<Made> {
  try {
    return allOrNothing(runtime.tf, make);
  } catch (thrown) {
    const reason = await runtime.reasonFor(thrown);
    runtime.destroy();
    throw reason;
  }
}
