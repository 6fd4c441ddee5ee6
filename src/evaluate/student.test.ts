import { describe, expect, test } from 'vitest';
import { studentReach, studentTails } from './student.ts';
import { wilson } from './wilson.ts';

describe("Student's t", () => {
  test('the printed table: two-sided 5 % for 1, 2, 4, 9, 29 degrees of freedom, and 1 % for 4', () => {
    const table = [12.706, 4.303, 2.776, 2.262, 2.045];
    [1, 2, 4, 9, 29].forEach((freedom, at) => {
      expect(studentReach(0.05, freedom)).toBeCloseTo(table[at], 3);
    });
    expect(studentReach(0.01, 4)).toBeCloseTo(4.604, 3);
  });

  test('numbers of SciPy 1.17.1, t.ppf and 2 · t.sf', () => {
    expect(studentReach(0.05, 1000)).toBeCloseTo(1.9623390808264083, 10);
    expect(studentTails(2.5, 4)).toBeCloseTo(0.06676654481198814, 12);
    expect(studentTails(-12, 3)).toBeCloseTo(0.0012450158007893362, 12);
    expect(studentTails(0.3, 1)).toBeCloseTo(0.8144528418445154, 12);
  });

  test('one degree is the Cauchy distribution, two have a closed form', () => {
    for (const t of [0.01, 0.5, 1, 3, 40]) {
      expect(studentTails(t, 1)).toBeCloseTo(1 - (2 / Math.PI) * Math.atan(t), 12);
      expect(studentTails(t, 2)).toBeCloseTo(1 - t / Math.sqrt(2 + t * t), 12);
    }
  });

  test('ends, and what is no number of degrees', () => {
    expect(studentTails(0, 5)).toBe(1);
    expect(studentTails(Number.POSITIVE_INFINITY, 5)).toBe(0);
    expect(studentTails(Number.NaN, 5)).toBeNaN();
    expect(() => studentTails(1, 0)).toThrow(RangeError);
    expect(() => studentReach(1, 4)).toThrow(RangeError);
  });
});

test("Wilson's interval: numbers of SciPy 1.17.1, binomtest(…).proportion_ci(method='wilson')", () => {
  const cases = [
    [0, 10, 0, 0.27753279986288926],
    [3, 10, 0.10779126740630102, 0.6032218525388546],
    [10, 10, 0.7224672001371109, 1],
    [81, 263, 0.2552885198782742, 0.36620957698280004],
  ];
  for (const [hits, count, low, high] of cases) {
    expect(wilson(hits, count).low).toBeCloseTo(low, 12);
    expect(wilson(hits, count).high).toBeCloseTo(high, 12);
  }
});
