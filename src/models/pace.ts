import { yieldToEvents } from '../base/progress.ts';

/** Longest stretch of work between two turns of the event loop, ms. */
const STRETCH_MS = 25;

/** Lets long answers of a model leave events their turn. */
export interface Pace {
  /** Whether events have waited long enough: spares a loop the await. */
  due(): boolean;
  turn(): Promise<void>;
}

export function createPace(): Pace {
  let last = performance.now();
  return {
    due: () => performance.now() - last >= STRETCH_MS,
    async turn() {
      await yieldToEvents();
      last = performance.now();
    },
  };
}
