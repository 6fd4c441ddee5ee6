import { describe, expect, it } from 'vitest';
import { float64Column, uint32Column } from './columns.ts';
import { LineNumbers } from './line-numbers.ts';

describe('Column', () => {
  it('holds what was appended, however it grew', () => {
    const column = uint32Column();
    column.expect(100_000);
    const expected: number[] = [];
    for (let round = 0; round < 300; round++) {
      const values = Int32Array.from({ length: 1000 }, (_, k) => round * 1000 + k);
      column.append(values, 999);
      column.push(7);
      expected.push(...values.subarray(0, 999), 7);
    }
    expect(column.length).toBe(300_000);
    expect([...column.take()]).toEqual(expected);
    expect(column.length).toBe(0);
  });

  it('takes no memory for what is usual, and has it when something else comes', () => {
    const column = float64Column(Number.NaN);
    column.skip(1e9);
    expect([column.stored, column.length, column.data.length, column.at(5)]).toEqual([false, 1e9, 0, Number.NaN]);
    const short = float64Column(Number.NaN);
    short.skip(3);
    short.append([1, 2]);
    short.skip(2);
    expect([...short.take()]).toEqual([Number.NaN, Number.NaN, Number.NaN, 1, 2, Number.NaN, Number.NaN]);
    const usual = uint32Column(9);
    usual.skip(2);
    expect([...usual.take()]).toEqual([9, 9]);
  });
});

describe('LineNumbers', () => {
  it('tells line and table of every row, rows left out and several tables included', () => {
    const lines = new LineNumbers();
    const expected: [number, number][] = [];
    for (let table = 0; table < 3; table++) {
      lines.beginTable();
      for (let line = 2; line < 500; line++) {
        if (line % 17 === table || table === 1) continue;
        lines.push(line);
        expected.push([table, line]);
      }
    }
    expect(expected.map((_, row) => [lines.tableOf(row), lines.lineOf(row)])).toEqual(expected);
  });
});
