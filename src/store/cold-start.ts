/** How good lists are where nothing was learned: measured when somebody asks, after what is in line. */
import { create } from 'zustand';
import { type AppError, isAbort, toAppError } from '../base/error.ts';
import type { ColdStart, ColdStartRequest } from '../worker/api/quality.ts';
import { engine } from './engine.ts';
import { inLine } from './training.ts';

type What = ColdStartRequest['what'];

/** Of one data set and run; of no other. */
export interface ColdMeasurement {
  /** What it is of: `coldKey`. */
  readonly of: string;
  /** Waiting for its turn (share null) or under way; null where it has ended. */
  readonly measuring: { readonly share: number | null } | null;
  readonly answer: ColdStart | null;
  readonly error: AppError | null;
}

export const useColdStart = create<Readonly<Partial<Record<What, ColdMeasurement>>>>(() => ({}));

const get = useColdStart.getState;
const set = useColdStart.setState;
const aborts: Partial<Record<What, AbortController>> = {};

/** Names a measurement: the data by its name (what was measured goes when other data comes), and who answers. */
export function coldKey(data: string, run: string | null): string {
  return JSON.stringify([data, run]);
}

/** Measures now, or after what is in line; one that is under way for the same goes on. */
export async function measureColdStart(of: string, request: Pick<ColdStartRequest, 'what' | 'run'>): Promise<void> {
  const { what } = request;
  const before = get()[what];
  if (before?.of === of && before.measuring) return;
  aborts[what]?.abort();
  const mine = new AbortController();
  aborts[what] = mine;
  const put = (state: Partial<Omit<ColdMeasurement, 'of'>>) => {
    if (aborts[what] === mine) {
      set({ [what]: { of, measuring: null, answer: null, error: null, ...state } });
    }
  };
  put({ measuring: { share: null } });
  const began = await inLine(async () => {
    if (mine.signal.aborted) return;
    // Progress may still be on its way when the answer is there.
    let ended = false;
    try {
      const answer = await engine().measureColdStart(
        request,
        ({ done, total }) => {
          if (!ended) put({ measuring: { share: total ? done / total : null } });
        },
        mine.signal,
      );
      ended = true;
      put({ answer });
    } catch (thrown) {
      ended = true;
      const error = toAppError(thrown);
      put({ error: isAbort(error) || error.code === 'engineDied' ? null : error });
    }
  });
  if (!began) put({});
}

export function stopColdStart(what: What): void {
  const measurement = get()[what];
  aborts[what]?.abort();
  delete aborts[what];
  if (measurement?.measuring) set({ [what]: { ...measurement, measuring: null } });
}

/** For other data: what is under way would hold it up, what waits would be measured on it. */
export function stopColdStarts(): void {
  stopColdStart('customers');
  stopColdStart('products');
}

/** For other data, of the same name too. */
export function forgetColdStart(): void {
  stopColdStarts();
  set({}, true);
}
