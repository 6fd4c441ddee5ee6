/** What holds events back while nobody can see what they change. */

/** On screen a burst of events changes the page at most this often. */
const APART_MS = 100;

export interface Gathering<T> {
  add(event: T): void;
  /** Shows what is held back now. */
  flush(): void;
}

/**
 * Passes events on to `show`, in order and none left out: at once when it is quiet, gathered when they come in a burst,
 * and not before the page is looked at again when it is hidden. A tab that was in the background for minutes then draws
 * its newest state once, and not every state in between.
 */
export function gather<T>(
  show: (events: readonly T[]) => void,
  page: Pick<Document, 'visibilityState' | 'addEventListener'> = document,
): Gathering<T> {
  let held: T[] = [];
  let last = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | null = null;

  const flush = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    last = performance.now();
    const events = held;
    held = [];
    if (events.length > 0) show(events);
  };
  const flushWhenSeen = () => {
    if (page.visibilityState === 'visible' && held.length > 0)
      timer ??= setTimeout(flush, last + APART_MS - performance.now());
  };
  // What waited in the queue of a frozen page comes in right behind this event: it is shown together.
  page.addEventListener('visibilitychange', flushWhenSeen);
  return {
    add(event) {
      held.push(event);
      if (page.visibilityState !== 'visible') return;
      if (performance.now() - last >= APART_MS) flush();
      else flushWhenSeen();
    },
    flush,
  };
}
