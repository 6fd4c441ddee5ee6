import { expect, it, vi } from 'vitest';
import { autoencoderProblem, runAutoencoder } from '../autoencoder-parity.ts';
import { describeGpuAutoencoder } from '../autoencoder-suite.testing.ts';
import { createWebGpuDevice } from './device.ts';

describeGpuAutoencoder('webgpu', () => createWebGpuDevice());

it('learns the same where its ratings are more than one binding holds', async () => {
  // 60 things of 10 … 29 ratings in batches of 8: 150 or so each
  const problem = autoencoderProblem({ items: 60, users: 40, hidden: 12, batchSize: 8, length: (i) => 10 + (i % 20) });
  const [whole, cut, alone] = await Promise.all(
    [undefined, 400 * 20, 16].map(async (bindingBytes) => {
      const device = await createWebGpuDevice({ bindingBytes });
      const made = vi.spyOn(device.gpu, 'createBuffer');
      const { losses, ...learned } = await runAutoencoder(device, problem, 3);
      const parts = made.mock.calls.filter(([{ label }]) => label === 'autoencoder entries').length;
      device.destroy();
      return { parts, losses, learned };
    }),
  );
  expect([whole.parts, alone.parts]).toEqual([1, 8]);
  expect(cut.parts).toBeGreaterThan(2);
  expect(cut.parts).toBeLessThan(8);
  for (const { learned, losses } of [cut, alone]) {
    expect(learned).toEqual(whole.learned);
    // added up in another order
    losses.forEach((loss, epoch) => {
      expect(loss).toBeCloseTo(whole.losses[epoch], 6);
    });
  }
});
