import { existsSync, openAsBlob } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ratingsOf } from '../data/ratings.testing.ts';
import type { Ratings } from '../data/ratings.ts';
import { readAll } from '../data/read/byte-source.ts';
import { listZip } from '../data/read/zip.ts';
import { PopularityModel } from '../models/popularity-model.ts';
import { type CandidateLists, judgeCandidates, readCandidates } from './candidates.ts';

const known = { userIds: ['7', '8', '9'], itemIds: ['a', 'b', 'c', 'd', 'e'] };

describe('reading', () => {
  test('a customer and the held-out product, then the others; what cannot be used is counted', () => {
    const text = '(7,a)\tb\tc\td\n(9,d)\ta\td\tx\tb\r\n(6,a)\tb\n\n(8,y)\ta\n';
    const candidates = readCandidates(text, known, 'test.negative');
    expect(Array.from(candidates.users)).toEqual([0, 2]);
    expect(Array.from(candidates.held)).toEqual([0, 3]);
    expect(Array.from(candidates.pointers)).toEqual([0, 3, 5]);
    expect(Array.from(candidates.items)).toEqual([1, 2, 3, 0, 1]);
    // d beside the held-out d; x; customer 6 and product y
    expect([candidates.repeated, candidates.unknownItems, candidates.unknownCustomers]).toEqual([1, 1, 2]);
  });

  test('another kind of file is refused, with the line', () => {
    const read = () => readCandidates('(7,a)\tb\n7,a,b\n', known, 'some.csv');
    expect(read).toThrow(
      expect.objectContaining({ code: 'fileDamaged', params: { file: 'some.csv', detail: 'line 2' } }),
    );
  });
});

describe('judging', () => {
  const candidates: CandidateLists = {
    users: Uint32Array.of(4, 5, 6, 7),
    held: Uint32Array.of(0, 1, 2, 3),
    pointers: Uint32Array.of(0, 3, 6, 8, 10),
    items: Uint32Array.of(1, 2, 3, 0, 2, 3, 0, 1, 0, 1),
  };
  const scored = (rows: readonly (readonly number[])[]) => ({
    async scoresForMany(users: Uint32Array) {
      return Float32Array.from(Array.from(users).flatMap((user) => rows[user - 4]));
    },
  });

  test('by hand: first, third, tied, last', async () => {
    const model = scored([
      [5, 1, 2, 3],
      [3, 2, 1, 9],
      [2, 4, 2, 0],
      [1, 1, 0, 0],
    ]);
    const { hitRate, ndcg } = await judgeCandidates(model, candidates, 4, 2);
    // places 1; 3; behind 1 and the tied 0: 3; 3
    expect(Array.from(hitRate)).toEqual([1, 0, 0, 0]);
    expect(Array.from(ndcg)).toEqual([1, 0, 0, 0]);
    const longer = await judgeCandidates(model, candidates, 4, 3);
    expect(Array.from(longer.hitRate)).toEqual([1, 1, 1, 1]);
    longer.ndcg.forEach((value, row) => {
      expect(value).toBeCloseTo([1, 0.5, 0.5, 0.5][row], 6);
    });
  });

  test('a model that cannot tell things apart gets nothing; what is no number loses', async () => {
    const flat = await judgeCandidates(
      scored([
        [1, 1, 1, 1],
        [0, 0, 0, 0],
        [2, 2, 2, 2],
        [3, 3, 3, 3],
      ]),
      candidates,
      4,
      2,
    );
    expect(Array.from(flat.hitRate)).toEqual([0, 0, 0, 0]);
    const broken = await judgeCandidates(
      scored([
        [Number.NaN, 1, 2, 3],
        [Number.NaN, 0, Number.NaN, 1],
        [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0],
        [Number.NaN, Number.NaN, 0, Number.NaN],
      ]),
      candidates,
      4,
      2,
    );
    expect(Array.from(broken.hitRate)).toEqual([0, 1, 1, 0]);
  });

  test('a stop is heard', async () => {
    const model = scored([
      [0, 0, 0, 0],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ]);
    const stopped = judgeCandidates(model, candidates, 4, 2, undefined, AbortSignal.abort());
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
  });
});

const folder = process.env['TASTEMAKER_DATA'] ?? new URL('../../../shared/datasets', import.meta.url).pathname;
const archive = `${folder}/ncf-ml-1m.zip`;

describe.skipIf(!existsSync(archive))('the split of He et al. 2017 (skipped without the data folder)', () => {
  async function fileOf(name: string): Promise<string> {
    const entries = await listZip(await openAsBlob(archive), 'ncf-ml-1m.zip');
    const entry = entries.find(({ path }) => path.endsWith(name));
    const bytes = entry && (await readAll(entry.source, 64 * 1024 * 1024));
    if (!bytes) throw new Error(`no ${name}`);
    return new TextDecoder().decode(bytes);
  }

  test('popularity alone reaches the published HR@10 0.4538 and NDCG@10 0.2545', async () => {
    const numbers = (await fileOf('train.rating')).trimEnd().split(/\s+/);
    const width = 4;
    const count = numbers.length / width;
    const users = Uint32Array.from({ length: count }, (_, row) => Number(numbers[row * width]));
    const items = Uint32Array.from({ length: count }, (_, row) => Number(numbers[row * width + 1]));
    const values = new Float32Array(count).fill(1);
    const train: Ratings = {
      ...ratingsOf({ users, items, values }, 6040, 3706, 'implicit'),
      userIds: Array.from({ length: 6040 }, (_, row) => `${row}`),
      itemIds: Array.from({ length: 3706 }, (_, column) => `${column}`),
    };
    const candidates = readCandidates(await fileOf('test.negative'), train, 'test.negative');
    expect(candidates.users).toHaveLength(6040);
    expect(candidates.repeated).toBe(156);
    expect(candidates.items).toHaveLength(6040 * 99 - 156);
    const { hitRate, ndcg } = await judgeCandidates(PopularityModel.of(train.byUser), candidates, 3706, 10);
    const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    // equal counts, which count against us here, are worth 0.0007
    expect(Math.abs(mean(hitRate) - 0.4538)).toBeLessThan(0.001);
    expect(Math.abs(mean(ndcg) - 0.2545)).toBeLessThan(0.001);
  });
});
