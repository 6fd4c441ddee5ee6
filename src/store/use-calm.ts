import { startTransition, useEffect, useRef, useState } from 'react';
import type { StoreApi } from 'zustand';

/**
 * What `select` takes from a store, for what changes by itself several times a second: drawn in slices, with the
 * page free in between. Drawing what the store's own hook selects cannot be put off (useSyncExternalStore): one
 * change while a page is drawn in slices makes React draw all of it anew at once, the longest task of a page that
 * trains. Not for what a control shows while it is moved, nor for what has to agree with another store.
 */
export function useCalm<S, T>(store: StoreApi<S>, select: (state: S) => T): T {
  const [shown, setShown] = useState(store.getState);
  const newest = useRef(select);
  const take = useRef(() =>
    startTransition(() =>
      setShown((old) => {
        const now = store.getState();
        return Object.is(newest.current(old), newest.current(now)) ? old : now;
      }),
    ),
  );
  // What changed between drawing and listening, or is selected otherwise now, is seen here.
  useEffect(() => {
    newest.current = select;
    if (!Object.is(select(shown), select(store.getState()))) take.current();
  });
  useEffect(() => store.subscribe(() => take.current()), [store]);
  return select(shown);
}
