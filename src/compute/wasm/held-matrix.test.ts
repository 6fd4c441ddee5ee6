import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { type Csr, csrFromPairs } from '../../base/sparse.ts';
import { createReferenceDevice } from '../reference/device.ts';
import { createWasmDevice } from './device.ts';

const devices = { wasm: await createWasmDevice(), reference: createReferenceDevice() };

const normals = (length: number) => {
  const random = createRandom(length);
  return random.normals(length);
};

/** Rows whose lengths run from 0 to `most`, over and over. */
function sparse(rows: number, columns: number, most: number): Csr {
  const random = createRandom(rows + columns);
  const users: number[] = [];
  const items: number[] = [];
  for (let row = 0; row < rows; row++) {
    const length = row % (most + 1);
    const first = random.integer(columns);
    for (let entry = 0; entry < length; entry++) {
      users.push(row);
      items.push((first + entry * 3) % columns);
    }
  }
  const values = normals(users.length);
  return csrFromPairs({ users: Uint32Array.from(users), items: Uint32Array.from(items), values }, rows, columns);
}

/** The product as it is defined: every number of the row times its row of `data`, in double precision. */
function product({ rows, pointers, indices, values }: Csr, data: Float32Array, columns: number): number[] {
  const out = new Array<number>(rows * columns).fill(0);
  for (let row = 0; row < rows; row++) {
    for (let entry = pointers[row]; entry < pointers[row + 1]; entry++) {
      for (let c = 0; c < columns; c++) out[row * columns + c] += values[entry] * data[indices[entry] * columns + c];
    }
  }
  return out;
}

const apart = (actual: Float32Array, expected: readonly number[]) => {
  expect(actual.length).toBe(expected.length);
  return expected.reduce((most, x, at) => Math.max(most, Math.abs(x - actual[at])), 0);
};

