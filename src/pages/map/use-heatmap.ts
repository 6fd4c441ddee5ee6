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

/** How the asking for one picture ended. */
interface Ending {
  readonly of: HeatmapRequest;
  readonly attempt: number;
  readonly error: AppError | null;
  readonly stopped: boolean;
}

/** The picture for a request: asked anew when the request changes, an unfinished one is cancelled. */
export function useHeatmap(request: HeatmapRequest): HeatmapWork {
  const engine = useEngine();
  const [result, setResult] = useState<HeatmapResult | null>(null);
  const [heard, setHeard] = useState<{ readonly of: HeatmapRequest; readonly progress: Progress } | null>(null);
  const [last, setLast] = useState<Ending | null>(null);
  const [attempt, setAttempt] = useState(0);
  const abort = useRef<AbortController | null>(null);

  // `attempt` asks again for the same request.
  useEffect(() => {
    const mine = new AbortController();
    abort.current = mine;
    const end = (error: AppError | null, stopped = false) => setLast({ of: request, attempt, error, stopped });
    engine
      .heatmap(
        request,
        (progress) => {
          if (!mine.signal.aborted) setHeard({ of: request, progress });
        },
        mine.signal,
      )
      .then((answer) => {
        if (mine.signal.aborted) return;
        // A picture takes tens of milliseconds to put up: in slices, with the page free in between.
        startTransition(() => {
          setResult(answer);
          end(null);
        });
      })
      .catch((thrown: unknown) => {
        if (abort.current !== mine) return;
        const failure = toAppError(thrown);
        if (isAbort(failure)) end(null, true);
        else end(failure);
      });
    return () => mine.abort();
  }, [engine, request, attempt]);

  const cancel = useCallback(() => {
    abort.current?.abort();
    setLast({ of: request, attempt, error: null, stopped: true });
  }, [request, attempt]);
  const retry = useCallback(() => setAttempt((before) => before + 1), []);
  // That it is being made follows from its not having ended: saying so draws nothing again.
  const ended = last?.of === request && last.attempt === attempt ? last : null;
  return {
    result,
    working: ended === null,
    progress: heard?.of === request ? heard.progress : null,
    error: ended?.error ?? null,
    stopped: ended?.stopped ?? false,
    cancel,
    retry,
  };
}
