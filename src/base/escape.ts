/** One attempt to reach an address from this thread, and whether the browser refused it. */
export interface EscapeAttempt {
  readonly how: 'fetch' | 'websocket';
  readonly refused: boolean;
}

/** No answer by then counts as refused: a policy refuses at once. */
const PATIENCE_MS = 4000;

/**
 * Tries to get out of this thread by fetch and by WebSocket. Part of the privacy proof: the page asks
 * every thread to try, and shows that the content security policy held each of them back.
 */
export async function tryToEscape(address: string): Promise<EscapeAttempt[]> {
  const byFetch = fetch(address, { mode: 'no-cors', signal: AbortSignal.timeout(PATIENCE_MS) }).then(
    () => false,
    () => true,
  );
  const bySocket = new Promise<boolean>((resolve) => {
    setTimeout(() => resolve(true), PATIENCE_MS);
    try {
      const socket = new WebSocket(address.replace(/^http/, 'ws'));
      socket.onopen = () => resolve(false);
      socket.onerror = () => resolve(true);
    } catch {
      resolve(true);
    }
  });
  return [
    { how: 'fetch', refused: await byFetch },
    { how: 'websocket', refused: await bySocket },
  ];
}
