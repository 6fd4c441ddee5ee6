import { useEffect, useState } from 'react';

/** Pointers cross cells faster than anyone reads them: ask when one has been rested on. */
const REST_MS = 90;

/**
 * The answer to a question that may change at any moment. Asked after a short rest; an answer that
 * comes when the question has changed is dropped. null while there is none (or it failed: what asks
 * these questions can do without the answer).
 *
 * @param key tells questions apart; null asks nothing
 */
export function useAnswer<Answer>(key: string | null, ask: () => Promise<Answer>): Answer | null {
  const [answered, setAnswered] = useState<{ readonly key: string; readonly answer: Answer } | null>(null);
  // `key` stands for the question.
  useEffect(() => {
    if (key === null) return;
    let current = true;
    const timer = setTimeout(() => {
      ask().then(
        (answer) => {
          if (current) setAnswered({ key, answer });
        },
        () => undefined,
      );
    }, REST_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [key]);
  return answered?.key === key ? answered.answer : null;
}
