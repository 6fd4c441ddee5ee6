import { describe, expect, it } from 'vitest';
import { Caller, help, type Kernels, takeChunk } from './control.ts';

const CHUNKS = 40;

/** Kernels that note who ran which chunk. */
function notingKernels(ran: number[], fail = false): Kernels {
  const run = (_: number, chunk: number) => {
    if (fail) throw new RangeError('kernel');
    ran.push(chunk);
  };
  return { gramRows: run } as unknown as Kernels;
}

const sharedMemory = () => new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });

describe('a helper that dies', () => {
  it('with a chunk in its hands is not waited for for ever: the device counts as lost', () => {
    const memory = sharedMemory();
    const ran: number[] = [];
    const thief = {
      count: 1,
      // Takes the first chunk and is never heard of again.
      call: () => void Atomics.add(new Int32Array(memory.buffer), 0, 1),
    };
    const caller = new Caller(memory, notingKernels(ran), true, thief, 1);
    expect(() => caller.phase('gramRows', 0, CHUNKS)).toThrow(
      expect.objectContaining({ code: 'deviceLost', params: { device: 'wasm' } }),
    );
    // everything else was done by the thread that called
    expect(ran).toEqual(Array.from({ length: CHUNKS - 1 }, (_, at) => at + 1));
  });

  it('with a block in a grid holds up its row and column no longer than that', () => {
    const memory = sharedMemory();
    const thief = { count: 1, call: () => void Atomics.add(new Int32Array(memory.buffer), 0, 1) };
    const caller = new Caller(memory, notingKernels([]), true, thief, 1);
    const started = performance.now();
    expect(() => caller.phase('gramRows', 0, 4, { grid: 2, at: 1024 })).toThrow(
      expect.objectContaining({ code: 'deviceLost' }),
    );
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('by an error says so at once', () => {
    const memory = sharedMemory();
    const helper = {
      count: 1,
      call() {
        expect(() => help(memory, notingKernels([], true), 1)).toThrow(RangeError);
      },
    };
    const caller = new Caller(memory, notingKernels([]), true, helper);
    expect(() => caller.phase('gramRows', 0, CHUNKS)).toThrow(expect.objectContaining({ code: 'deviceLost' }));
  });
});

it('an error of the calling thread itself stays what it is', () => {
  const caller = new Caller(sharedMemory(), notingKernels([], true), true, null);
  expect(() => caller.phase('gramRows', 0, CHUNKS)).toThrow(RangeError);
});

it('a ticket that was read when a phase was over takes no chunk of the next, which is larger', () => {
  const memory = sharedMemory();
  const control = new Int32Array(memory.buffer);
  const ran: number[] = [];
  const caller = new Caller(memory, notingKernels(ran), true, null);
  caller.phase('gramRows', 0, 2);
  const [ticket] = control;
  const taken: number[] = [];
  // Asked for while the phase is being written, as late as can be: the number of its chunks stands there.
  const turns = {
    at: 1024,
    get grid() {
      taken.push(takeChunk(control, ticket));
      return 2;
    },
  };
  caller.phase('gramRows', 0, 4, turns);
  expect(taken.length).toBeGreaterThan(0);
  expect(taken.every((chunk) => chunk === -1)).toBe(true);
  expect(ran).toEqual([0, 1, 0, 1, 2, 3]);
});

it('computes alone from the phase on in which nobody is to be called, and in the same order', () => {
  const memory = sharedMemory();
  const ran: number[] = [];
  let [alone, calls] = [false, 0];
  const helper = { count: 1, call: () => void calls++ };
  const caller = new Caller(memory, notingKernels(ran), true, helper, undefined, () => alone);
  caller.phase('gramRows', 0, 2);
  expect(calls).toBe(1);
  // One who lingers on what was over, while more chunks than that are done without anybody.
  const [ticket] = new Int32Array(memory.buffer);
  alone = true;
  caller.phase('gramRows', 0, 4, { grid: 2, at: 1024 });
  expect(takeChunk(new Int32Array(memory.buffer), ticket)).toBe(-1);
  alone = false;
  caller.phase('gramRows', 0, 3);
  expect(calls).toBe(2);
  expect(ran).toEqual([0, 1, 0, 1, 2, 3, 0, 1, 2]);
});
