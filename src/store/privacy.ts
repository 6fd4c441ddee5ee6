/**
 * Counts what left: network requests made by this page and by every worker since data came in.
 * The browser itself keeps the list (resource timing).
 */
import { create } from 'zustand';
import { engine } from './engine.ts';

interface PrivacyState {
  /** null until data has come in. */
  readonly requests: number | null;
  /** When data came in, ms since 1970. */
  readonly since: number | null;
}

export const usePrivacy = create<PrivacyState>(() => ({ requests: null, since: null }));

const POLL_MS = 2000;
let pageRequests = 0;
let watching = false;
let markedAt = 0;

function watch(): void {
  watching = true;
  new PerformanceObserver((list) => {
    pageRequests += list.getEntries().filter((entry) => entry.startTime >= markedAt).length;
    void refresh();
  }).observe({ type: 'resource' });
  setInterval(() => {
    if (document.visibilityState === 'visible') void refresh();
  }, POLL_MS);
}

async function refresh(): Promise<void> {
  // A worker that has died makes no requests, and cannot be asked.
  const inWorkers = await engine()
    .requestCount()
    .catch(() => null);
  if (inWorkers === null || usePrivacy.getState().since === null) return;
  usePrivacy.setState({ requests: pageRequests + inWorkers });
}

/** No data is in memory any more: what is fetched from here on is fetched before the next comes in, as after a reload. */
export function markDataGone(): void {
  usePrivacy.setState({ requests: null, since: null });
}

/** From now on nothing may be requested; everything after this moment is counted and shown. */
export function markDataIn(): void {
  if (usePrivacy.getState().since !== null) return;
  markedAt = performance.now();
  pageRequests = 0;
  usePrivacy.setState({ requests: 0, since: Date.now() });
  if (!watching) watch();
}
