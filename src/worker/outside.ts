/** What this worker has asked of the network. */

/** Counts the requests of this thread from `begin()` on, by the browser's own resource timing. */
export function createRequestCounter(): { begin(): void; count(): number } {
  let since = Number.POSITIVE_INFINITY;
  let counted = 0;
  // An observer rather than the buffer: that one holds 250 entries and then forgets.
  new PerformanceObserver((list) => {
    counted += list.getEntries().filter((entry) => entry.startTime >= since).length;
  }).observe({ type: 'resource' });
  return {
    begin() {
      if (since === Number.POSITIVE_INFINITY) since = performance.now();
    },
    count: () => counted,
  };
}
