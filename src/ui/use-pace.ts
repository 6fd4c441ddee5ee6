import { useEffect, useRef, useState } from 'react';
import type { Progress } from '../base/progress.ts';

export interface Pace {
  /** Units per second over this step so far; 0 until it can be told. */
  readonly perSecond: number;
  /** null while it cannot be told. */
  readonly millisecondsLeft: number | null;
}

const UNKNOWN: Pace = { perSecond: 0, millisecondsLeft: null };
/** Before this the first chunks would promise anything. */
const SETTLE_MS = 400;

/** How fast a step goes and how long it will still take, from the progress alone. */
export function usePace(progress: Progress | null): Pace {
  const start = useRef<{ step: string; at: number; done: number } | null>(null);
  const [pace, setPace] = useState<Pace>(UNKNOWN);
  useEffect(() => {
    if (!progress) {
      start.current = null;
      setPace(UNKNOWN);
      return;
    }
    const now = performance.now();
    if (start.current?.step !== progress.step || progress.done < start.current.done) {
      start.current = { step: progress.step, at: now, done: progress.done };
      setPace(UNKNOWN);
      return;
    }
    const elapsed = now - start.current.at;
    const done = progress.done - start.current.done;
    if (elapsed < SETTLE_MS || done <= 0) return;
    const perSecond = (done / elapsed) * 1000;
    const left = progress.total === null ? null : ((progress.total - progress.done) / perSecond) * 1000;
    setPace({ perSecond, millisecondsLeft: left });
  }, [progress]);
  return pace;
}