describe.each(['wasm', 'reference'] as const)('a matrix held on %s', (kind) => {
  const device = devices[kind];

  it('is multiplied as by hand', async () => {
    // ⎡1 0 2⎤ ⎡1 2⎤   ⎡11 14⎤
    // ⎣0 0 0⎦ ⎢3 4⎥ = ⎣ 0  0⎦
    //         ⎣5 6⎦
    const held = await device.holdMatrix({ data: Float32Array.of(1, 2, 3, 4, 5, 6), columns: 2 });
    const matrix: Csr = {
      rows: 2,
      columns: 3,
      pointers: Uint32Array.of(0, 2, 2),
      indices: Uint32Array.of(0, 2),
      values: Float32Array.of(1, 2),
    };
    expect(await held.timesSparse(matrix)).toEqual(Float32Array.of(11, 14, 0, 0));
    held.destroy();
  });

  it('serves many sparse ones, at once and one after the other, and is a copy', async () => {
    const data = normals(40 * 37);
    const kept = data.slice();
    const held = await device.holdMatrix({ data, columns: 37 });
    data.fill(Number.NaN);
    const matrices = [sparse(30, 40, 8), sparse(1, 40, 0), sparse(500, 40, 13)];
    const products = await Promise.all(matrices.map((matrix) => held.timesSparse(matrix)));
    for (const [at, matrix] of matrices.entries()) {
      expect(apart(products[at], product(matrix, kept, 37))).toBeLessThan(1e-4);
      expect(await held.timesSparse(matrix)).toEqual(products[at]);
    }
    held.destroy();
  });

  it('refuses wrong shapes and what comes after its end', async () => {
    await expect(device.holdMatrix({ data: new Float32Array(5), columns: 2 })).rejects.toThrow(RangeError);
    await expect(device.holdMatrix({ data: new Float32Array(0), columns: 0 })).rejects.toThrow(RangeError);
    const held = await device.holdMatrix({ data: normals(12), columns: 3 });
    const matrix = sparse(5, 4, 2);
    await expect(held.timesSparse(sparse(5, 6, 2))).rejects.toThrow('matrix has 6 columns, 4 rows are held');
    await expect(held.timesSparse({ ...matrix, values: new Float32Array(1) })).rejects.toThrow(RangeError);
    const backwards = { ...matrix, pointers: Uint32Array.of(0, 2, 1, 3, 3, matrix.indices.length) };
    await expect(held.timesSparse(backwards)).rejects.toThrow(RangeError);
    expect(apart(await held.timesSparse(matrix), product(matrix, normals(12), 3))).toBeLessThan(1e-4);
    held.destroy();
    held.destroy();
    await expect(held.timesSparse(matrix)).rejects.toThrow(TypeError);
    await expect(held.timesSparse(sparse(0, 4, 0))).rejects.toThrow(TypeError);
  });

  it('stops for a signal that has fired, and goes on for the next', async () => {
    const held = await device.holdMatrix({ data: normals(8), columns: 2 });
    const matrix = sparse(6, 4, 3);
    await expect(held.timesSparse(matrix, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
    expect(apart(await held.timesSparse(matrix), product(matrix, normals(8), 2))).toBeLessThan(1e-4);
    held.destroy();
  });
});

describe('a matrix held in WebAssembly', () => {
  it('is multiplied in as many batches as its room asks for', async () => {
    // a small matrix has room for 65,536 numbers of the result: 1,365 rows of 48
    const data = normals(60 * 48);
    const held = await devices.wasm.holdMatrix({ data, columns: 48 });
    const matrix = sparse(5000, 60, 20);
    expect(apart(await held.timesSparse(matrix), product(matrix, data, 48))).toBeLessThan(1e-4);
    held.destroy();
  });

  it('takes rows that are longer together than the room for entries', async () => {
    // full rows of 3,000: 262,144 entries are 87 of them
    const data = normals(3000 * 2);
    const held = await devices.wasm.holdMatrix({ data, columns: 2 });
    const rows = 200;
    const matrix: Csr = {
      rows,
      columns: 3000,
      pointers: Uint32Array.from({ length: rows + 1 }, (_, row) => row * 3000),
      indices: Uint32Array.from({ length: rows * 3000 }, (_, at) => at % 3000),
      values: normals(rows * 3000),
    };
    expect(apart(await held.timesSparse(matrix), product(matrix, data, 2))).toBeLessThan(1e-3);
    held.destroy();
  });

  it('stops in the middle of a product, and at the end of its session or device', async () => {
    const own = await createWasmDevice();
    const columns = 2048;
    const held = await own.holdMatrix({ data: new Float32Array(500 * columns).fill(1), columns });
    const matrix = sparse(4000, 500, 400);
    const controller = new AbortController();
    const stopped = held.timesSparse(matrix, controller.signal);
    setTimeout(() => controller.abort(), 0);
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
    const ended = held.timesSparse(matrix);
    setTimeout(() => own.destroy(), 0);
    await expect(ended).rejects.toThrow(TypeError);
    await expect(held.timesSparse(matrix)).rejects.toThrow(TypeError);
    await expect(own.holdMatrix({ data: new Float32Array(2), columns: 1 })).rejects.toThrow(TypeError);
  });

  it('does not mix products that are asked for at once and give events turns', async () => {
    const columns = 1024;
    const held = await devices.wasm.holdMatrix({ data: normals(500 * columns), columns });
    const matrices = [sparse(4000, 500, 400), sparse(3999, 500, 399)];
    const apiece: Float32Array[] = [];
    for (const matrix of matrices) apiece.push(await held.timesSparse(matrix));
    const together = await Promise.all(matrices.map((matrix) => held.timesSparse(matrix)));
    for (const [at, numbers] of together.entries()) {
      expect(Buffer.from(numbers.buffer).equals(Buffer.from(apiece[at].buffer))).toBe(true);
    }
    held.destroy();
  });

  it('says how much memory it would have needed', async () => {
    const request = { data: { length: 2 ** 31 } as Float32Array, columns: 64 };
    await expect(devices.wasm.holdMatrix(request)).rejects.toMatchObject({
      code: 'deviceOutOfMemory',
      params: { device: 'wasm', neededMb: expect.any(Number) },
    });
  });
});
