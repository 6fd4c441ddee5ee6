/** The comparison of models: what was asked for, how far it is, what came out. It takes its turn after what is training. */
import { create } from 'zustand';
import { type AppError, isAbort, toAppError } from '../base/error.ts';
import type { CompareEvent, CompareRequest, Comparison } from '../worker/api/comparing.ts';
import { withComparison, withoutComparison } from '../worker/api/kept-comparisons.ts';
import { engine } from './engine.ts';
import { gather } from './gather.ts';
import { afterEvent, type LiveComparison, type LiveEntrant } from './quality-events.ts';
import { forgetSetup } from './quality-setup.ts';
import { keepProject } from './saving.ts';
import { inLine } from './training.ts';

/**
 * With what is known of the comparison under way: `progress` changes several times a second, and stands beside the rest so
 * that only who shows it is drawn anew.
 */
interface QualityState extends LiveComparison {
  /** The comparison under way, waiting for its turn or running. */
  readonly asked: CompareRequest | null;
  /** Whether its turn has come. */
  readonly running: boolean;
  /** Those that are kept, newest first. */
  readonly comparisons: readonly Comparison[];
  /** The one of them that is looked at: the newest, until somebody chooses. */
  readonly comparison: Comparison | null;
  readonly error: AppError | null;
}

const NOTHING: QualityState = {
  asked: null,
  running: false,
  entrants: {},
  progress: null,
  cut: null,
  comparisons: [],
  comparison: null,
  error: null,
};

export const useQuality = create<QualityState>(() => NOTHING);

const get = useQuality.getState;
const set = useQuality.setState;

const arrivals = gather<CompareEvent>((events) => {
  const { entrants, progress, cut } = get();
  set(events.reduce<LiveComparison>(afterEvent, { entrants, progress, cut }));
});

/** Compares now, or after what is in line. A comparison that is under way already goes on instead. */
export async function compare(request: CompareRequest): Promise<void> {
  if (get().asked) return;
  const entrants = Object.fromEntries(
    request.entrants.map(({ id }): [string, LiveEntrant] => [id, { state: 'waiting', result: null }]),
  );
  set({ asked: request, running: false, entrants, progress: null, cut: null, error: null });
  const began = await inLine(async () => {
    if (get().asked !== request) return;
    set({ running: true });
    try {
      const comparison = await engine().compare(request, arrivals.add);
      arrivals.flush();
      const comparisons = withComparison(get().comparisons, comparison);
      // Stopped before anything was done: what was looked at before is worth more.
      if (comparisons.includes(comparison)) set({ comparisons, comparison });
      void keepProject();
    } catch (thrown) {
      const error = toAppError(thrown);
      arrivals.flush();
      set({ error: isAbort(error) || error.code === 'engineDied' ? null : error });
    }
  });
  if (get().asked === request) set({ asked: null, running: false, progress: null, cut: null });
  if (!began) set({ entrants: {} });
}

/** What is done is kept; what waits is given up. */
export async function stopComparing(): Promise<void> {
  const { running } = get();
  if (!running) set({ asked: null, entrants: {} });
  else await engine().stopComparing();
}

export function dismissComparisonError(): void {
  set({ error: null });
}

export function forgetComparison(): void {
  set(NOTHING);
  forgetSetup();
}

export function restoreComparisons(comparisons: readonly Comparison[]): void {
  set({ ...NOTHING, comparisons, comparison: comparisons[0] ?? null });
}

/** Looks at another one of those that are kept. */
export function showComparison(madeAt: number): void {
  const comparison = get().comparisons.find((one) => one.madeAt === madeAt);
  if (comparison) set({ comparison });
}

/** Keeps it no longer; the newest of the others is looked at where it was. */
export async function removeComparison(madeAt: number): Promise<void> {
  const { comparisons: before, comparison } = get();
  const comparisons = withoutComparison(before, madeAt);
  set({ comparisons, comparison: comparison?.madeAt === madeAt ? (comparisons[0] ?? null) : comparison });
  // An engine that has just died has nothing left to remove.
  await engine()
    .removeComparison(madeAt)
    .catch(() => undefined);
  void keepProject();
}
