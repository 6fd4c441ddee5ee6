import { describe, expect, it } from 'vitest';
import { createRandom } from './random.ts';

describe('createRandom', () => {
  it('fills with what next() would give, and goes on from there', () => {
    const [one, many] = [createRandom(7), createRandom(7)];
    const width = 0.3;
    const expected = Float32Array.from({ length: 1000 }, () => width * (one.next() - 0.5));
    expect(many.fill(new Float32Array(1000), width)).toEqual(expected);
    expect(many.next()).toBe(one.next());
    expect(Math.max(...expected)).toBeGreaterThan(0.14);
    expect(Math.min(...expected)).toBeLessThan(-0.14);
  });

  it('gives many normals as one by one, times their deviation', () => {
    const [one, many] = [createRandom(5), createRandom(5)];
    expect(many.normals(500, 0.1)).toEqual(Float32Array.from({ length: 500 }, () => 0.1 * one.normal()));
    expect(many.normals(3)).toEqual(Float32Array.from({ length: 3 }, () => one.normal()));
    expect(many.next()).toBe(one.next());
  });

  it('gives the same numbers for the same seed, and others for another', () => {
    const draw = (seed: number) => Array.from({ length: 5 }, createRandom(seed).next);
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });
});
