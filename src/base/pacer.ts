import { throwIfAborted } from './error.ts';
import { type Tell, yieldToEvents } from './progress.ts';

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

/** What long loops need of a pacer, and who wants to hear how far they are. */
export type Pace = Pick<Pacer, 'due' | 'turn'> & { readonly tell?: Tell };

/** For a part of the work: what share of the whole came before it, and what share it is. */
export function partOf({ due, turn, tell }: Pace, before: number, share: number): Pace {
  return { due, turn, tell: tell && ((done) => tell(before + share * done)) };
}

/** Lets events in and says how far the loop is, where it is time to. */
export async function breathe(pace: Pace, done: number, total: number): Promise<void> {
  pace.tell?.(done / total);
  await pace.turn();
}
