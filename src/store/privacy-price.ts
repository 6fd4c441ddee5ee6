/** What privacy settings cost: measured when somebody asks, after what is in line. */
import { create } from 'zustand';
import { type AppError, isAbort, toAppError } from '../base/error.ts';
import type { PrivacyPriceAnswer } from '../worker/api/quality.ts';
import { engine } from './engine.ts';
import { inLine } from './training.ts';

interface PrivacyPriceState {
  /** Waiting for its turn (share null) or under way; null where nothing is. */
  readonly measuring: { readonly share: number | null } | null;
  /** The newest one. */
  readonly answer: PrivacyPriceAnswer | null;
  readonly error: AppError | null;
}

const NOTHING: PrivacyPriceState = { measuring: null, answer: null, error: null };

export const usePrivacyPrice = create<PrivacyPriceState>(() => NOTHING);

const get = usePrivacyPrice.getState;
const set = usePrivacyPrice.setState;
let abort: AbortController | null = null;

/** Measures for the run that answers, now or after what is in line; what is under way goes on instead. */
export async function measurePrivacyPrice(run: string | null): Promise<void> {
  if (get().measuring) return;
  const mine = new AbortController();
  abort = mine;
  const put = (state: Partial<PrivacyPriceState>) => {
    if (abort === mine) set(state);
  };
  put({ measuring: { share: null }, error: null });
  await inLine(async () => {
    if (mine.signal.aborted) return;
    // Progress may still be on its way when the answer is there.
    let ended = false;
    const onProgress = ({ done, total }: { readonly done: number; readonly total: number | null }) => {
      if (!ended) put({ measuring: { share: total ? done / total : null } });
    };
    try {
      const answer = await engine().priceOfPrivacy(run, onProgress, mine.signal);
      put({ answer });
    } catch (thrown) {
      const error = toAppError(thrown);
      put({ error: isAbort(error) || error.code === 'engineDied' ? null : error });
    }
    ended = true;
  });
  put({ measuring: null });
}

/** What was measured before stays. */
export function stopPrivacyPrice(): void {
  abort?.abort();
  abort = null;
  set({ measuring: null });
}

export function dismissPrivacyPriceError(): void {
  set({ error: null });
}

/** For other data. */
export function forgetPrivacyPrice(): void {
  stopPrivacyPrice();
  set(NOTHING);
}
