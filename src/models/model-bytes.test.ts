import { describe, expect, test } from 'vitest';
import { AppError } from '../base/error.ts';
import { packedSize, packModel, unpackModel } from './model-bytes.ts';

const parts = {
  kind: 'example/1',
  numbers: { factors: 2, mean: 3.25 },
  arrays: { rows: Float32Array.of(1, -2, 0.5, 8), bias: Float32Array.of(7) },
};
const read = (bytes: Uint8Array, kind = parts.kind) =>
  unpackModel(bytes, kind, ['factors', 'mean'], ['rows', 'bias'], () => true);

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'nothing thrown';
  } catch (thrown) {
    return thrown instanceof AppError ? thrown.code : String(thrown);
  }
}

describe('model bytes', () => {
  test('come back as they were, also from the middle of a larger buffer', () => {
    const bytes = packModel(parts);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    for (const source of [bytes, shifted.subarray(3)]) {
      const back = read(source);
      expect(back.numbers).toEqual(parts.numbers);
      expect(back.arrays).toEqual(parts.arrays);
    }
  });

  test('an array that writes itself gives the same bytes, and none are made for the size alone', () => {
    const { rows, bias } = parts.arrays;
    let written = 0;
    const late = {
      length: rows.length,
      write(into: Float32Array) {
        written++;
        into.set(rows);
      },
    };
    const whole = { ...parts, arrays: { rows: late, bias } };
    expect(packedSize(whole)).toBe(packModel(parts).length);
    expect(written).toBe(0);
    expect(packModel(whole)).toEqual(packModel(parts));
  });

  test('any single byte changed, and any cut, is noticed', () => {
    const bytes = packModel(parts);
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at] ^= 0x10;
      expect(codeOf(() => read(changed))).toBe('projectDamaged');
      expect(codeOf(() => read(bytes.subarray(0, at)))).toBe('projectDamaged');
    }
    expect(codeOf(() => read(Uint8Array.from([...bytes, 0, 0, 0, 0])))).toBe('projectDamaged');
  });

  test('another kind, a missing part, NaN and parts that do not fit are refused', () => {
    const bytes = packModel(parts);
    expect(codeOf(() => read(bytes, 'example/2'))).toBe('projectDamaged');
    expect(codeOf(() => unpackModel(bytes, parts.kind, ['lambda'], [], () => true))).toBe('projectDamaged');
    expect(codeOf(() => unpackModel(bytes, parts.kind, [], ['columns'], () => true))).toBe('projectDamaged');
    expect(codeOf(() => unpackModel(bytes, parts.kind, [], [], () => false))).toBe('projectDamaged');
    const poisoned = packModel({ ...parts, arrays: { ...parts.arrays, bias: Float32Array.of(Number.NaN) } });
    expect(codeOf(() => read(poisoned))).toBe('projectDamaged');
    expect(() => packModel({ ...parts, numbers: { mean: Number.POSITIVE_INFINITY } })).toThrow(RangeError);
  });
});
