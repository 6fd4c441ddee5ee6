import type { Tell } from '../../base/progress.ts';
import type { ArenaPlan } from './arena.ts';
import type { Arena, Engine } from './arena-pool.ts';
import { Caller, type KernelName, type Kernels, setScratch, type Turns } from './control.ts';

const TELL_EVERY_MS = 100;

/** Threads an engine computes with, the calling one included. */
export const threadsOf = (engine: Pick<Engine, 'workers'>) => engine.workers.length + 1;

/**
 * One arena with its kernels and helpers: memory, all of it taken at the beginning, and the right to
 * run phases on it. `destroy()` lets go of everything and may be called twice.
 */
export class Workspace {
  readonly kernels: Kernels;
  readonly bytes: number;
  #arena: Arena | null;
  readonly #engine: Engine;
  readonly #caller: Caller;
  #broken = false;

  /** Throws `deviceOutOfMemory` where the plan does not fit. `scratch` is behind everything else, one piece per thread. */
  constructor(engine: Engine, plan: ArenaPlan, scratchBytes: number) {
    const perThread = Math.ceil(scratchBytes / 64) * 64;
    const scratch = plan.take(perThread * threadsOf(engine));
    this.bytes = plan.bytes;
    this.#engine = engine;
    this.#arena = engine.arenas.take(engine, plan.bytes);
    const { memory, kernels, helpers } = this.#arena;
    this.kernels = kernels;
    this.#caller = new Caller(memory, kernels, engine.shared, helpers, undefined, () => !engine.helping.on);
    setScratch(memory, scratch, perThread);
  }

  /** Throws TypeError after `destroy()`. */
  get memory(): WebAssembly.Memory {
    if (!this.#arena) throw new TypeError('used after destroy()');
    return this.#arena.memory;
  }

  /** Chunks that other threads have taken so far. */
  get helped(): number {
    return this.#caller.helped;
  }

  /** Runs phases, one after another, with everybody helping. `told` hears several times a second how far they are. */
  run(
    body: (phase: (kernel: KernelName, task: number, chunks: number, turns?: Turns) => void) => void,
    told?: { readonly tell: Tell /** Of all phases. */; readonly chunks: number },
  ): void {
    let before = 0;
    let last = performance.now();
    const onTaken =
      told &&
      ((taken: number) => {
        const now = performance.now();
        if (now - last < TELL_EVERY_MS) return;
        last = now;
        told.tell((before + taken) / told.chunks);
      });
    try {
      body((kernel, task, chunks, turns) => {
        this.#caller.phase(kernel, task, chunks, turns, onTaken);
        before += chunks;
      });
    } catch (error) {
      this.#broken = true;
      throw error;
    } finally {
      this.#caller.close();
    }
  }

  destroy(): void {
    if (!this.#arena) return;
    const arena = this.#arena;
    this.#arena = null;
    this.#caller.dismiss();
    // somebody may still be computing on a broken one
    if (this.#broken) arena.helpers?.close();
    else this.#engine.arenas.give(arena);
  }
}
