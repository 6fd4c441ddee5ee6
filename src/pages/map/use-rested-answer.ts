import { useEffect, useState } from 'react';
import { useAnswer } from '../../store/use-answer.ts';

/** Pointers cross cells faster than anyone reads them: ask when one has been rested on. */
const REST_MS = 90;

/** The key, once it has stayed the same for a moment; the one before until then. */
function useRested(key: string | null): string | null {
  const [rested, setRested] = useState<string | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setRested(key), REST_MS);
    return () => clearTimeout(timer);
  }, [key]);
  return rested;
}

/**
 * The answer to a question that changes with the pointer: asked after a short rest, and shown only while it is
 * the answer to this very question. null while there is none (or it failed: what asks these questions can do
 * without the answer).
 *
 * @param key tells questions apart; null asks nothing
 * @param ask is given a signal that fires when the pointer has gone on
 */
export function useRestedAnswer<T>(key: string | null, ask: (signal: AbortSignal) => Promise<T>): T | null {
  const rested = useRested(key);
  const { value, asking } = useAnswer(rested, ask);
  return rested === key && !asking ? value : null;
}
