/** Autoencoders on which devices are held against the reference. Only tests import this file. */
import type { AutoencoderProblem } from './autoencoder.ts';
import { AUTOENCODER_EPOCHS, type AutoencoderSize, autoencoderProblem, runAutoencoder } from './autoencoder-parity.ts';
import type { ComputeDevice } from './device.ts';

export interface AutoencoderCase {
  readonly name: string;
  readonly problem: () => AutoencoderProblem;
}

const caseOf = (name: string, size: AutoencoderSize): AutoencoderCase => ({
  name,
  problem: () => autoencoderProblem(size),
});

export const AUTOENCODER_CASES: readonly AutoencoderCase[] = [
  caseOf('one batch', { items: 20, users: 30, hidden: 8, batchSize: 32, length: () => 9 }),
  caseOf('several batches, the last one short', {
    items: 50,
    users: 40,
    hidden: 20,
    batchSize: 16,
    length: (item) => 1 + (item % 15),
  }),
  caseOf('one thing of 3,000 and things without ratings', {
    items: 12,
    users: 3100,
    hidden: 12,
    batchSize: 5,
    learningRate: 0.002,
    length: (item) => (item === 3 ? 3000 : item % 4 === 1 ? 0 : 20 + item),
  }),
  caseOf('a wide code', { items: 30, users: 25, hidden: 260, batchSize: 10, length: () => 8 }),
  caseOf('one thing, one customer', { items: 1, users: 1, hidden: 4, batchSize: 4, length: () => 1 }),
  caseOf('no rating at all', { items: 3, users: 2, hidden: 4, batchSize: 2, length: () => 0 }),
  caseOf('nothing', { items: 0, users: 0, hidden: 4, batchSize: 2, length: () => 0 }),
];

/** What continuing after one epoch must give: the same bits as never having stopped. */
export async function interrupted(device: ComputeDevice, problem: AutoencoderProblem) {
  const whole = await runAutoencoder(device, problem, AUTOENCODER_EPOCHS);
  const begun = await device.autoencoder(problem);
  await begun.epoch();
  const state = await begun.state();
  begun.destroy();
  const rest = await device.autoencoder({ ...problem, epoch: 1, initial: state });
  for (let epoch = 1; epoch < AUTOENCODER_EPOCHS; epoch++) await rest.epoch();
  const continued = { codes: await rest.codes(), state: await rest.state() };
  rest.destroy();
  return { whole: { codes: whole.codes, state: whole.state }, continued };
}
