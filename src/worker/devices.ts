/**
 * The devices of this machine: found once, one chosen, tested before use, replaced when it is lost.
 * The WASM device is always opened too: it is the spare that takes over in the middle of a fit, and
 * its code must be here before data comes in.
 */
import { AppError, isDeviceFailure } from '../base/error.ts';
import { chooseDevice, detectDevices, nextDevice, type OpenOptions, openDevice } from '../compute/detect.ts';
import type { ComputeDevice, DeviceFinding, DeviceKind } from '../compute/device.ts';
import { selfTest } from '../compute/self-test.ts';
import type { EngineReport } from './api/device.ts';

export interface Devices {
  prepare(kind: DeviceKind | 'auto', threads: number | null): Promise<EngineReport>;
  choose(kind: DeviceKind | 'auto'): Promise<EngineReport>;
  test(kind: DeviceKind): Promise<DeviceFinding>;
  /** See `ComputeDevice.setHalfReads`; nothing happens where the device in use has no such way. */
  setHalfReads(on: boolean): Promise<EngineReport>;
  report(): Promise<EngineReport>;
  current(): Promise<ComputeDevice>;
  /** Every device that stands ready: the chosen one and the spare. */
  opened(): readonly ComputeDevice[];
  /**
   * Puts a device that failed out of use and opens the next in line. The processor itself does not go away: where one
   * of its threads died, the one that calls goes on alone. `error` is what it failed with: one that computed wrongly is
   * not opened again.
   */
  replace(failed: ComputeDevice, error: AppError): Promise<ComputeDevice>;
  /**
   * Who takes over where `full` had not memory enough; `full` stays in use for smaller things. null where only plain
   * loops are left: what does not fit the others would take them hours.
   */
  roomier(full: ComputeDevice): Promise<ComputeDevice | null>;
  /** Runs `work` on the device in use, and once more on its successor where it is lost meanwhile or computes wrongly. */
  run<T>(work: (device: ComputeDevice) => Promise<T>): Promise<T>;
}

