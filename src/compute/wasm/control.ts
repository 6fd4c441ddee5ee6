/**
 * How threads share work. A session's memory begins with control words. The calling thread opens a
 * phase (one kernel over many chunks) by writing a new ticket; every thread, the caller among them,
 * takes chunks by raising the ticket's counter until none are left. Which thread solves which chunk
 * changes from run to run; what a chunk computes does not, and sums over chunks are added in the
 * order of the chunks afterwards. So the result is the same for any number of threads.
 *
 * Chunks of most phases know nothing of one another. Those of a grid (`Turns`) take turns instead: each waits for the
 * ones before it in its row and its column, and for no others, so that nobody waits for a whole diagonal to end.
 */
import { AppError } from '../../base/error.ts';

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
const TURNS = 38;
const GRID = 39;
const PATIENCE = 40;
const HELPED = 48;
const PRESENT = 49;
const PHASE = 50;

/** A ticket is (phase number << 16) | next chunk; 0 means that no phase is open, MOST_CHUNKS that it is being written. */
const CLOSED = 0;
const PHASES = 0x7fff;
export const MOST_CHUNKS = 0xffff;

/** Looks at the other threads this often before falling asleep. */
const SPINS = 4000;
/** A sleeping worker looks around this often even if it misses the call. */
const NAP_MS = 1000;
/**
 * A thread that waits for others gives up after so many naps in which not one chunk was finished: somebody took a chunk
 * and died with it. Chunks take milliseconds, at worst a few hundred. Naps are counted rather than time, so that a
 * machine that was asleep, or a tab that was frozen, wakes up having lost one of them.
 */
const PATIENCE_NAPS = 20;
/** A helper without work stays on call for so long before it goes back to its event loop: waking it is much cheaper than calling it again. */
const LINGER_MS = 30;

export const KERNEL_NAMES = [
  'explicitRows',
  'sampledRows',
  'implicitRows',
  'gramRows',
  'dotRows',
  'topRows',
  'productRows',
  'heldRows',
  'sweepPanels',
  'sweepRows',
  'mirrorRows',
  'stochasticBlock',
  'autoencoderItems',
  'autoencoderUsers',
  'autoencoderCodes',
] as const;
export type KernelName = (typeof KERNEL_NAMES)[number];

type Kernel = (task: number, chunk: number, scratch: number) => void;
export type Kernels = Readonly<Record<KernelName, Kernel>> & {
  predictPairs(side: number, users: number, items: number, out: number, count: number): void;
  countCells(sorting: number, row: number, from: number, to: number): number;
  placeEntries(sorting: number, row: number, from: number, to: number): number;
  loadRows(
    rows: number,
    labels: number,
    rowBytes: number,
    first: number,
    count: number,
    packed: number,
    bytes: number,
  ): void;
  unloadRows(...at: Parameters<Kernels['loadRows']>): void;
  stochasticPairs(epoch: number, users: number, items: number, out: number, count: number): void;
};

/** Chunk d · grid + a of such a phase is block (a, (a + d) mod grid) of a grid. */
export interface Turns {
  readonly grid: number;
  /** Address of 2 · grid words: how many blocks of each row, then of each column, are done. */
  readonly at: number;
}

/** The kernels on a memory. Synchronous: the module is small and compiled already. */
export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  const abort = () => {
    throw new Error('WebAssembly kernel aborted');
  };
  const instance = new WebAssembly.Instance(module, { env: { memory, abort } });
  return instance.exports as unknown as Kernels;
}

/** The control words; the words behind them are there for the turns. */
const controlOf = (memory: WebAssembly.Memory) =>
  new Int32Array(memory.buffer, 0, Math.floor(memory.buffer.byteLength / 4));

/** Where each thread's scratch stands. */
export function setScratch(memory: WebAssembly.Memory, at: number, bytesPerThread: number): void {
  const control = controlOf(memory);
  control[SCRATCH] = at;
  control[SCRATCH_BYTES] = bytesPerThread;
}

