import fc from 'fast-check';
import { expect, it } from 'vitest';
import { union } from './exclusions.ts';

const rows = (maxLength: number, max: number) =>
  fc.uniqueArray(fc.nat({ max }), { maxLength }).map((numbers) => Uint32Array.from(numbers).sort());

it('what is in either of two lists, whichever is the longer and by how much', () => {
  const both = (a: Uint32Array, b: Uint32Array) => {
    const expected = [...new Set([...a, ...b])].sort((x, y) => x - y);
    expect([...union(a, b)]).toEqual(expected);
    expect([...union(b, a)]).toEqual(expected);
  };
  fc.assert(fc.property(rows(20, 40), rows(20, 40), both));
  fc.assert(fc.property(rows(3, 110), rows(100, 100), both));
  // one list so much longer that it is copied in runs: rows before, in, and behind it
  both(
    Uint32Array.of(0, 5, 99, 200),
    Uint32Array.from({ length: 150 }, (_, at) => at + 1),
  );
});
