/** Compares models for the page: one comparison at a time, its events, its stop, and what becomes of a lost device. */
import { AppError } from '../base/error.ts';
import { runComparison } from '../evaluate/comparison.ts';
import type { CompareEvent, CompareRequest, Comparison } from './api.ts';
import type { Devices } from './devices.ts';
import { ownHeadsFor } from './heads.ts';
import type { Session } from './session.ts';

/** Progress reaches the page at most this often: every arrival draws on the main thread. */
const EVENT_MS = 250;

export interface Comparing {
  compare(request: CompareRequest, onEvent: (event: CompareEvent) => void): Promise<Comparison>;
  stopComparing(): Promise<void>;
}

/** Lets through what comes EVENT_MS after the last, and the first of every entrant at once. */
function thinned(send: (id: string | null, share: number) => void): (id: string | null, share: number) => void {
  let last = Number.NEGATIVE_INFINITY;
  let of: string | null | undefined;
  return (id, share) => {
    const now = performance.now();
    if (id === of && now - last < EVENT_MS) return;
    [last, of] = [now, id];
    send(id, share);
  };
}

export function createComparing(session: Session, devices: Devices): Comparing {
  let stop: AbortController | null = null;

  /** Throws `nothingToTest`, what is wrong with the data, `cancelled` where it is stopped before the first entrant. */
  async function compare(request: CompareRequest, onEvent: (event: CompareEvent) => void): Promise<Comparison> {
    const { project } = session;
    const { ratings } = project;
    const { entrants, split, holdout, seed, length } = request;
    const mine = new AbortController();
    stop = mine;
    try {
      const device = await devices.current();
      const result = await runComparison({
        data: ratings,
        split,
        holdout,
        seed,
        k: length,
        entrants: entrants.map(({ id, ...entrant }) => ({ id, ...ownHeadsFor({ ...entrant, seed }, ratings, device) })),
        device,
        hooks: {
          signal: mine.signal,
          onEntrant: (id, state, made) => onEvent({ kind: 'entrant', id, state, result: made ?? null }),
          onProgress: thinned((id, share) => onEvent({ kind: 'progress', id, share })),
          async nextDevice(error, failed) {
            // Plain loops are the last in line: what failed there fails everywhere.
            if (failed.info.kind === 'reference') throw error;
            const next =
              error.code === 'deviceOutOfMemory' ? await devices.roomier(failed) : await devices.replace(failed);
            if (!next) throw error;
            return next;
          },
        },
      });
      // New data may have come in meanwhile: this tells nothing about it.
      if (!session.hasProject || session.project !== project) throw new AppError('cancelled');
      const comparison: Comparison = { request, result, madeAt: Date.now() };
      session.comparison = comparison;
      return comparison;
    } finally {
      if (stop === mine) stop = null;
    }
  }

  return {
    compare,
    async stopComparing() {
      stop?.abort();
    },
  };
}