/** Only a page's own thread may not sleep; it spins instead (tests; the product computes in a worker). */
const maySleep = typeof document === 'undefined';
/** A page's own thread cannot count naps: it looks at the clock every so many spins, and gives up after so long, ms. */
const SPINS_A_LOOK = 2 ** 20;
const SPIN_PATIENCE_MS = 30_000;

/** What is left of this memory cannot be trusted: rows are half solved. The fit goes on from its last epoch elsewhere. */
const threadFailed = (how: string) =>
  new AppError('deviceLost', { device: 'wasm' }, { cause: `a compute thread ${how}` });

/** Returns once a word has a value; throws `deviceLost` where a thread has failed that might have brought it there. */
function waitFor(control: Int32Array, at: number, value: number): void {
  let spins = SPINS;
  let naps = 0;
  let finished = Atomics.load(control, DONE);
  let looks = 0;
  const since = maySleep ? 0 : performance.now();
  for (;;) {
    const now = Atomics.load(control, at);
    if (now === value) return;
    if (Atomics.load(control, FAILED)) throw threadFailed('failed');
    if (!maySleep) {
      if (++looks % SPINS_A_LOOK !== 0 || performance.now() - since < SPIN_PATIENCE_MS) continue;
      Atomics.store(control, FAILED, 1);
      throw threadFailed('does not answer');
    }
    if (--spins >= 0 || Atomics.wait(control, at, now, NAP_MS) !== 'timed-out') continue;
    const before = finished;
    finished = Atomics.load(control, DONE);
    naps = finished === before ? naps + 1 : 0;
    if (naps < control[PATIENCE]) continue;
    Atomics.store(control, FAILED, 1);
    throw threadFailed('does not answer');
  }
}

/** Runs one block of a grid in its turn. */
function runInTurn(control: Int32Array, chunk: number, run: () => void): void {
  const grid = control[GRID];
  const diagonal = Math.floor(chunk / grid);
  const a = chunk % grid;
  const row = control[TURNS] + a;
  const column = control[TURNS] + grid + ((a + diagonal) % grid);
  waitFor(control, row, diagonal);
  waitFor(control, column, diagonal);
  run();
  for (const at of [row, column]) {
    Atomics.store(control, at, diagonal + 1);
    Atomics.notify(control, at);
  }
}

function runChunk(control: Int32Array, kernels: Kernels, thread: number, chunk: number): void {
  try {
    const scratch = (control[SCRATCH] >>> 0) + thread * (control[SCRATCH_BYTES] >>> 0);
    const run = () => kernels[KERNEL_NAMES[control[KERNEL]]](control[TASK], chunk, scratch);
    if (control[GRID] > 0) runInTurn(control, chunk, run);
    else run();
  } catch (error) {
    Atomics.store(control, FAILED, 1);
    throw error;
  } finally {
    Atomics.add(control, DONE, 1);
  }
}

/** The next chunk of the phase this ticket belongs to, -1 where none is left or the ticket is out of date. */
export function takeChunk(control: Int32Array, ticket: number): number {
  const chunk = ticket & MOST_CHUNKS;
  if (ticket === CLOSED || chunk >= control[CHUNKS]) return -1;
  return Atomics.compareExchange(control, TICKET, ticket, ticket + 1) === ticket ? chunk : -1;
}

