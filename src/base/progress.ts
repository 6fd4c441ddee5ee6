/** What long work is doing; `i18n` has a name for each. */
export type ProgressStep =
  | 'reading'
  | 'cleaning'
  | 'joining'
  | 'indexing'
  | 'training'
  | 'comparing'
  | 'ordering'
  | 'exporting'
  | 'saving'
  | 'restoring';

/** The one progress type. `done` and `total` are in `unit`; total is null while it is unknown. */
export interface Progress {
  readonly step: ProgressStep;
  readonly done: number;
  readonly total: number | null;
  readonly unit: 'bytes' | 'rows' | 'epochs' | 'customers' | 'products';
  /** Rows seen so far, beside bytes, while reading. */
  readonly rows?: number;
}

export type OnProgress = (progress: Progress) => void;

/** Says which share of some work is done, 0 to 1, growing. */
export type Tell = (share: number) => void;

/** Steps of a tight loop between two words on how far it is: about 20 ms. */
export const TOLD_EVERY = 2 ** 20;

/** Lets at most one call through every `milliseconds`; a call with `done === total` always passes. */
export function throttleProgress(onProgress: OnProgress, milliseconds = 100): OnProgress {
  let last = Number.NEGATIVE_INFINITY;
  return (progress) => {
    const now = performance.now();
    if (now - last < milliseconds && progress.done !== progress.total) return;
    last = now;
    onProgress(progress);
  };
}

/**
 * Gives the event loop of this thread a turn (messages such as pause and cancel arrive then).
 * MessageChannel rather than setTimeout: no 4 ms clamp.
 */
export function yieldToEvents(): Promise<void> {
  return new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      channel.port1.close();
      resolve();
    };
    channel.port2.postMessage(null);
  });
}
