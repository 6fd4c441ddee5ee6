import type { EngineApi } from './api.ts';
import { connectApi } from './wire.ts';

/** Starts the engine worker; the page makes exactly one. */
export function startEngine(): EngineApi {
  const worker = new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module', name: 'engine' });
  return connectApi<EngineApi>(worker);
}
