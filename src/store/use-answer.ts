/** Asks the engine what a component shows; a newer question makes older answers worthless, and they are dropped. */
import { startTransition, useEffect, useState } from 'react';
import { type AppError, isAbort, toAppError } from '../base/error.ts';

export interface Answer<T> {
  /** The newest answer; stays on screen while the next question is on its way. */
  readonly value: T | null;
  readonly asking: boolean;
  readonly error: AppError | null;
}

/**
 * `key` is the question as text: a new one asks again, null asks nothing. The signal fires when the
 * question is no longer of interest.
 */
export function useAnswer<T>(key: string | null, ask: (signal: AbortSignal) => Promise<T>): Answer<T> {
  const [answer, setAnswer] = useState<Answer<T>>({ value: null, asking: key !== null, error: null });
  // `key` stands for everything `ask` closes over, so `ask` itself is no reason to ask again.
  useEffect(() => {
    if (key === null) {
      setAnswer({ value: null, asking: false, error: null });
      return;
    }
    const controller = new AbortController();
    setAnswer((old) => ({ ...old, asking: true, error: null }));
    ask(controller.signal).then(
      // What an answer changes is drawn in slices, with the page free in between.
      (value) =>
        startTransition(() => {
          if (!controller.signal.aborted) setAnswer({ value, asking: false, error: null });
        }),
      (thrown) => {
        const error = toAppError(thrown);
        if (!controller.signal.aborted && !isAbort(error)) setAnswer({ value: null, asking: false, error });
      },
    );
    return () => controller.abort();
  }, [key]);
  return answer;
}
