import { throwIfAborted } from '../../base/error.ts';
import { type Tell, yieldToEvents } from '../../base/progress.ts';
import { MOST_CHUNKS } from './control.ts';

/** Multiply–adds of a piece: some 20 ms of one thread. */
const WORK_PER_PIECE = 2e8;
/** Longest stretch between two turns of the event loop, give or take a piece. */
const STRETCH_MS = 25;

/**
 * Cuts the chunks of one phase into pieces between which events get a turn, so that it can be stopped. Runs each piece
 * (its first chunk, how many); `workOf` says how many multiply–adds a chunk is.
 */
export type Pieces = (
  chunks: number,
  workOf: (chunk: number) => number,
  run: (first: number, count: number) => void,
  tell?: Tell,
) => Promise<void>;

/** One clock for all phases of an operation. The phases throw AppError `cancelled` once the signal has fired. */
export function createPieces(signal: AbortSignal | undefined): Pieces {
  let last = performance.now();
  return async (chunks, workOf, run, tell) => {
    for (let chunk = 0; chunk < chunks; ) {
      const first = chunk;
      const end = Math.min(chunks, first + MOST_CHUNKS);
      for (let work = 0; chunk < end && work < WORK_PER_PIECE; chunk++) work += workOf(chunk);
      run(first, chunk - first);
      if (performance.now() - last < STRETCH_MS) continue;
      tell?.(chunk / chunks);
      await yieldToEvents();
      throwIfAborted(signal);
      last = performance.now();
    }
  };
}
