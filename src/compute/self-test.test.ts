import { expect, it } from 'vitest';
import { type Csr, csrFromPairs, pairsFromCsr, transpose } from '../base/sparse.ts';
import type { ComputeDevice, SampledDescent } from './device.ts';
import { createReferenceDevice } from './reference/device.ts';
import { selfTest } from './self-test.ts';

it('the reference device passes and has a speed', async () => {
  const result = await selfTest(createReferenceDevice());
  expect(result).toMatchObject({ passed: true, worst: 0 });
  expect(result.speed).toBeGreaterThan(1e6);
});

const good = createReferenceDevice();

/** What a kernel makes of rows that are longer than it thinks. */
function cutShort({ byUser }: { readonly byUser: Csr }, most: number) {
  const { users, items, values } = pairsFromCsr(byUser);
  const kept = Uint32Array.from(users.keys()).filter((at) => at - byUser.pointers[users[at]] < most);
  const pairs = { users: kept.map((at) => users[at]), items: kept.map((at) => items[at]) };
  const short = csrFromPairs(
    { ...pairs, values: Float32Array.from(kept, (at) => values[at]) },
    byUser.rows,
    byUser.columns,
  );
  return { byUser: short, byItem: transpose(short) };
}

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
  'a device without its sampler': { sampledDescent: undefined },
  'a sampler that draws from other priors': {
    sampledDescent: async (problem) => {
      const sampler = await good.sampledDescent!(problem);
      const draw: SampledDescent['draw'] = (side, priors, ...rest) =>
        sampler.draw(side, { ...priors, means: priors.means.map((mean) => mean + 0.01) }, ...rest);
      return { ...sampler, draw };
    },
  },
  'a sampler that draws other numbers': {
    sampledDescent: (problem) => good.sampledDescent!({ ...problem, seed: 1 }),
  },
  'a device without stochastic descent': { stochasticDescent: undefined },
  'stochastic descent that goes through its blocks in another order': {
    stochasticDescent: (problem) => good.stochasticDescent!({ ...problem, seed: problem.seed + 1 }),
  },
  'stochastic descent that forgets its decay': {
    stochasticDescent: (problem) => good.stochasticDescent!({ ...problem, decay: 1 }),
  },
  'an autoencoder that does not learn': {
    autoencoder: async (problem) => ({ ...(await good.autoencoder(problem)), state: async () => problem.initial }),
  },
  'an autoencoder that reads its ratings otherwise': {
    autoencoder: (problem) => good.autoencoder({ ...problem, inputShift: problem.inputShift + 0.01 }),
  },
  'an autoencoder with other decay of weights': {
    autoencoder: (problem) => good.autoencoder({ ...problem, decoderReg: problem.decoderReg.map((reg) => 1.01 * reg) }),
  },
  'rows of more than 512 entries cut short': {
    explicitDescent: (problem) => good.explicitDescent({ ...problem, ...cutShort(problem, 512) }),
  },
  'chosen rows of 129 to 512 entries cut short': {
    implicitDescent: (problem) => good.implicitDescent({ ...problem, ...cutShort(problem, 128) }),
  },
  'sampled rows of 33 to 128 entries cut short': {
    sampledDescent: (problem) => good.sampledDescent!({ ...problem, ...cutShort(problem, 32) }),
  },
  'an operation that throws': { dots: () => Promise.reject(new Error('driver')) },
};

it.each(Object.keys(broken))('catches %s', async (name) => {
  const result = await selfTest({ ...good, ...broken[name] });
  expect(result.passed).toBe(false);
  expect(result.worst).toBeGreaterThan(1e-4);
  expect(result.speed).toBe(0);
});
