import { throwIfAborted } from './error.ts';
import { yieldToEvents } from './progress.ts';

/** Longest stretch of work between two turns of the event loop; short enough for a cancel to feel immediate. */
const STRETCH_MS = 25;

export interface Pacer {
  /** Lets messages in when a stretch of work is over. Throws AppError `cancelled` once the signal has fired. */
  turn(): Promise<void>;
  /** Whether `turn` has something to do: spares an await per step of a tight loop. */
  due(): boolean;
}

export function createPacer(signal?: AbortSignal): Pacer {
  let last = performance.now();
  return {
    due: () => performance.now() - last >= STRETCH_MS,
    async turn() {
      await yieldToEvents();
      throwIfAborted(signal);
      last = performance.now();
    },
  };
}
