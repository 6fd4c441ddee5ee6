/**
 * Which devices this machine has, and which of them to use.
 *
 * The order is webgpu, webgl, wasm, reference. A graphics processor made of software computes on the
 * same cores as WASM, by a detour, and is never chosen by itself. A real one goes first even through
 * WebGL2: what one waits for is large data, and there memory bandwidth decides. That order is an
 * expectation, not a measurement; the self-test's speed stands on the engine card beside each device.
 */
import { AppError } from '../base/error.ts';
import type { EscapeAttempt } from '../base/escape.ts';
import { type ComputeDevice, DEVICE_KINDS, type DeviceFinding, type DeviceKind } from './device.ts';
import { createReferenceDevice } from './reference/device.ts';

export interface OpenOptions {
  /** Compute threads of the WASM device, the calling one included. */
  readonly threads?: number;
}

async function detect(kind: DeviceKind, options: OpenOptions): Promise<DeviceFinding> {
  switch (kind) {
    case 'webgpu':
      return (await import('./webgpu/device.ts')).detectWebGpu();
    case 'webgl':
      return (await import('./webgl/device.ts')).detectWebGl();
    case 'wasm':
      return (await import('./wasm/device.ts')).detectWasm(options);
    case 'reference':
      return { kind, state: 'available', info: createReferenceDevice().info, detail: '', speed: 0 };
    default:
      return kind satisfies never;
  }
}

/**
 * What was found of each kind, in the order of preference. Loads the code of every device, so that a
 * later change of device makes no request; of helping threads no more are started than `options` asks for. Never rejects: what cannot be loaded is missing.
 */
export function detectDevices(options: OpenOptions = {}): Promise<DeviceFinding[]> {
  return Promise.all(
    DEVICE_KINDS.map((kind) =>
      detect(kind, options).catch((thrown: unknown): DeviceFinding => {
        const detail = thrown instanceof Error ? thrown.message : String(thrown);
        return { kind, state: 'missing', info: null, detail, speed: 0 };
      }),
    ),
  );
}

/** Opens a device, software or not. Throws `deviceMissing` where there is none of the kind. */
export async function openDevice(kind: DeviceKind, options: OpenOptions = {}): Promise<ComputeDevice> {
  switch (kind) {
    case 'webgpu':
      return (await import('./webgpu/device.ts')).createWebGpuDevice();
    case 'webgl':
      return (await import('./webgl/device.ts')).createWebGlDevice();
    case 'wasm':
      return (await import('./wasm/device.ts')).createWasmDevice(options);
    case 'reference':
      return createReferenceDevice();
    default:
      throw new AppError('deviceMissing', { device: String(kind satisfies never) });
  }
}

/** For the privacy proof: what the compute threads answer when each is asked to reach `address`, thread by thread. */
export async function threadsTryToEscape(address: string): Promise<EscapeAttempt[][]> {
  return (await import('./wasm/threads.ts')).helpersTryToEscape(address);
}

/** The best device to start with; the reference device where there is nothing better. */
export function chooseDevice(findings: readonly DeviceFinding[]): DeviceKind {
  return DEVICE_KINDS.find((kind) => isUsable(kind, findings)) ?? 'reference';
}

/** The next device in line when `failed` is lost; never one before it, which may sit on the same hardware. */
export function nextDevice(failed: DeviceKind, findings: readonly DeviceFinding[]): DeviceKind {
  const after = DEVICE_KINDS.slice(DEVICE_KINDS.indexOf(failed) + 1);
  return after.find((kind) => isUsable(kind, findings)) ?? 'reference';
}

const isUsable = (kind: DeviceKind, findings: readonly DeviceFinding[]) =>
  findings.some((finding) => finding.kind === kind && finding.state === 'available');
