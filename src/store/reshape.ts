/** How lists are re-ordered, and what that costs. The settings are the project's: they hold for every list and every export. */
import { create } from 'zustand';
import { type AppError, isAbort, toAppError } from '../base/error.ts';
import { isNeutral, NEUTRAL, type RerankSettings } from '../models/rerank-settings.ts';
import type { PriceAnswer } from '../worker/api/quality.ts';
import { engine } from './engine.ts';
import { inLine } from './training.ts';

interface Measured {
  /** Whose lists were measured. */
  readonly run: string | null;
  /** What `answer.together` is of. */
  readonly settings: RerankSettings;
  readonly answer: PriceAnswer;
}

interface ReshapeState {
  readonly settings: RerankSettings;
  /** The newest price. */
  readonly measured: Measured | null;
  /** A measurement waiting for its turn (share null) or under way. */
  readonly measuring: { readonly run: string | null; readonly share: number | null } | null;
  readonly error: AppError | null;
  /** The engine ended while it measured: it is not to begin that again by itself. */
  readonly ended: boolean;
}

const NOTHING: ReshapeState = { settings: NEUTRAL, measured: null, measuring: null, error: null, ended: false };

export const useReshape = create<ReshapeState>(() => NOTHING);

const get = useReshape.getState;
const set = useReshape.setState;

/** A slider that is dragged passes many positions: only where it rests is kept. */
const KEEP_AFTER_MS = 400;
let keeping: ReturnType<typeof setTimeout> | null = null;
let abort: AbortController | null = null;

/** Re-orders every list from now on, and keeps the settings with the project. */
export function setReshape(settings: RerankSettings): void {
  set({ settings, error: null });
  stopKeeping();
  keeping = setTimeout(keepReshapeNow, KEEP_AFTER_MS);
}

function stopKeeping(): void {
  if (keeping !== null) clearTimeout(keeping);
  keeping = null;
}

/** Does not wait for a slider to rest: keeps what has not been kept yet, if anything. */
export function keepReshapeNow(): void {
  if (keeping === null) return;
  stopKeeping();
  engine()
    .keepReshape(get().settings)
    .catch(() => undefined);
}

/**
 * Measures what the settings cost for one run, after what is in line. One that is under way for the same run goes on, and
 * one for another run is given up.
 */
export async function measurePrice(run: string | null): Promise<void> {
  const { measuring } = get();
  if (measuring?.run === run) return;
  abort?.abort();
  const mine = new AbortController();
  abort = mine;
  const still = () => abort === mine;
  set({ measuring: { run, share: null }, error: null, ended: false });
  await inLine(async () => {
    if (mine.signal.aborted) return;
    const { settings } = get();
    set({ measuring: { run, share: 0 } });
    try {
      const onShare = (share: number) => {
        if (still()) set({ measuring: { run, share } });
      };
      const asked = isNeutral(settings) ? null : settings;
      const answer = await engine().priceOfSettings({ run, settings: asked }, onShare, mine.signal);
      if (still()) set({ measured: { run, settings, answer } });
    } catch (thrown) {
      const error = toAppError(thrown);
      const ended = error.code === 'engineDied';
      if (still()) set({ error: isAbort(error) || ended ? null : error, ended });
    }
  });
  if (!still()) return;
  abort = null;
  set({ measuring: null });
}

/** What was measured before stays. */
export function stopMeasuring(): void {
  abort?.abort();
  abort = null;
  set({ measuring: null });
}

export function dismissPriceError(): void {
  set({ error: null });
}

/** Where everything is deleted: what was kept goes with it. */
export function forgetReshape(): void {
  restoreReshape(NEUTRAL);
}

/** As they were chosen for the data in hand: for data that was read again, and by an earlier visit. */
export function restoreReshape(settings: RerankSettings): void {
  stopKeeping();
  stopMeasuring();
  set({ ...NOTHING, settings });
}
