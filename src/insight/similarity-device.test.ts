import { expect, test } from 'vitest';
import { AppError } from '../base/error.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import { createWasmDevice } from '../compute/wasm/device.ts';
import { pairwiseSimilarity } from './similarity.ts';
import { randomDense, ratingsFromDense } from './small-data.testing.ts';

/** A device without its multiplication: what is left is the plain way. */
const broken = {
  ...createReferenceDevice(),
  rowProducts: () => Promise.reject(new AppError('deviceLost', { device: 'wasm' })),
};
const rows = Uint32Array.from({ length: 43 }, (_, at) => (at * 7) % 43);
const ratingsOf = (density: number) => ratingsFromDense(randomDense(1300, 43, density, 4));

/** WASM that says how often it was asked. */
async function counting() {
  const device = await createWasmDevice({ threads: 1, fused: false });
  const asked = { times: 0 };
  const counted = {
    ...device,
    rowProducts(...args: Parameters<typeof device.rowProducts>) {
      asked.times++;
      return device.rowProducts(...args);
    },
  };
  return { device: counted, asked };
}

test.each(['cosine', 'adjustedCosine', 'jaccard'] as const)(
  '%s is the same on the device and without, and a device that goes away costs nothing but time',
  async (measure) => {
    const { device, asked } = await counting();
    const ratings = ratingsOf(0.3);
    const together = await pairwiseSimilarity(ratings, 'products', measure, rows, { device });
    expect(asked.times).toBe(1);
    const plain = await pairwiseSimilarity(ratings, 'products', measure, rows, { device: broken });
    for (let at = 0; at < plain.length; at++) expect(together[at]).toBeCloseTo(plain[at], 5);
    device.destroy();
  },
);

test('what is mostly empty, and what needs doubles, is added up entry by entry', async () => {
  const { device, asked } = await counting();
  await pairwiseSimilarity(ratingsOf(0.005), 'products', 'cosine', rows, { device });
  await pairwiseSimilarity(ratingsOf(0.3), 'products', 'pearson', rows, { device });
  expect(asked.times).toBe(0);
  device.destroy();
});

test('a comparison on the device stops when it is told to', async () => {
  const device = await createWasmDevice({ threads: 1, fused: false });
  const many = ratingsFromDense(randomDense(4000, 700, 0.2, 5));
  const all = Uint32Array.from({ length: 700 }, (_, row) => row);
  const stop = new AbortController();
  const asked = pairwiseSimilarity(many, 'products', 'cosine', all, {
    device,
    signal: stop.signal,
    onProgress: ({ done, total }) => {
      if (done > 0 && done !== total) stop.abort();
    },
  });
  await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
  device.destroy();
});
