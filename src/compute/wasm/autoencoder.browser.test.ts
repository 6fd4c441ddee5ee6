import { expect, it } from 'vitest';
import { autoencoderProblem, statesOf } from '../autoencoder-parity.ts';
import type { ComputeDevice } from '../device.ts';
import { createWasmDevice } from './device.ts';

/** Enough things and customers for many chunks, very uneven. */
const problem = () =>
  autoencoderProblem({
    items: 400,
    users: 900,
    hidden: 40,
    batchSize: 90,
    length: (item) => (item % 50 === 0 ? 800 : item % 9),
  });

async function trained(device: ComputeDevice) {
  const session = await device.autoencoder(problem());
  const losses = [await session.epoch(), await session.epoch()];
  const [state, codes] = [await session.state(), await session.codes()];
  session.destroy();
  return { losses, codes, states: statesOf(state) };
}

it('the autoencoder gives the same bits for any number of threads', async () => {
  expect(globalThis.crossOriginIsolated).toBe(true);
  const [alone, four] = [await createWasmDevice({ threads: 1 }), await createWasmDevice({ threads: 4 })];
  expect(four.info.threads).toBe(4);
  const expected = await trained(alone);
  for (let run = 0; run < 3; run++) expect(await trained(four)).toEqual(expected);
  alone.destroy();
  four.destroy();
});
