/** One thread at one kernel of assembly/, in memory of its own. */
import type { RoofKernel, RoofRequest } from './requests.ts';

type Copy = (to: number, from: number, bytes: number, times: number) => void;
type Multiply = (rounds: number) => number;

const PAGE = 65_536;
/** Floating-point operations of one round: twelve vectors of four lanes, a product and a sum each. */
const FLOPS_PER_ROUND = 12 * 4 * 2;
const ROUNDS_PER_CALL = 1_000_000;
/** Small buffers are copied often within one call, so that the call itself costs nothing. */
const BYTES_PER_CALL = 1 << 24;

/** One call, and what it gets done: bytes moved (read and written), or floating-point operations. */
function callOf(exports: Record<string, unknown>, kernel: RoofKernel, bytes: number): { call(): void; work: number } {
  if (kernel === 'multiplyAdd') {
    const multiply = exports[kernel] as Multiply;
    return { call: () => multiply(ROUNDS_PER_CALL), work: ROUNDS_PER_CALL * FLOPS_PER_ROUND };
  }
  const copy = exports[kernel] as Copy;
  const times = Math.max(1, Math.floor(BYTES_PER_CALL / bytes));
  return { call: () => copy(PAGE + bytes, PAGE, bytes, times), work: 2 * bytes * times };
}

/** Work per second. */
async function rate({ module, kernel, bytes, milliseconds }: RoofRequest): Promise<number> {
  const memory = new WebAssembly.Memory({ initial: 1 + Math.ceil((2 * bytes) / PAGE) });
  const compiled = await WebAssembly.compile(module as BufferSource);
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  const { call, work } = callOf(exports, kernel, bytes);
  // Touches every page, and lets the compiler come to its best.
  for (const warm = performance.now() + milliseconds / 4; performance.now() < warm; ) call();
  const begin = performance.now();
  let done = 0;
  let now = begin;
  while (now < begin + milliseconds) {
    call();
    done += work;
    now = performance.now();
  }
  return done / ((now - begin) / 1000);
}

self.onmessage = async ({ data }: MessageEvent<RoofRequest>) => {
  try {
    self.postMessage({ done: await rate(data) });
  } catch (thrown) {
    self.postMessage({ failed: thrown instanceof Error ? thrown.message : String(thrown) });
  }
};
