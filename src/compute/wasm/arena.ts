import { AppError } from '../../base/error.ts';
import { CONTROL_BYTES } from './control.ts';

/** What a WebAssembly address reaches. */
const MOST_BYTES = 2 ** 32;
const PAGE_BYTES = 65_536;
const MEGABYTE = 2 ** 20;
/** Every piece starts on a vector boundary. */
const ALIGNMENT = 16;

/**
 * Lays out one session's memory before any of it is taken: every `take…` gives the address its piece
 * will have. The control words of `control.ts` stand at the beginning.
 */
export class ArenaPlan {
  #bytes = CONTROL_BYTES;

  get bytes(): number {
    return this.#bytes;
  }

  /** Address of `bytes` bytes. */
  take(bytes: number): number {
    const at = this.#bytes;
    this.#bytes = Math.ceil((at + bytes) / ALIGNMENT) * ALIGNMENT;
    return at;
  }

  /** Address of `count` 32-bit numbers. */
  words(count: number): number {
    return this.take(4 * count);
  }

  /** Address of `count` 64-bit numbers. */
  doubles(count: number): number {
    return this.take(8 * count);
  }
}

/** Memory for a plan, zeroed. Throws `deviceOutOfMemory` where there is no room for it. */
export function createMemory(bytes: number, shared: boolean): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE_BYTES);
  try {
    if (bytes > MOST_BYTES) throw new RangeError(`${bytes} bytes`);
    return new WebAssembly.Memory(shared ? { initial: pages, maximum: pages, shared } : { initial: pages });
  } catch (cause) {
    throw new AppError('deviceOutOfMemory', { device: 'wasm', neededMb: Math.ceil(bytes / MEGABYTE) }, { cause });
  }
}

export const floatsAt = (memory: WebAssembly.Memory, at: number, count: number) =>
  new Float32Array(memory.buffer, at, count);

export const wordsAt = (memory: WebAssembly.Memory, at: number, count: number) =>
  new Uint32Array(memory.buffer, at, count);

export const doublesAt = (memory: WebAssembly.Memory, at: number, count: number) =>
  new Float64Array(memory.buffer, at, count);

/** Factors rounded up to whole vectors. */
export const strideOf = (factors: number) => Math.ceil(factors / 4) * 4;

/** Copies rows of `factors` numbers to rows of `stride`; the memory behind them is zero already. */
export function padRows(source: Float32Array, factors: number, target: Float32Array, stride: number): void {
  if (factors === stride) {
    target.set(source);
    return;
  }
  for (let from = 0, to = 0; from < source.length; from += factors, to += stride) {
    target.set(source.subarray(from, from + factors), to);
  }
}

/** The reverse of `padRows`, as a copy outside the arena. */
export function unpadRows(source: Float32Array, stride: number, rows: number, factors: number): Float32Array {
  if (factors === stride) return Float32Array.from(source.subarray(0, rows * stride));
  const target = new Float32Array(rows * factors);
  for (let row = 0; row < rows; row++) {
    target.set(source.subarray(row * stride, row * stride + factors), row * factors);
  }
  return target;
}
