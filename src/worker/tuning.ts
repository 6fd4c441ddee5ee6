/** Searches settings for the page: one search at a time, its events, its stop, and what becomes of a lost device. */
import { AppError } from '../base/error.ts';
import { runTuning, type TuningProgress } from '../evaluate/tuning.ts';
import type { Candidate } from '../evaluate/tuning-result.ts';
import type { TuneEvent, TuneRequest, Tuning } from './api/tuning.ts';
import type { Devices } from './devices.ts';
import { tunableFor } from './heads.ts';
import { nextDeviceOf } from './next-device.ts';
import type { Session } from './session.ts';

/** Progress without news of a candidate reaches the page at most this often: every arrival draws on the main thread. */
const EVENT_MS = 150;
/** As in a training, so that a run with the settings found is scored on what the search was. */
const HOLDOUT = 0.1;

export interface TuningRoom {
  tune(request: TuneRequest, onEvent: (event: TuneEvent) => void): Promise<Tuning>;
  stopTuning(): Promise<void>;
}

/** Candidates gather until they are sent, the newest state of each; what is under way goes with them. */
function thinned(onEvent: (event: TuneEvent) => void) {
  let last = Number.NEGATIVE_INFINITY;
  let work: TuningProgress['work'] | null = null;
  const waiting = new Map<number, Candidate>();
  const flush = () => {
    if (waiting.size > 0) onEvent({ kind: 'candidates', candidates: [...waiting.values()] });
    waiting.clear();
  };
  return {
    flush,
    candidate: (candidate: Candidate) => void waiting.set(candidate.id, candidate),
    progress(progress: TuningProgress) {
      const now = performance.now();
      if (progress.work === work && waiting.size === 0 && now - last < EVENT_MS) return;
      [last, work] = [now, progress.work];
      flush();
      onEvent({ kind: 'progress', progress });
    },
  };
}

export function createTuning(session: Session, devices: Devices): TuningRoom {
  let stop: AbortController | null = null;

  /** Throws what `runTuning` throws; TypeError for a head without a space. */
  async function tune(request: TuneRequest, onEvent: (event: TuneEvent) => void): Promise<Tuning> {
    const { project } = session;
    const { ratings } = project;
    const mine = new AbortController();
    stop = mine;
    const events = thinned(onEvent);
    try {
      const device = await devices.current();
      const tunable = tunableFor(request, ratings, device);
      if (!tunable) throw new TypeError(`nothing to search in ${request.model} ${request.head}`);
      const result = await runTuning({
        data: ratings,
        split: 'random',
        holdout: HOLDOUT,
        seed: request.seed,
        tunable,
        budget: request.seconds,
        candidates: request.candidates,
        device,
        hooks: {
          signal: mine.signal,
          onSpace: (space) => onEvent({ kind: 'space', space }),
          onCandidate: events.candidate,
          onProgress: events.progress,
          nextDevice: nextDeviceOf(devices),
        },
      });
      events.flush();
      // New data may have come in meanwhile: this tells nothing about it.
      if (!session.hasProject || session.project !== project) throw new AppError('cancelled');
      const tuning: Tuning = { request, result, madeAt: Date.now() };
      session.tuning = tuning;
      return tuning;
    } finally {
      if (stop === mine) stop = null;
    }
  }

  return {
    tune,
    async stopTuning() {
      stop?.abort();
    },
  };
}
