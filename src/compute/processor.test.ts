import { afterEach, describe, expect, it, vi } from 'vitest';
import { csrFromPairs } from '../base/sparse.ts';
import { positiveDefinite } from './parity-problems.ts';
import { createProcessor } from './processor.ts';
import { createReferenceDevice } from './reference/device.ts';
import { createWasmDevice } from './wasm/device.ts';

const request = { matrix: positiveDefinite(100), size: 100 };
const expected = {
  wasm: await (await createWasmDevice()).invert(request),
  reference: await createReferenceDevice().invert(request),
};

afterEach(() => vi.restoreAllMocks());

describe('the processor beside a GPU', () => {
  it('computes in WebAssembly', async () => {
    // 32 bits and 64 differ in the last places, so it can be told who has computed
    expect(expected.wasm).not.toEqual(expected.reference);
    const processor = createProcessor();
    expect(await processor.invert(request)).toEqual(expected.wasm);
    const held = await processor.holdMatrix({ data: Float32Array.of(2, 3), columns: 2 });
    const one = { users: Uint32Array.of(0), items: Uint32Array.of(0), values: Float32Array.of(5) };
    const matrix = csrFromPairs(one, 1, 1);
    expect(await held.timesSparse(matrix)).toEqual(Float32Array.of(10, 15));
    processor.destroy();
    processor.destroy();
    await expect(held.timesSparse(matrix)).rejects.toThrow(TypeError);
    await expect(processor.invert(request)).rejects.toThrow(TypeError);
    await expect(processor.holdMatrix({ data: Float32Array.of(2), columns: 1 })).rejects.toThrow(TypeError);
  });

  it('computes in plain loops where there is no WebAssembly with vectors', async () => {
    vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
    await expect(createWasmDevice()).rejects.toMatchObject({ code: 'deviceMissing' });
    const processor = createProcessor();
    expect(await processor.invert(request)).toEqual(expected.reference);
    processor.destroy();
  });

  it('may be ended before anybody has asked', async () => {
    const processor = createProcessor();
    processor.destroy();
    await expect(processor.invert(request)).rejects.toThrow(TypeError);
  });
});
