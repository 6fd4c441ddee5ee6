import { describe, expect, it } from 'vitest';
import { cutStretch, orderRows } from './row-order.ts';
import { WIDE } from './workgroups.ts';

const pointersOf = (lengths: readonly number[]) =>
  Uint32Array.from([0, ...lengths.map((_, at) => lengths.slice(0, at + 1).reduce((a, b) => a + b))]);

const LENGTHS = [0, 70_000, 5, 512, 513, 3, 2_000, 33, 128, 32];
const EVERYTHING = 1e9;

describe('the order of rows', () => {
  it('holds every row once, by class and then by length', () => {
    const { order, stretches, starts, parts } = orderRows(pointersOf(LENGTHS), WIDE.rowClasses, EVERYTHING);
    expect([...order]).toEqual([9, 2, 5, 0, 8, 7, 3, 1, 6, 4]);
    expect(stretches.map(({ first, count, rowClass }) => [first, count, rowClass.upTo])).toEqual([
      [0, 4, 32],
      [4, 2, 128],
      [6, 1, 512],
      [7, 3, Number.POSITIVE_INFINITY],
    ]);
    expect([...starts]).toEqual([0, 32, 37, 40, 40, 168, 201, 713, 70_713, 72_713, 73_226]);
    expect(parts).toEqual([0, 10]);
  });

  it('begins a new part where the entries would not fit one binding', () => {
    const { stretches, starts, parts } = orderRows(pointersOf(LENGTHS), WIDE.rowClasses, 70_000);
    expect(parts).toEqual([0, 7, 8, 10]);
    for (let part = 0; part + 1 < parts.length; part++) {
      expect(starts[parts[part + 1]] - starts[parts[part]]).toBeLessThanOrEqual(70_000);
    }
    // no stretch crosses a part
    expect(stretches.map(({ first, count, part }) => [first, count, part])).toEqual([
      [0, 4, 0],
      [4, 2, 0],
      [6, 1, 0],
      [7, 1, 1],
      [8, 2, 2],
    ]);
  });

  it('refuses a row that alone does not fit, and has nothing to do for no rows', () => {
    expect(() => orderRows(pointersOf(LENGTHS), WIDE.rowClasses, 69_999)).toThrow('deviceOutOfMemory');
    expect(orderRows(new Uint32Array(1), WIDE.rowClasses, 8)).toMatchObject({ stretches: [], parts: [0, 0] });
  });
});

describe('launches of a stretch', () => {
  it('hold every row once and no more work than asked for, except a row too long to share', () => {
    const { stretches, starts } = orderRows(pointersOf([600, 5000, 700, 800, 520]), WIDE.rowClasses, EVERYTHING);
    const launches = cutStretch(stretches[0], starts, 8, 8 * 1600);
    expect(launches.map(({ first, count }) => [first, count])).toEqual([
      [0, 1],
      [1, 2],
      [3, 2],
    ]);
    // 16 entries' worth for each row besides its own
    expect(launches.map(({ visits }) => visits)).toEqual([8 * 5016, 8 * 1532, 8 * 1152]);
  });
});
