import { createMemory } from './arena.ts';
import { CONTROL_BYTES, instantiate, type Kernels } from './control.ts';
import { HelperSession } from './threads.ts';

/** What a device computes with. */
export interface Engine {
  readonly module: WebAssembly.Module;
  /** True where `module` and its memories are the shared kind. */
  readonly shared: boolean;
  readonly workers: readonly Worker[];
  /** Whether the workers are called to help. */
  readonly helping: { on: boolean };
  readonly arenas: ArenaPool;
}

/** A memory with the kernels on it and the helpers that know it. */
export interface Arena {
  readonly memory: WebAssembly.Memory;
  readonly kernels: Kernels;
  readonly helpers: HelperSession | null;
}

/**
 * Arenas come in powers of two of it, so that one serves the next fit, which learns from a tenth more. Nothing but
 * addresses is taken by what is never touched.
 */
const LEAST_BYTES = 2 ** 20;
/** Larger ones are rare, and not worth holding on to. */
const MOST_IDLE_BYTES = 64 * 2 ** 20;
const MOST_IDLE = 4;

/**
 * Arenas that were used before. A memory that workers know is free for collection only when every worker has collected
 * its own end, which one without allocations of its own does late; each takes gigabytes of addresses meanwhile, and
 * after some 120 of them there are none left. So small arenas are used again.
 */
export class ArenaPool {
  #idle: Arena[] = [];
  #closed = false;

  /** An arena of at least so many bytes, zeroed behind the control words. Throws `deviceOutOfMemory`. */
  take({ module, shared, workers }: Pick<Engine, 'module' | 'shared' | 'workers'>, bytes: number): Arena {
    const fits = this.#idle.filter(({ memory }) => memory.buffer.byteLength >= bytes);
    const smallest = fits.sort((x, y) => x.memory.buffer.byteLength - y.memory.buffer.byteLength)[0];
    if (smallest) {
      this.#idle = this.#idle.filter((arena) => arena !== smallest);
      new Uint8Array(smallest.memory.buffer, CONTROL_BYTES, bytes - CONTROL_BYTES).fill(0);
      return smallest;
    }
    const whole = LEAST_BYTES * 2 ** Math.max(0, Math.ceil(Math.log2(bytes / LEAST_BYTES)));
    const memory = createMemory(whole > MOST_IDLE_BYTES ? bytes : whole, shared);
    return {
      memory,
      kernels: instantiate(module, memory),
      helpers: workers.length > 0 ? new HelperSession(workers, memory, module) : null,
    };
  }

  /** Takes an arena back that nobody computes on any more. */
  give(arena: Arena): void {
    if (this.#closed || arena.memory.buffer.byteLength > MOST_IDLE_BYTES) {
      arena.helpers?.close();
      return;
    }
    this.#idle.push(arena);
    if (this.#idle.length > MOST_IDLE) this.#idle.shift()?.helpers?.close();
  }

  /** Lets go of every idle arena, and of those that are given back later. */
  close(): void {
    this.#closed = true;
    for (const { helpers } of this.#idle.splice(0)) helpers?.close();
  }
}
