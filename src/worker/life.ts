/**
 * How the page learns that a worker is gone. Browsers tell nobody: calls to a worker that has ended are simply never
 * answered. A heartbeat would have to tell a dead worker from a busy one, and the engine computes on its own thread: a
 * sweep over much data on plain loops keeps it silent for minutes. A lock knows the difference: the worker takes one and
 * holds it for as long as it lives, the page asks for the same one and is given it when the browser cleans up behind the
 * worker, however that ended. (A held lock has a second good side: tabs that hold one are not frozen in the background.)
 */

interface LifeMessage {
  readonly lifeLock: string;
}

const isLife = (data: unknown): data is LifeMessage =>
  typeof data === 'object' && data !== null && typeof (data as Partial<LifeMessage>).lifeLock === 'string';

/** The worker's side; once, when it starts. Without locks (pages that are not served securely) nothing is ever told. */
export function holdLife(): void {
  if (!navigator.locks) return;
  const lifeLock = `life-${crypto.randomUUID()}`;
  void navigator.locks.request(lifeLock, () => {
    self.postMessage({ lifeLock } satisfies LifeMessage);
    return new Promise<never>(() => {});
  });
}

/** Resolves when the worker has ended; call before its first message. */
export function endOf(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (isLife(data)) void navigator.locks.request(data.lifeLock, () => resolve());
    });
  });
}
