/** Asks the engine what a component shows; a newer question makes older answers worthless, and they are dropped. */
import { startTransition, useEffect, useState } from 'react';
import { type AppError, isAbort, toAppError } from '../base/error.ts';

export interface Answer<T> {
  /** The newest answer; stays on screen while the next question is on its way. */
  readonly value: T | null;
  readonly asking: boolean;
  readonly error: AppError | null;
}

/** What came last, and to which question. */
interface Reply<T> {
  readonly key: string | null;
  readonly value: T | null;
  readonly error: AppError | null;
}

const NONE: Reply<never> = { key: null, value: null, error: null };

/**
 * `key` is the question as text: a new one asks again, null asks nothing. The signal fires when the
 * question is no longer of interest.
 */
export function useAnswer<T>(key: string | null, ask: (signal: AbortSignal) => Promise<T>): Answer<T> {
  const [reply, setReply] = useState<Reply<T>>(NONE);
  // `key` stands for everything `ask` closes over, so `ask` itself is no reason to ask again.
  useEffect(() => {
    if (key === null) {
      setReply(NONE);
      return;
    }
    const controller = new AbortController();
    ask(controller.signal).then(
      // What an answer changes is drawn in slices, with the page free in between.
      (value) =>
        startTransition(() => {
          if (!controller.signal.aborted) setReply({ key, value, error: null });
        }),
      (thrown) => {
        const error = toAppError(thrown);
        if (!controller.signal.aborted && !isAbort(error)) setReply({ key, value: null, error });
      },
    );
    return () => controller.abort();
  }, [key]);
  // That a question is on its way follows from its not being the one answered: saying so draws nothing again.
  const answered = reply.key === key;
  return {
    value: key === null ? null : reply.value,
    asking: key !== null && !answered,
    error: answered ? reply.error : null,
  };
}
