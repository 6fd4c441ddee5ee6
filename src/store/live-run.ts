/** The run in progress as the page knows it, built from the engine's events. */

import type { TrialProgress } from '../evaluate/protocol.ts';
import type { EpochEvent } from '../models/recommender.ts';
import type { TrainEvent, TrainRequest } from '../worker/api/training.ts';

export type TrainPhase = Extract<TrainEvent, { kind: 'phase' }>['phase'];
export type DeviceChange = Omit<Extract<TrainEvent, { kind: 'deviceChanged' }>, 'kind' | 'run'>;
export type EconomyMade = Extract<TrainEvent, { kind: 'economy' }>['economy'];

export interface LiveRun {
  readonly id: string;
  readonly request: TrainRequest;
  readonly phase: TrainPhase;
  readonly epochs: readonly EpochEvent[];
  readonly paused: boolean;
  /** Seconds within which it has to be done to be begun by itself. */
  readonly within?: number;
  readonly baseline: Pick<Extract<TrainEvent, { kind: 'baseline' }>, 'rmse' | 'itemMeanRmse' | 'recall10'> | null;
}

/** What is known of the run, and what of it has to be said in a sentence. */
export interface LiveState {
  readonly live: LiveRun | null;
  /** What `live` is at, several times a second: beside it, so that only who shows this is drawn anew. */
  readonly progress: TrialProgress | null;
  readonly deviceChange: DeviceChange | null;
  readonly economy: EconomyMade | null;
}

/** The state after an event; one of a run that is over changes nothing. */
export function afterEvent(state: LiveState, event: TrainEvent): LiveState {
  const { live } = state;
  if (!live || live.id !== event.run) return state;
  switch (event.kind) {
    case 'phase':
      return {
        ...state,
        live: { ...live, phase: event.phase },
        progress: event.phase === 'done' ? null : state.progress,
      };
    case 'epochs':
      return { ...state, live: { ...live, epochs: [...live.epochs, ...event.epochs] } };
    case 'progress':
      return { ...state, progress: event.progress };
    case 'baseline':
      return { ...state, live: { ...live, baseline: event } };
    case 'deviceChanged': {
      const { why, from, to, epoch } = event;
      return { ...state, deviceChange: { why, from, to, epoch } };
    }
    case 'economy': {
      const { economy } = event;
      const anew = economy.kind === 'smaller';
      const epochs = live.epochs.filter(({ head }) => !anew || head !== economy.head);
      return { ...state, economy, live: { ...live, epochs } };
    }
    default:
      return event satisfies never;
  }
}
