/** Seconds of work: waiting at a gate is none. */
export interface WorkingClock {
  seconds(): number;
  /** Waits without time going by. */
  readonly gate: () => Promise<void>;
}

export function workingClock(gate: (() => Promise<void>) | undefined): WorkingClock {
  const began = performance.now();
  let waited = 0;
  return {
    seconds: () => (performance.now() - began - waited) / 1000,
    async gate() {
      const from = performance.now();
      await gate?.();
      waited += performance.now() - from;
    },
  };
}
