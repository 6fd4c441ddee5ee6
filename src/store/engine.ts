/** The one engine of this page: started when first needed, shared by everything. */

import { create } from 'zustand';
import { AppError, toAppError } from '../base/error.ts';
import { DEVICE_KINDS, type DeviceKind } from '../compute/device.ts';
import type { EngineReport } from '../worker/api/device.ts';
import type { EngineApi } from '../worker/api.ts';
import { type RunningEngine, startEngine } from '../worker/client.ts';

let started: RunningEngine | null = null;

function start(): RunningEngine {
  const running = startEngine();
  void running.gone.then(() => {
    if (started === running) useEngineState.setState({ report: null, error: new AppError('engineDied'), died: true });
  });
  return running;
}

/** The engine, for actions. One that has died stays, and rejects every call, until `replaceEngine`. */
export function engine(): EngineApi {
  started ??= start();
  return started.api;
}

/** The engine, for components. */
export function useEngine(): EngineApi {
  return engine();
}

interface EngineState {
  readonly report: EngineReport | null;
  /** Why there is no engine, or (beside a report) why it is a slow one. */
  readonly error: AppError | null;
  /** The worker has ended; nothing is answered until there is another. */
  readonly died: boolean;
}

/** What was found and chosen, for the engine chip and card. */
export const useEngineState = create<EngineState>(() => ({ report: null, error: null, died: false }));

/** ?device=webgpu|webgl|wasm|reference, for demos and tests. */
function deviceFromAddress(): DeviceKind | 'auto' {
  const wanted = new URLSearchParams(window.location.search).get('device');
  return DEVICE_KINDS.find((kind) => kind === wanted) ?? 'auto';
}

/** ?threads=N, for measuring. */
function threadsFromAddress(): number | null {
  const wanted = Number(new URLSearchParams(window.location.search).get('threads'));
  return Number.isInteger(wanted) && wanted > 0 ? wanted : null;
}

let preparing: Promise<void> | null = null;

/**
 * Finds the devices, chooses one, and fetches every piece of code the story can need, so that from
 * the moment data comes in there is no request at all. May be called often; works once.
 */
export function prepareEngine(): Promise<void> {
  preparing ??= (async () => {
    try {
      const report = await engine().prepare(deviceFromAddress(), threadsFromAddress());
      // Plain loops chosen by themselves: neither a graphics card nor fast WebAssembly is here.
      const slow = report.chosen.kind === 'reference' && !report.byHand;
      useEngineState.setState({
        report,
        error: slow ? new AppError('browserTooOld', { missing: 'WebAssembly SIMD' }) : null,
      });
    } catch (thrown) {
      useEngineState.setState({ error: toAppError(thrown) });
      preparing = null;
      throw thrown;
    }
  })();
  return preparing;
}

/** Another engine in place of one that died, prepared like the first. Nothing of what that one knew is in it. */
export function replaceEngine(): Promise<void> {
  started = null;
  preparing = null;
  useEngineState.setState({ report: null, error: null, died: false });
  return prepareEngine();
}

/** Switches by hand; what was trained stays. */
export async function chooseDevice(kind: DeviceKind | 'auto'): Promise<void> {
  useEngineState.setState({ report: await engine().chooseDevice(kind), error: null });
}

/** Lets the graphics card read factors in 16 bits, or no more; trainings that have begun stay as they are. */
export async function setHalfReads(on: boolean): Promise<void> {
  useEngineState.setState({ report: await engine().setHalfReads(on) });
}

/** Asks again what is running (after a device was lost). */
export async function refreshEngine(): Promise<void> {
  useEngineState.setState({ report: await engine().engine() });
}
