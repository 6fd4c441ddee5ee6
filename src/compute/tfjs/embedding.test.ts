import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { openTfjs, type TfjsRuntime } from '../tfjs.ts';
import { RowGroups } from './embedding.ts';
import { hostOf } from './hosts.testing.ts';

describe('RowGroups', () => {
  it('lists every entry once, under its row, in the order of the batch', () => {
    const random = createRandom(3);
    const groups = new RowGroups(20, 64);
    for (const entries of [64, 1, 40, 0]) {
      const rows = Int32Array.from({ length: entries }, () => random.integer(20));
      groups.assign(rows, entries);
      const expected = new Map<number, number[]>();
      for (const [at, row] of rows.entries()) expected.set(row, [...(expected.get(row) ?? []), at]);
      const found = new Map<number, number[]>();
      for (let t = 0; t < groups.touched; t++) {
        found.set(groups.rows[t], [...groups.order.subarray(groups.starts[t], groups.starts[t + 1])]);
      }
      expect(found).toEqual(expected);
    }
  });
});

describe.each(['reference', 'wasm'] as const)('a table on %s', (kind) => {
  let runtime: TfjsRuntime;
  beforeAll(async () => {
    runtime = await openTfjs(hostOf(kind));
  });
  afterAll(() => runtime.destroy());

  it('moves the touched rows as dense Adam would, and leaves the others alone', async () => {
    const random = createRandom(8);
    const [rows, width, batch] = [7, 5, 12];
    const initial = random.normals(rows * width);
    const table = runtime.table(initial, rows, width);
    const side = runtime.batchRows(rows, batch);
    // The same in double precision, one coordinate at a time, straight from the formulas.
    const x = Float64Array.from(initial);
    const m = new Float64Array(x.length);
    const v = new Float64Array(x.length);
    for (let count = 1; count <= 4; count++) {
      const entries = count === 4 ? 9 : batch;
      const indices = Int32Array.from({ length: entries }, () => 1 + random.integer(rows - 2));
      side.assign(indices, entries);
      const slopes = random.normals(batch * width);
      const gradient = runtime.tf.tensor2d(slopes.slice(), [batch, width]);
      await table.update(gradient, side, { count, learningRate: 0.1 }, 0.25);
      gradient.dispose();
      for (const row of new Set(indices)) {
        for (let c = 0; c < width; c++) {
          const at = row * width + c;
          let g = 0;
          indices.forEach((own, e) => {
            if (own === row) g += slopes[e * width + c] + 0.25 * x[at];
          });
          m[at] = 0.9 * m[at] + 0.1 * g;
          v[at] = 0.999 * v[at] + 0.001 * g * g;
          x[at] -= (0.1 * (m[at] / (1 - 0.9 ** count))) / (Math.sqrt(v[at] / (1 - 0.999 ** count)) + 1e-8);
        }
      }
    }
    const after = await table.read();
    expect(Math.max(...after.map((value, at) => Math.abs(value - x[at])))).toBeLessThan(1e-5);
    expect(after.slice(0, width)).toEqual(initial.slice(0, width));
    expect(after.slice(-width)).toEqual(initial.slice(-width));
    table.destroy();
    side.destroy();
  });

  it('gathers rows in the order of the batch, padding included', async () => {
    const table = runtime.table(Float32Array.of(1, 2, 3, 4, 5, 6), 3, 2);
    const side = runtime.batchRows(3, 4);
    side.assign(Uint32Array.of(2, 1, 2), 3);
    const gathered = table.gather(side);
    expect([...(await gathered.data())]).toEqual([5, 6, 3, 4, 5, 6, 1, 2]);
    gathered.dispose();
    table.destroy();
    side.destroy();
  });
});
