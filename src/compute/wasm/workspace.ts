import { type ArenaPlan, createMemory } from './arena.ts';
import { Caller, instantiate, type KernelName, type Kernels, setScratch, type Turns } from './control.ts';
import { HelperSession } from './threads.ts';

/** What a device computes with. */
export interface Engine {
  readonly module: WebAssembly.Module;
  /** True where `module` and its memories are the shared kind. */
  readonly shared: boolean;
  readonly workers: readonly Worker[];
}

/** Threads an engine computes with, the calling one included. */
export const threadsOf = (engine: Engine) => engine.workers.length + 1;

/**
 * One arena with its kernels and helpers: memory, all of it taken at the beginning, and the right to
 * run phases on it. `destroy()` lets go of everything and may be called twice.
 */
export class Workspace {
  readonly kernels: Kernels;
  readonly bytes: number;
  #memory: WebAssembly.Memory | null;
  readonly #caller: Caller;
  readonly #helpers: HelperSession | null;

  /** Throws `deviceOutOfMemory` where the plan does not fit. `scratch` is behind everything else, one piece per thread. */
  constructor(engine: Engine, plan: ArenaPlan, scratchBytes: number) {
    const perThread = Math.ceil(scratchBytes / 64) * 64;
    const scratch = plan.take(perThread * threadsOf(engine));
    this.bytes = plan.bytes;
    this.#memory = createMemory(plan.bytes, engine.shared);
    this.kernels = instantiate(engine.module, this.#memory);
    this.#helpers = engine.workers.length > 0 ? new HelperSession(engine.workers, this.#memory) : null;
    this.#caller = new Caller(this.#memory, this.kernels, engine.shared, this.#helpers);
    setScratch(this.#memory, scratch, perThread);
  }

  /** Throws TypeError after `destroy()`. */
  get memory(): WebAssembly.Memory {
    if (!this.#memory) throw new TypeError('used after destroy()');
    return this.#memory;
  }

  /** Chunks that other threads have taken so far. */
  get helped(): number {
    return this.#caller.helped;
  }

  /** Runs phases, one after another, with everybody helping. */
  run(body: (phase: (kernel: KernelName, task: number, chunks: number, turns?: Turns) => void) => void): void {
    try {
      body((kernel, task, chunks, turns) => this.#caller.phase(kernel, task, chunks, turns));
    } finally {
      this.#caller.close();
    }
  }

  destroy(): void {
    if (!this.#memory) return;
    this.#memory = null;
    this.#caller.dismiss();
    this.#helpers?.close();
  }
}
