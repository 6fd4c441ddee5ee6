import { expect, it } from 'vitest';
import type { ComputeDevice } from './device.ts';
import { createReferenceDevice } from './reference/device.ts';
import { selfTest } from './self-test.ts';

it('the reference device passes and has a speed', async () => {
  const result = await selfTest(createReferenceDevice());
  expect(result).toMatchObject({ passed: true, worst: 0 });
  expect(result.speed).toBeGreaterThan(1e6);
});

const good = createReferenceDevice();
const broken: Record<string, Partial<ComputeDevice>> = {
  'dots of zeros': { dots: async (a, b, k) => new Float32Array((a.length / k) * (b.length / k)) },
  'dots of NaN': { dots: async (a, b, k) => new Float32Array((a.length / k) * (b.length / k)).fill(Number.NaN) },
  'dots of nothing': { dots: async () => new Float32Array(0) },
  'top-k without its exclusions': { topK: ({ exclude: _, ...request }) => good.topK(request) },
  'top-k with ties the wrong way round': {
    topK: async (request) => {
      const { indices, scores } = await good.topK(request);
      for (let at = 1; at < indices.length; at++) {
        if (scores[at] === scores[at - 1]) indices.subarray(at - 1, at + 1).reverse();
      }
      return { indices, scores };
    },
  },
  'a sweep that does nothing': {
    explicitDescent: async (problem) => ({
      ...(await good.explicitDescent(problem)),
      factors: async () => problem.initial,
    }),
  },
  'a loss of NaN': {
    explicitDescent: async (problem) => ({
      ...(await good.explicitDescent(problem)),
      sweep: async () => ({ loss: Number.NaN }),
    }),
  },
  'too much regularization by a hundredth': {
    implicitDescent: (problem) =>
      good.implicitDescent({ ...problem, userReg: problem.userReg.map((reg) => 1.01 * reg) }),
  },
  'an inverse with the wrong sign': {
    invert: async (request) => (await good.invert(request)).map((x) => -x),
  },
  'an inverse of zeros': { invert: async ({ size }) => new Float32Array(size * size) },
  'a held matrix that forgets its last rows': {
    holdMatrix: ({ data, columns }) =>
      good.holdMatrix({ data: data.slice().fill(0, data.length - 2 * columns), columns }),
  },
  'an operation that throws': { dots: () => Promise.reject(new Error('driver')) },
};

it.each(Object.keys(broken))('catches %s', async (name) => {
  const result = await selfTest({ ...good, ...broken[name] });
  expect(result.passed).toBe(false);
  expect(result.worst).toBeGreaterThan(1e-4);
  expect(result.speed).toBe(0);
});
