/**
 * How threads share work. A session's memory begins with control words. The calling thread opens a
 * phase (one kernel over many chunks) by writing a new ticket; every thread, the caller among them,
 * takes chunks by raising the ticket's counter until none are left. Which thread solves which chunk
 * changes from run to run; what a chunk computes does not, and sums over chunks are added in the
 * order of the chunks afterwards. So the result is the same for any number of threads.
 */
export const CONTROL_BYTES = 256;

/** Index of the control words, the contended ones on cache lines of their own. */
const TICKET = 0;
const DONE = 16;
const KERNEL = 32;
const TASK = 33;
const CHUNKS = 34;
const SCRATCH = 35;
const SCRATCH_BYTES = 36;
const FAILED = 37;
const HELPED = 48;

/** A ticket is (phase number << 16) | next chunk; 0 means that no phase is open. */
const CLOSED = 0;
const PHASES = 0x7fff;
export const MOST_CHUNKS = 0xffff;

/** Looks at the other threads this often before falling asleep. */
const SPINS = 4000;
/** A sleeping worker looks around this often even if it misses the call. */
const NAP_MS = 1000;

export const KERNEL_NAMES = ['explicitRows', 'sampledRows', 'implicitRows', 'gramRows', 'dotRows', 'topRows'] as const;
export type KernelName = (typeof KERNEL_NAMES)[number];

type Kernel = (task: number, chunk: number, scratch: number) => void;
export type Kernels = Readonly<Record<KernelName, Kernel>> & {
  predictPairs(side: number, users: number, items: number, out: number, count: number): void;
};

/** The kernels on a memory. Synchronous: the module is small and compiled already. */
export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  const abort = () => {
    throw new Error('WebAssembly kernel aborted');
  };
  const instance = new WebAssembly.Instance(module, { env: { memory, abort } });
  return instance.exports as unknown as Kernels;
}

const controlOf = (memory: WebAssembly.Memory) => new Int32Array(memory.buffer, 0, CONTROL_BYTES / 4);

/** Where each thread's scratch stands. */
export function setScratch(memory: WebAssembly.Memory, at: number, bytesPerThread: number): void {
  const control = controlOf(memory);
  control[SCRATCH] = at;
  control[SCRATCH_BYTES] = bytesPerThread;
}

function runChunk(control: Int32Array, kernels: Kernels, thread: number, chunk: number): void {
  try {
    const scratch = (control[SCRATCH] >>> 0) + thread * (control[SCRATCH_BYTES] >>> 0);
    kernels[KERNEL_NAMES[control[KERNEL]]](control[TASK], chunk, scratch);
  } catch (error) {
    Atomics.store(control, FAILED, 1);
    throw error;
  } finally {
    Atomics.add(control, DONE, 1);
  }
}

/** The next chunk of the phase this ticket belongs to, -1 where none is left or the ticket is out of date. */
function takeChunk(control: Int32Array, ticket: number): number {
  const chunk = ticket & MOST_CHUNKS;
  if (ticket === CLOSED || chunk >= control[CHUNKS]) return -1;
  return Atomics.compareExchange(control, TICKET, ticket, ticket + 1) === ticket ? chunk : -1;
}

/** What a helping thread does from being called until the caller closes the work. */
export function help(memory: WebAssembly.Memory, kernels: Kernels, thread: number): void {
  const control = controlOf(memory);
  for (;;) {
    const ticket = Atomics.load(control, TICKET);
    if (ticket === CLOSED) return;
    const chunk = takeChunk(control, ticket);
    if (chunk >= 0) {
      Atomics.add(control, HELPED, 1);
      runChunk(control, kernels, thread, chunk);
      Atomics.notify(control, DONE);
    } else {
      let spins = SPINS;
      while (spins > 0 && Atomics.load(control, TICKET) === ticket) spins--;
      if (spins === 0) Atomics.wait(control, TICKET, ticket, NAP_MS);
    }
  }
}

/** Only a page's own thread may not sleep; it spins instead (tests; the product computes in a worker). */
const maySleep = typeof document === 'undefined';

/** The caller's end of one session's memory. */
export class Caller {
  readonly #control: Int32Array;
  readonly #kernels: Kernels;
  readonly #shared: boolean;
  #phase = 0;

  constructor(memory: WebAssembly.Memory, kernels: Kernels, shared: boolean) {
    this.#control = controlOf(memory);
    this.#kernels = kernels;
    this.#shared = shared;
  }

  /** Runs one kernel over all chunks, together with whoever helps; returns when every chunk is done. */
  phase(kernel: KernelName, task: number, chunks: number): void {
    if (chunks > MOST_CHUNKS) throw new RangeError(`${chunks} chunks`);
    const control = this.#control;
    control[KERNEL] = KERNEL_NAMES.indexOf(kernel);
    control[TASK] = task;
    control[CHUNKS] = chunks;
    if (!this.#shared) {
      for (let chunk = 0; chunk < chunks; chunk++) runChunk(control, this.#kernels, 0, chunk);
      return;
    }
    this.#phase = (this.#phase % PHASES) + 1;
    Atomics.store(control, DONE, 0);
    Atomics.store(control, TICKET, this.#phase << 16);
    Atomics.notify(control, TICKET);
    for (;;) {
      const ticket = Atomics.load(control, TICKET);
      if ((ticket & MOST_CHUNKS) >= chunks) break;
      const chunk = takeChunk(control, ticket);
      if (chunk >= 0) runChunk(control, this.#kernels, 0, chunk);
    }
    let spins = SPINS;
    for (;;) {
      const done = Atomics.load(control, DONE);
      if (done === chunks) break;
      if (maySleep && --spins < 0) Atomics.wait(control, DONE, done);
    }
    if (Atomics.load(control, FAILED)) throw new Error('a compute thread failed');
  }

  /** Chunks that other threads have taken so far. */
  get helped(): number {
    return Atomics.load(this.#control, HELPED);
  }

  /** Sends the helpers back to their event loops. */
  close(): void {
    if (!this.#shared) return;
    Atomics.store(this.#control, TICKET, CLOSED);
    Atomics.notify(this.#control, TICKET);
  }
}
