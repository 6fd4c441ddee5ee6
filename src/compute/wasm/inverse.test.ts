import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import type { InverseRequest } from '../device.ts';
import { positiveDefinite } from '../parity-problems.ts';
import { createReferenceDevice } from '../reference/device.ts';
import { createWasmDevice } from './device.ts';

const devices = { wasm: await createWasmDevice(), reference: createReferenceDevice() };

/** The largest entry of A · X − I, A read from its lower triangle, sums in double precision. */
function residual(matrix: Float32Array, inverse: Float32Array, size: number): number {
  let worst = 0;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      let sum = row === column ? -1 : 0;
      for (let k = 0; k < size; k++) {
        const entry = matrix[Math.max(row, k) * size + Math.min(row, k)];
        sum += entry * inverse[k * size + column];
      }
      worst = Math.max(worst, Math.abs(sum));
    }
  }
  return worst;
}

const sameBits = (a: Float32Array, b: Float32Array) => Buffer.from(a.buffer).equals(Buffer.from(b.buffer));

/** What EASE inverts: how often things were chosen together, a few of them by almost everybody, and λ on the diagonal. */
function choicesTogether(size: number, people: number, lambda: number): Float32Array {
  const random = createRandom(size);
  const matrix = new Float32Array(size * size);
  for (let person = 0; person < people; person++) {
    const chosen: number[] = [];
    for (let item = 0; item < size; item++) if (random.next() < 0.9 / (1 + item / 5)) chosen.push(item);
    for (const a of chosen) for (const b of chosen) matrix[a * size + b]++;
  }
  for (let item = 0; item < size; item++) matrix[item * size + item] += lambda;
  return matrix;
}

describe.each(['wasm', 'reference'] as const)('the inverse on %s', (kind) => {
  const device = devices[kind];

  it('is what it is by hand', async () => {
    // ⎡4 2⎤⁻¹       ⎡ 3 −2⎤
    // ⎣2 3⎦   = 1/8 ⎣−2  4⎦
    const inverse = await device.invert({ matrix: Float32Array.of(4, 2, 2, 3), size: 2 });
    expect([...inverse].map((x) => Math.round(x * 1e6) / 1e6)).toEqual([0.375, -0.25, -0.25, 0.5]);
    expect(await device.invert({ matrix: Float32Array.of(8), size: 1 })).toEqual(Float32Array.of(0.125));
  });

  it.each([1, 7, 63, 64, 65, 130, 193, 256])('times the matrix is the identity: %i rows', async (size) => {
    const matrix = positiveDefinite(size);
    const inverse = await device.invert({ matrix, size });
    expect(residual(matrix, inverse, size)).toBeLessThan(2e-4);
    const mirrored = inverse.map((_, at) => inverse[(at % size) * size + Math.floor(at / size)]);
    expect(sameBits(inverse, mirrored)).toBe(true);
  });

  it('is good where a few things are chosen by almost everybody', async () => {
    const matrix = choicesTogether(300, 2000, 50);
    expect(residual(matrix, await device.invert({ matrix, size: 300 }), 300)).toBeLessThan(2e-4);
  });

  it('reads nothing above the diagonal and leaves the matrix alone', async () => {
    const size = 131;
    const matrix = positiveDefinite(size);
    const expected = await device.invert({ matrix, size });
    for (let row = 0; row < size; row++) matrix.fill(Number.NaN, row * size + row + 1, (row + 1) * size);
    const before = matrix.slice();
    expect(sameBits(await device.invert({ matrix, size }), expected)).toBe(true);
    expect(sameBits(matrix, before)).toBe(true);
  });

  it.each([
    [0, -1],
    [0, Number.NaN],
    [0, Number.POSITIVE_INFINITY],
    [70, 0],
    [129, -3],
  ])('refuses a matrix whose pivot %i is not positive (%d on the diagonal)', async (pivot, value) => {
    const size = 130;
    const matrix = new Float32Array(size * size);
    for (let row = 0; row < size; row++) matrix[row * size + row] = row === pivot ? value : 2;
    const inverting = device.invert({ matrix, size });
    await expect(inverting).rejects.toThrow(RangeError);
    await expect(inverting).rejects.toThrow(`pivot ${pivot} is ${value}`);
  });

  it('refuses a matrix that is singular only by what was swept before', async () => {
    // row 100 is twice row 3: the pivot is 4 − 2 · 2 = 0
    const size = 110;
    const matrix = new Float32Array(size * size);
    for (let row = 0; row < size; row++) matrix[row * size + row] = 1;
    matrix[100 * size + 3] = 2;
    matrix[100 * size + 100] = 4;
    await expect(device.invert({ matrix, size })).rejects.toThrow('pivot 100 is 0');
  });

  it('refuses wrong shapes', async () => {
    await expect(device.invert({ matrix: new Float32Array(5), size: 2 })).rejects.toThrow(RangeError);
    await expect(device.invert({ matrix: new Float32Array(0), size: -1 })).rejects.toThrow(RangeError);
    await expect(device.invert({ matrix: new Float32Array(2), size: Math.SQRT2 })).rejects.toThrow(RangeError);
  });

  it('is not begun once the signal has fired', async () => {
    const request = { matrix: Float32Array.of(2), size: 1, signal: AbortSignal.abort() };
    await expect(device.invert(request)).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('the inverse in WebAssembly', () => {
  const size = 2000;
  const diagonal = new Float32Array(size * size);
  for (let row = 0; row < size; row++) diagonal[row * size + row] = 2;

  it('stops in the middle, says how far it is, and lets events in', async () => {
    const told: number[] = [];
    const controller = new AbortController();
    const turns = { taken: 0 };
    const timer = setInterval(() => turns.taken++, 1);
    const request: InverseRequest = {
      matrix: diagonal,
      size,
      signal: controller.signal,
      tell: (share) => {
        told.push(share);
        if (told.length === 3) controller.abort();
      },
    };
    await expect(devices.wasm.invert(request)).rejects.toMatchObject({ code: 'cancelled' });
    clearInterval(timer);
    expect(told.length).toBe(3);
    expect(told).toEqual([...new Set(told)].sort((x, y) => x - y));
    expect(told[0]).toBeGreaterThanOrEqual(0);
    expect(told[2]).toBeLessThan(1);
    expect(turns.taken).toBeGreaterThan(0);
  });

  it('gives the same bits twice', async () => {
    const request = { matrix: positiveDefinite(150), size: 150 };
    expect(sameBits(await devices.wasm.invert(request), await devices.wasm.invert(request))).toBe(true);
  });

  it('says how much memory it would have needed', async () => {
    const huge = 40_000;
    const request = { matrix: { length: huge * huge } as Float32Array, size: huge };
    const rejection = expect(devices.wasm.invert(request)).rejects;
    await rejection.toMatchObject({
      code: 'deviceOutOfMemory',
      params: { device: 'wasm', neededMb: expect.any(Number) },
    });
  });

  it('is refused by a device that was destroyed', async () => {
    const own = await createWasmDevice();
    own.destroy();
    await expect(own.invert({ matrix: Float32Array.of(2), size: 1 })).rejects.toThrow(TypeError);
  });
});
