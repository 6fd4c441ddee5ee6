/** What the autoencoder of both GPU devices must show in a real browser. Only tests import this file. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUTOENCODER_CASES, interrupted } from './autoencoder-cases.testing.ts';
import { autoencoderDifference, autoencoderProblem } from './autoencoder-parity.ts';
import { TOLERANCE } from './device.ts';
import { readsDuring } from './gpu-reads.testing.ts';
import type { LosableDevice } from './gpu-suite.testing.ts';
import { createReferenceDevice } from './reference/device.ts';

export function describeGpuAutoencoder(name: string, create: () => Promise<LosableDevice>): void {
  describe(`autoencoder on ${name}`, () => {
    let device: LosableDevice;
    beforeAll(async () => {
      device = await create();
    });
    afterAll(() => device.destroy());

    it.each(AUTOENCODER_CASES.map((own) => [own.name, own.problem] as const))('%s', async (_, problem) => {
      const difference = await autoencoderDifference(device, createReferenceDevice(), problem());
      expect(difference).toBeLessThanOrEqual(TOLERANCE.kernel);
    });

    it('continued from a state gives the same bits, and leaves its inputs alone', async () => {
      const problem = autoencoderProblem({ items: 60, users: 30, hidden: 12, batchSize: 16, length: (i) => i % 20 });
      const before = structuredClone(problem);
      const { whole, continued } = await interrupted(device, problem);
      expect(continued).toEqual(whole);
      expect(problem).toEqual(before);
    });

    it('brings back nothing but the loss in an epoch, however many batches it has', async () => {
      for (const batchSize of [60, 5]) {
        const problem = autoencoderProblem({ items: 60, users: 30, hidden: 12, batchSize, length: (i) => i % 20 });
        const session = await device.autoencoder(problem);
        expect(await readsDuring(() => session.epoch())).toBe(1);
        expect(await readsDuring(() => session.epoch())).toBe(1);
        expect(await readsDuring(() => session.state())).toBeGreaterThan(1);
        session.destroy();
      }
    });

    it('refuses wrong shapes and ended sessions, and stays usable', async () => {
      const problem = autoencoderProblem({ items: 6, users: 5, hidden: 4, batchSize: 4, length: () => 2 });
      await expect(device.autoencoder({ ...problem, hidden: 8 })).rejects.toThrow(RangeError);
      const session = await device.autoencoder(problem);
      session.destroy();
      session.destroy();
      for (const asked of [session.epoch(), session.codes(), session.state()]) {
        await expect(asked).rejects.toThrow(TypeError);
      }
      expect(await device.dots(Float32Array.of(3), Float32Array.of(5), 1)).toEqual(Float32Array.of(15));
    });

    it('says deviceLost when the hardware goes away', async () => {
      const losing = await create();
      const problem = autoencoderProblem({ items: 60, users: 90, hidden: 32, batchSize: 16, length: () => 40 });
      const session = await losing.autoencoder(problem);
      await session.epoch();
      const pending = session.epoch();
      losing.simulateLoss();
      await expect(pending).rejects.toMatchObject({ code: 'deviceLost' });
      await expect(session.state()).rejects.toMatchObject({ code: 'deviceLost' });
      session.destroy();
      losing.destroy();
    });
  });
}
