import { describe, expect, it } from 'vitest';
import { openTables } from '../src/data/read/open.ts';
import { readCells } from '../src/data/read/testing.ts';
import { CSV_HEADER, csvRows } from './generate-csv.ts';
import { ParquetFile } from './generate-parquet.ts';
import { generateRatings, planFor, type RatingsChunk } from './generate-ratings.ts';

const PLAN = { ratings: 60_000, customers: 800, products: 6000, seed: 3 };

function rowsOf(chunks: Iterable<RatingsChunk>): { u: number; p: number; value: number; time: number }[] {
  return [...chunks].flatMap(({ rows, customer, product, value, time }) =>
    Array.from({ length: rows }, (_, r) => ({ u: customer[r], p: product[r], value: value[r], time: time[r] })),
  );
}

describe('made-up ratings', () => {
  const rows = rowsOf(generateRatings(PLAN));

  it('are as many as asked for, each pair once, on the half-star scale', () => {
    expect(rows).toHaveLength(PLAN.ratings);
    expect(new Set(rows.map(({ u, p }) => u * 10_000 + p)).size).toBe(PLAN.ratings);
    expect([...new Set(rows.map(({ value }) => value))].sort((a, b) => a - b)).toEqual([
      0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5,
    ]);
    expect(Math.min(...rows.slice(0, 1000).map(({ time }) => time))).toBeGreaterThan(Date.UTC(2000, 0, 1) / 1000 - 1);
  });

  it('have heavy tails: the top tenth of products and of customers do more than a quarter of everything', () => {
    for (const side of ['u', 'p'] as const) {
      const counts = new Map<number, number>();
      for (const row of rows) counts.set(row[side], (counts.get(row[side]) ?? 0) + 1);
      const sorted = [...counts.values()].sort((a, b) => b - a);
      const top = sorted.slice(0, Math.ceil(sorted.length / 10)).reduce((sum, count) => sum + count, 0);
      expect(top / rows.length).toBeGreaterThan(0.25);
    }
  });

  it('come again from the same seed and differ with another', () => {
    expect(rowsOf(generateRatings(PLAN))).toEqual(rows);
    expect(rowsOf(generateRatings({ ...PLAN, seed: 4 }))).not.toEqual(rows);
  });

  it('are refused where so many pairs do not exist', () => {
    expect(() => [...generateRatings({ ratings: 1000, customers: 10, products: 100, seed: 1 })]).toThrow(RangeError);
  });

  it('of the full size have the customers and products that are stated', () => {
    expect(planFor(25_000_000, 1)).toMatchObject({ customers: 160_000, products: 60_000 });
  });
});

describe('files', () => {
  it('read the same as CSV and as Parquet, several row groups included', async () => {
    const chunks = [...generateRatings(PLAN)];
    const csv = new Blob([CSV_HEADER, ...chunks.map((chunk) => csvRows(chunk) as Uint8Array<ArrayBuffer>)]);
    const pieces: Uint8Array[] = [];
    const parquet = new ParquetFile((bytes) => pieces.push(bytes.slice()), 7000);
    for (const chunk of chunks) parquet.add(chunk);
    parquet.end();
    const { tables } = await openTables([
      { name: 'ratings.csv', blob: csv },
      { name: 'ratings.parquet', blob: new Blob(pieces as Uint8Array<ArrayBuffer>[]) },
    ]);
    expect(tables.map(({ format }) => format)).toEqual(['csv', 'parquet']);
    const [text, binary] = await Promise.all(tables.map((table) => readCells(table)));
    expect(text).toHaveLength(PLAN.ratings);
    expect(text[0].map(Number)).toEqual(Object.values(rowsOf(chunks)[0]));
    // "4.0" in the text is the number 4 in the other.
    expect(binary).toEqual(text.map(([u, p, value, time]) => [u, p, String(Number(value)), time]));
  });
});
