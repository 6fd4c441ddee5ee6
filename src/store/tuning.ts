/** The search for better settings: what was asked for, how far it is, what came out. It takes its turn after what is training. */
import { create } from 'zustand';
import { type AppError, isAbort, toAppError } from '../base/error.ts';
import type { TuningProgress } from '../evaluate/tuning.ts';
import type { Candidate } from '../evaluate/tuning-result.ts';
import type { TuneEvent, TuneRequest, Tuning } from '../worker/api/tuning.ts';
import { engine } from './engine.ts';
import { gather } from './gather.ts';
import { keepProject } from './saving.ts';
import { inLine } from './training.ts';

export type TuningSpace = Extract<TuneEvent, { kind: 'space' }>['space'];

interface TuningState {
  /** The search under way, waiting for its turn or running. */
  readonly asked: TuneRequest | null;
  /** Whether its turn has come. */
  readonly running: boolean;
  /** What it goes over; null until that is known. */
  readonly space: TuningSpace | null;
  /** Those of the search under way, in their order. */
  readonly candidates: readonly Candidate[];
  /** Several times a second: beside the rest, so that only who shows this is drawn anew. */
  readonly progress: TuningProgress | null;
  /** The newest one that ended. */
  readonly tuning: Tuning | null;
  readonly error: AppError | null;
}

const NOTHING: TuningState = {
  asked: null,
  running: false,
  space: null,
  candidates: [],
  progress: null,
  tuning: null,
  error: null,
};

export const useTuning = create<TuningState>(() => NOTHING);

const get = useTuning.getState;
const set = useTuning.setState;

const arrivals = gather<TuneEvent>((events) => {
  let { space, progress, candidates } = get();
  let changed: Candidate[] | null = null;
  for (const event of events) {
    if (event.kind === 'space') space = event.space;
    else if (event.kind === 'progress') progress = event.progress;
    else {
      changed ??= [...candidates];
      for (const candidate of event.candidates) changed[candidate.id] = candidate;
    }
  }
  candidates = changed ?? candidates;
  set({ space, progress, candidates });
});

/** Searches now, or after what is in line. A search that is under way already goes on instead. */
export async function tune(request: TuneRequest): Promise<void> {
  if (get().asked) return;
  const fresh = { space: null, candidates: [], progress: null };
  set({ ...fresh, asked: request, running: false, error: null });
  await inLine(async () => {
    if (get().asked !== request) return;
    set({ running: true });
    try {
      const tuning = await engine().tune(request, arrivals.add);
      arrivals.flush();
      set({ tuning });
      void keepProject();
    } catch (thrown) {
      const error = toAppError(thrown);
      arrivals.flush();
      set({ error: isAbort(error) || error.code === 'engineDied' ? null : error });
    }
  });
  if (get().asked === request) set({ ...fresh, asked: null, running: false });
}

/** What was found is kept; a search whose turn has not come is given up. */
export async function stopTuning(): Promise<void> {
  const { running } = get();
  if (!running) set({ asked: null });
  else await engine().stopTuning();
}

export function dismissTuningError(): void {
  set({ error: null });
}

export function forgetTuning(): void {
  set(NOTHING);
}

export function restoreTuning(tuning: Tuning | null): void {
  set({ ...NOTHING, tuning });
}
