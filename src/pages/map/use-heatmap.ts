import { startTransition, useCallback, useEffect, useRef, useState } from 'react';
import { type AppError, isAbort, toAppError } from '../../base/error.ts';
import type { Progress } from '../../base/progress.ts';
import type { HeatmapRequest, HeatmapResult } from '../../insight/heatmap-types.ts';
import { useEngine } from '../../store/engine.ts';

export interface HeatmapWork {
  /** The last picture that was finished; it stays while the next is made. */
  readonly result: HeatmapResult | null;
  readonly working: boolean;
  readonly progress: Progress | null;
  readonly error: AppError | null;
  /** Stopped by hand before there was anything to show. */
  readonly stopped: boolean;
  readonly cancel: () => void;
  readonly retry: () => void;
}

/** The picture for a request: asked anew when the request changes, an unfinished one is cancelled. */
export function useHeatmap(request: HeatmapRequest | null): HeatmapWork {
  const engine = useEngine();
  const [result, setResult] = useState<HeatmapResult | null>(null);
  const [working, setWorking] = useState(false);
  const [progress, setProgress] = useState<Progress | null>(null);
  const [error, setError] = useState<AppError | null>(null);
  const [stopped, setStopped] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const abort = useRef<AbortController | null>(null);

  // `attempt` asks again for the same request.
  useEffect(() => {
    if (!request) return;
    const mine = new AbortController();
    abort.current = mine;
    setWorking(true);
    setProgress(null);
    setError(null);
    setStopped(false);
    engine
      .heatmap(
        request,
        (next) => {
          if (!mine.signal.aborted) setProgress(next);
        },
        mine.signal,
      )
      .then((answer) => {
        if (mine.signal.aborted) return;
        // A picture takes tens of milliseconds to put up: in slices, with the page free in between.
        startTransition(() => {
          setResult(answer);
          setWorking(false);
        });
      })
      .catch((thrown: unknown) => {
        if (abort.current !== mine) return;
        setWorking(false);
        const failure = toAppError(thrown);
        if (isAbort(failure)) setStopped(true);
        else setError(failure);
      });
    return () => mine.abort();
  }, [engine, request, attempt]);

  const cancel = useCallback(() => {
    abort.current?.abort();
    setWorking(false);
    setStopped(true);
  }, []);
  const retry = useCallback(() => setAttempt((before) => before + 1), []);
  return { result, working, progress, error, stopped, cancel, retry };
}
