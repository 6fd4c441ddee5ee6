import type { NextDevice } from '../evaluate/fit-anywhere.ts';
import type { Devices } from './devices.ts';

/** The next device in line for a fit that has lost its own, or has no room there. */
export function nextDeviceOf(devices: Pick<Devices, 'replace' | 'roomier'>): NextDevice {
  return async (error, failed) => {
    // Plain loops are the last in line: what failed there fails everywhere.
    if (failed.info.kind === 'reference') throw error;
    const next =
      error.code === 'deviceOutOfMemory' ? await devices.roomier(failed) : await devices.replace(failed, error);
    if (!next) throw error;
    return next;
  };
}