/** What a helping thread does from being called until there has been no work for a while. */
export function help(memory: WebAssembly.Memory, kernels: Kernels, thread: number): void {
  const control = controlOf(memory);
  // called for work that is done by now
  if (Atomics.load(control, TICKET) === CLOSED) return;
  Atomics.add(control, PRESENT, 1);
  for (;;) {
    const ticket = Atomics.load(control, TICKET);
    if (ticket === CLOSED) {
      if (stayOnCall(control)) continue;
      return;
    }
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

/**
 * True where work came in the meantime. The caller opens its work before it looks who is present, a helper looks for
 * work after it has signed off: one of the two always sees the other.
 */
function stayOnCall(control: Int32Array): boolean {
  Atomics.wait(control, TICKET, CLOSED, LINGER_MS);
  if (Atomics.load(control, TICKET) !== CLOSED) return true;
  Atomics.sub(control, PRESENT, 1);
  if (Atomics.load(control, TICKET) === CLOSED) return false;
  Atomics.add(control, PRESENT, 1);
  return true;
}

/** Whoever can be called to help. */
export interface Helpers {
  readonly count: number;
  /** Calls everybody; nobody is waited for. */
  call(): void;
}

/** The caller's end of one session's memory. */
export class Caller {
  readonly #control: Int32Array;
  readonly #kernels: Kernels;
  readonly #shared: boolean;
  readonly #helpers: Helpers | null;
  readonly #alone: () => boolean;

  /** `alone` is asked before every phase: true, and nobody is called. */
  constructor(
    memory: WebAssembly.Memory,
    kernels: Kernels,
    shared: boolean,
    helpers: Helpers | null,
    patience = PATIENCE_NAPS,
    alone = () => false,
  ) {
    this.#control = controlOf(memory);
    this.#kernels = kernels;
    this.#shared = shared;
    this.#helpers = helpers;
    this.#alone = alone;
    this.#control[PATIENCE] = patience;
    // the memory may have been another's before; who is present stays true
    this.#control[FAILED] = 0;
    this.#control[HELPED] = 0;
  }

  /**
   * Runs one kernel over all chunks, together with whoever helps; returns when every chunk is done. Throws `deviceLost`
   * where a helper has died with a chunk or thrown over it. `onTaken` hears how many chunks are taken whenever this
   * thread is through with one.
   */
  phase(kernel: KernelName, task: number, chunks: number, turns?: Turns, onTaken?: (chunks: number) => void): void {
    if (chunks > MOST_CHUNKS) throw new RangeError(`${chunks} chunks`);
    const control = this.#control;
    control[PHASE] = (control[PHASE] % PHASES) + 1;
    // From here on the ticket of the phase before is worth nothing: a helper that read it when all was taken, and reads
    // only now of how many chunks, would take one of those that are being written.
    Atomics.store(control, TICKET, (control[PHASE] << 16) | MOST_CHUNKS);
    control[KERNEL] = KERNEL_NAMES.indexOf(kernel);
    control[TASK] = task;
    control[CHUNKS] = chunks;
    const alone = !this.#shared || this.#alone();
    // alone, the order of the chunks is every block's turn
    control[GRID] = turns && !alone ? turns.grid : 0;
    if (turns) {
      control[TURNS] = turns.at >>> 2;
      control.fill(0, turns.at >>> 2, (turns.at >>> 2) + 2 * turns.grid);
    }
    if (alone) {
      for (let chunk = 0; chunk < chunks; chunk++) {
        runChunk(control, this.#kernels, 0, chunk);
        onTaken?.(chunk + 1);
      }
      return;
    }
    Atomics.store(control, DONE, 0);
    Atomics.store(control, TICKET, control[PHASE] << 16);
    Atomics.notify(control, TICKET);
    if (this.#helpers && Atomics.load(control, PRESENT) < this.#helpers.count) this.#helpers.call();
    for (;;) {
      const ticket = Atomics.load(control, TICKET);
      if ((ticket & MOST_CHUNKS) >= chunks) break;
      const chunk = takeChunk(control, ticket);
      if (chunk < 0) continue;
      runChunk(control, this.#kernels, 0, chunk);
      onTaken?.(chunk + 1);
    }
    waitFor(control, DONE, chunks);
    if (Atomics.load(control, FAILED)) throw threadFailed('failed');
  }

  /** Chunks that other threads have taken so far. */
  get helped(): number {
    return Atomics.load(this.#control, HELPED);
  }

  /** No work for now: helpers sleep, and go back to their event loops when no more comes. */
  close(): void {
    if (!this.#shared) return;
    Atomics.store(this.#control, TICKET, CLOSED);
    Atomics.notify(this.#control, TICKET);
  }

  /** Sends the helpers back to their event loops at once. */
  dismiss(): void {
    if (this.#shared) Atomics.notify(this.#control, TICKET);
  }
}
