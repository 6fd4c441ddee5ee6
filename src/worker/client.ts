import type { EngineApi } from './api.ts';
import { endOf } from './life.ts';
import { connectApi } from './wire.ts';

export interface RunningEngine {
  /** Calls reject with `engineDied` once the worker is gone, those under way too. */
  readonly api: EngineApi;
  /** Resolves when the worker has ended, whatever ended it. */
  readonly gone: Promise<void>;
}

/** Starts the engine worker; the page has one at a time. */
export function startEngine(): RunningEngine {
  const worker = new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module', name: 'engine' });
  const gone = endOf(worker);
  return { api: connectApi<EngineApi>(worker, gone), gone };
}
