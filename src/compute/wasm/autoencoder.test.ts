import { describe, expect, it } from 'vitest';
import { AUTOENCODER_CASES, interrupted } from '../autoencoder-cases.testing.ts';
import { autoencoderDifference, autoencoderProblem } from '../autoencoder-parity.ts';
import { TOLERANCE } from '../device.ts';
import { createReferenceDevice } from '../reference/device.ts';
import { createWasmDevice } from './device.ts';

const device = await createWasmDevice();
const reference = createReferenceDevice();

describe('autoencoder in WebAssembly against the reference device', () => {
  it.each(AUTOENCODER_CASES.map(({ name, problem }) => [name, problem] as const))('%s', async (_, problem) => {
    expect(await autoencoderDifference(device, reference, problem())).toBeLessThanOrEqual(TOLERANCE.kernel);
  });

  it('continued from a state gives the same bits, and leaves its inputs alone', async () => {
    const problem = autoencoderProblem({
      items: 60,
      users: 30,
      hidden: 12,
      batchSize: 16,
      length: (i) => 1 + (i % 20),
    });
    const before = structuredClone(problem);
    const { whole, continued } = await interrupted(device, problem);
    expect(continued).toEqual(whole);
    expect(problem).toEqual(before);
  });

  it('refuses wrong shapes and ended sessions', async () => {
    const problem = autoencoderProblem({ items: 6, users: 5, hidden: 4, batchSize: 4, length: () => 2 });
    await expect(device.autoencoder({ ...problem, hidden: 8 })).rejects.toThrow(RangeError);
    const session = await device.autoencoder(problem);
    session.destroy();
    await expect(session.epoch()).rejects.toThrow(TypeError);
  });
});