export function createDevices(): Devices {
  const opened = new Map<DeviceKind, ComputeDevice>();
  const replaced = new WeakMap<ComputeDevice, Promise<ComputeDevice>>();
  /** What a device's clock said of its self-test, which is no news. */
  const tested = new WeakMap<ComputeDevice, ComputeDevice['timing']>();
  let findings: DeviceFinding[] = [];
  let chosen: ComputeDevice | null = null;
  let byHand = false;
  let threads: number | null = null;
  let preparing: Promise<EngineReport> | null = null;

  const options = (): OpenOptions => (threads === null ? {} : { threads });
  const finding = (kind: DeviceKind) => findings.find((found) => found.kind === kind);
  const update = (kind: DeviceKind, change: Partial<DeviceFinding>) => {
    findings = findings.map((found) => (found.kind === kind ? { ...found, ...change } : found));
  };

  /** Opens and self-tests; throws `deviceMissing` or `deviceFailedSelfTest`. */
  async function open(kind: DeviceKind): Promise<ComputeDevice> {
    const already = opened.get(kind);
    if (already) return already;
    const device = await openDevice(kind, options());
    const { passed, worst, speed } = await selfTest(device);
    tested.set(device, device.timing);
    if (!passed) {
      device.destroy();
      update(kind, { state: 'failedSelfTest', detail: worst.toPrecision(2) });
      throw new AppError('deviceFailedSelfTest', { device: kind });
    }
    opened.set(kind, device);
    update(kind, { info: device.info, speed });
    void device.lost.then(() => {
      // One that was put aside has been spoken of.
      if (opened.get(kind) !== device) return;
      opened.delete(kind);
      update(kind, { state: 'lost' });
    });
    return device;
  }

  /** The best device that opens and passes, in order of preference; of those behind `after` where that is given. */
  async function openBest(after?: DeviceKind): Promise<ComputeDevice> {
    for (;;) {
      const kind = after ? nextDevice(after, findings) : chooseDevice(findings);
      try {
        return await open(kind);
      } catch (thrown) {
        // The reference device is plain loops: if even that fails there is nothing to fall back to.
        if (kind === 'reference') throw thrown;
        if (finding(kind)?.state !== 'failedSelfTest') update(kind, { state: 'missing', detail: String(thrown) });
      }
    }
  }

  function makeReport(): EngineReport {
    if (!chosen) throw new AppError('deviceMissing', { device: 'any' });
    return {
      findings,
      chosen: chosen.info,
      byHand,
      isolated: globalThis.crossOriginIsolated === true,
      cores: navigator.hardwareConcurrency,
      timing: (chosen.timing !== tested.get(chosen) && chosen.timing) || null,
    };
  }

  async function choose(kind: DeviceKind | 'auto'): Promise<EngineReport> {
    if (kind === 'auto') chosen = await openBest();
    else chosen = await open(kind);
    byHand = kind !== 'auto';
    return makeReport();
  }

  async function prepareOnce(kind: DeviceKind | 'auto'): Promise<EngineReport> {
    findings = await detectDevices(options());
    if (finding('wasm')?.state === 'available') await open('wasm').catch(() => undefined);
    try {
      return await choose(kind);
    } catch (thrown) {
      if (kind === 'auto') throw thrown;
      return choose('auto');
    }
  }

  const prepare = (kind: DeviceKind | 'auto', wantedThreads: number | null) => {
    if (!preparing) threads = wantedThreads;
    preparing ??= prepareOnce(kind).catch((thrown) => {
      preparing = null;
      throw thrown;
    });
    return preparing;
  };

  async function putAside(failed: ComputeDevice, { code, cause }: AppError): Promise<ComputeDevice> {
    const { kind, threads: had } = failed.info;
    opened.delete(kind);
    const wrong = code === 'deviceFailedSelfTest';
    const onlyThread = kind === 'wasm' && had > 1 && !wrong;
    if (onlyThread) {
      threads = 1;
      update(kind, { detail: 'threadFailed' });
    } else {
      failed.destroy();
      update(
        kind,
        wrong
          ? { state: 'failedSelfTest', detail: typeof cause === 'number' ? cause.toPrecision(2) : String(cause) }
          : { state: 'lost' },
      );
    }
    // Models made by the threads that are left still make their lists there, so that one is not closed.
    const next = onlyThread ? await open(kind) : await openBest(kind);
    // A device somebody has chosen since stays chosen.
    if (chosen === failed) {
      byHand = byHand && onlyThread;
      chosen = next;
    }
    return next;
  }

  /** A fit and a picture may find out one after the other; both are given the same successor. */
  function replace(failed: ComputeDevice, error: AppError): Promise<ComputeDevice> {
    const next = replaced.get(failed) ?? putAside(failed, error);
    replaced.set(failed, next);
    return next;
  }

  async function current(): Promise<ComputeDevice> {
    await prepare('auto', null);
    return chosen as ComputeDevice;
  }

  return {
    prepare,
    async choose(kind) {
      await prepare('auto', null);
      return choose(kind);
    },
    async test(kind) {
      await prepare('auto', null);
      const device = await open(kind);
      const { passed, worst, speed } = await selfTest(device);
      tested.set(device, device.timing);
      update(kind, { speed, ...(passed ? {} : { state: 'failedSelfTest' as const, detail: worst.toPrecision(2) }) });
      return finding(kind) as DeviceFinding;
    },
    async setHalfReads(on) {
      (await current()).setHalfReads?.(on);
      return makeReport();
    },
    async report() {
      await prepare('auto', null);
      return makeReport();
    },
    current,
    opened: () => [...opened.values()],
    replace,
    async roomier(full) {
      const { kind } = full.info;
      // Where commands were dropped over it, the device went with them.
      const next = await (opened.get(kind) === full
        ? openBest(kind)
        : replace(full, new AppError('deviceLost', { device: kind })));
      return next.info.kind === 'reference' ? null : next;
    },
    async run(work) {
      const device = await current();
      try {
        return await work(device);
      } catch (thrown) {
        if (!isDeviceFailure(thrown) || thrown.code === 'deviceOutOfMemory') throw thrown;
        return work(await replace(device, thrown));
      }
    },
  };
}
