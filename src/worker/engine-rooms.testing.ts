/** The rooms of the engine without a worker around them: data in, one trained run, on plain loops. */
import { createRandom } from '../base/random.ts';
import { createReferenceDevice } from '../compute/reference/device.ts';
import type { RunSummary, TrainEvent, TrainRequest } from './api/training.ts';
import type { Devices } from './devices.ts';
import { createImporting, type Importing } from './importing.ts';
import { RunKeeper } from './run-keeper.ts';
import { Session } from './session.ts';
import { createTraining, type Training } from './training.ts';

/** 90 people rate about half of 45 things; a person likes the third of the things that is theirs. */
export function ratingText(): string {
  const random = createRandom(11);
  const lines = ['user,item,rating,timestamp'];
  for (let person = 0; person < 90; person++) {
    for (let thing = 0; thing < 45; thing++) {
      if (random.next() < 0.5) continue;
      const liked = thing % 3 === person % 3 ? 4 : 1;
      lines.push(`c${person},p${thing},${liked + random.integer(2)},${1_600_000_000 + lines.length * 3600}`);
    }
  }
  return lines.join('\n');
}

const nothing = () => undefined;
export const REQUEST: TrainRequest = {
  model: 'mf',
  preset: 'quick',
  settings: { factors: 6, epochs: 12, patience: 12 },
  seed: 3,
};

export interface Rooms {
  readonly session: Session;
  readonly importing: Importing;
  readonly training: Training;
  take(text: string): Promise<void>;
  train(run: string, onEvent?: (event: TrainEvent) => void): Promise<RunSummary>;
}

interface Others {
  readonly budgetMb?: number;
  /** What devices answer besides plain loops. */
  readonly devices?: Partial<Devices>;
}

export function openRooms({ budgetMb, devices: others }: Others = {}): Rooms {
  const session = new Session();
  const device = createReferenceDevice();
  // Training asks for the device in use and nothing else, as long as none is lost.
  const devices = { current: () => Promise.resolve(device), ...others } as unknown as Devices;
  const importing = createImporting(session, nothing, budgetMb);
  const training = createTraining(session, devices, new RunKeeper());
  return {
    session,
    importing,
    training,
    async take(text) {
      await importing.inspect([{ kind: 'text', text }], nothing, new AbortController().signal);
      await importing.load(nothing, new AbortController().signal);
    },
    train: (run, onEvent = nothing) => training.train(run, REQUEST, onEvent),
  };
}
