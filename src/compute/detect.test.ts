import { describe, expect, it } from 'vitest';
import { chooseDevice, nextDevice, openDevice } from './detect.ts';
import { DEVICE_KINDS, type DeviceFinding, type DeviceKind } from './device.ts';

const found = (states: Partial<Record<DeviceKind, DeviceFinding['state']>>): DeviceFinding[] =>
  DEVICE_KINDS.map((kind) => ({ kind, state: states[kind] ?? 'missing', info: null, detail: '', speed: 0 }));

describe('choice of device', () => {
  it.each<[Partial<Record<DeviceKind, DeviceFinding['state']>>, DeviceKind]>([
    [{ webgpu: 'available', webgl: 'available', wasm: 'available', reference: 'available' }, 'webgpu'],
    [{ webgl: 'available', wasm: 'available', reference: 'available' }, 'webgl'],
    [{ webgpu: 'software', webgl: 'software', wasm: 'available', reference: 'available' }, 'wasm'],
    [{ webgpu: 'failedSelfTest', webgl: 'lost', wasm: 'available' }, 'wasm'],
    [{ reference: 'available' }, 'reference'],
    [{}, 'reference'],
  ])('%j → %s', (states, expected) => expect(chooseDevice(found(states))).toBe(expected));

  it('goes down the line after a loss, past software', () => {
    const findings = found({ webgpu: 'available', webgl: 'software', wasm: 'available', reference: 'available' });
    expect(nextDevice('webgpu', findings)).toBe('wasm');
    expect(nextDevice('webgl', findings)).toBe('wasm');
    expect(nextDevice('wasm', findings)).toBe('reference');
    expect(nextDevice('reference', findings)).toBe('reference');
  });

  it.each(['wasm', 'reference'] as const)('opens %s', async (kind) => {
    const device = await openDevice(kind);
    expect(device.info.kind).toBe(kind);
    device.destroy();
  });
});
