import { AppError } from '../../base/error.ts';
import type { ComputeDevice, DeviceFinding } from '../device.ts';
import { ArenaPool, type Engine } from './arena-pool.ts';
import { autoencoder } from './autoencoder.ts';
import { explicitDescent } from './explicit-descent.ts';
import { holdMatrix } from './held-matrix.ts';
import { implicitDescent } from './implicit-descent.ts';
import { invert } from './inverse.ts';
import { loadModule } from './load.ts';
import { rowProducts } from './row-products.ts';
import { sampledDescent } from './sampled-descent.ts';
import { dots, topK } from './scores.ts';
import { stochasticDescent } from './stochastic-descent.ts';
import { defaultThreads, hasSimd, hasThreads } from './support.ts';
import { helpers } from './threads.ts';
import { threadsOf } from './workspace.ts';

export interface WasmOptions {
  /** Compute threads, the calling one included. One where memory cannot be shared. */
  readonly threads?: number;
  /** Multiplications and additions in one step; by itself where the engine can. */
  readonly fused?: boolean;
}

const infoOf = (threads: number) => ({ kind: 'wasm', adapter: '', software: false, threads, simd: true }) as const;

async function startEngine({ threads = defaultThreads(), fused }: WasmOptions): Promise<Engine> {
  const shared = hasThreads() && threads > 1;
  const module = await loadModule(shared ? 'shared' : 'plain', fused);
  const workers = shared ? await helpers(threads - 1) : [];
  return { module, shared, workers, helping: { on: true }, arenas: new ArenaPool() };
}

/**
 * WebAssembly with 128-bit vectors, on as many threads as the page may use. Every session has memory
 * of its own, all of it taken when the session starts and free for collection after its `destroy()`.
 * Throws `deviceMissing` where there is no SIMD. The workers it starts outlive it (`threads.ts`).
 */
export async function createWasmDevice(options: WasmOptions = {}): Promise<ComputeDevice> {
  if (!hasSimd()) throw new AppError('deviceMissing', { device: 'wasm' });
  const engine = await startEngine(options);
  const sessions = new Set<{ destroy(): void }>();
  let destroyed = false;
  const expectAlive = () => {
    if (destroyed) throw new TypeError('device used after destroy()');
  };
  const own = <Session extends { destroy(): void }>(session: Session): Session => {
    const owned: Session = {
      ...session,
      destroy() {
        sessions.delete(owned);
        session.destroy();
      },
    };
    sessions.add(owned);
    return owned;
  };
  return {
    info: infoOf(threadsOf(engine)),
    // nothing to unplug
    lost: new Promise(() => {}),
    async explicitDescent(problem) {
      expectAlive();
      return own(explicitDescent(engine, problem));
    },
    async stochasticDescent(problem) {
      expectAlive();
      return own(stochasticDescent(engine, problem));
    },
    async sampledDescent(problem) {
      expectAlive();
      return own(sampledDescent(engine, problem));
    },
    async implicitDescent(problem) {
      expectAlive();
      return own(implicitDescent(engine, problem));
    },
    async autoencoder(problem) {
      expectAlive();
      return own(autoencoder(engine, problem));
    },
    async topK(request) {
      expectAlive();
      return topK(engine, request);
    },
    async dots(a, b, factors) {
      expectAlive();
      return dots(engine, a, b, factors);
    },
    async rowProducts(request) {
      expectAlive();
      return rowProducts(engine, request);
    },
    async holdMatrix(request) {
      expectAlive();
      return own(holdMatrix(engine, request));
    },
    async invert(request) {
      expectAlive();
      return invert(engine, request);
    },
    setHelping(on) {
      engine.helping.on = on;
    },
    destroy() {
      destroyed = true;
      for (const session of sessions) session.destroy();
      engine.arenas.close();
    },
  };
}

/**
 * Whether this device is there, with everything it would need fetched: kernels and worker scripts are
 * loaded now, so that switching to it later makes no request.
 */
export async function detectWasm(options: WasmOptions = {}): Promise<DeviceFinding> {
  if (!hasSimd()) return { kind: 'wasm', state: 'missing', info: null, detail: 'noSimd', speed: 0 };
  try {
    const [engine] = await Promise.all([startEngine(options), loadModule('plain', options.fused)]);
    const detail = hasThreads() ? '' : 'notIsolated';
    return { kind: 'wasm', state: 'available', info: infoOf(threadsOf(engine)), detail, speed: 0 };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { kind: 'wasm', state: 'missing', info: null, detail, speed: 0 };
  }
}
