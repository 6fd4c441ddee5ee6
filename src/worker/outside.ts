/** What this worker has asked of the network, and a way to try the walls. */

/** Counts resource requests of this thread from `begin()` on; refused ones count too. */
export function createRequestCounter(): { begin(): void; count(): number } {
  let since = Number.POSITIVE_INFINITY;
  let refused = 0;
  self.addEventListener('securitypolicyviolation', () => {
    if (performance.now() >= since) refused++;
  });
  return {
    begin() {
      if (since === Number.POSITIVE_INFINITY) since = performance.now();
    },
    count() {
      const seen = performance.getEntriesByType('resource').filter((entry) => entry.startTime >= since).length;
      return seen + refused;
    },
  };
}

/** Tries to reach an address from this thread; true where it was refused. */
export async function tryOutside(address: string): Promise<{ how: 'fetch' | 'websocket'; refused: boolean }[]> {
  const byFetch = await fetch(address, { mode: 'no-cors' }).then(
    () => false,
    () => true,
  );
  const bySocket = await new Promise<boolean>((resolve) => {
    try {
      const socket = new WebSocket(address.replace(/^http/, 'ws'));
      socket.onopen = () => resolve(false);
      socket.onerror = () => resolve(true);
    } catch {
      resolve(true);
    }
  });
  return [
    { how: 'fetch', refused: byFetch },
    { how: 'websocket', refused: bySocket },
  ];
}
