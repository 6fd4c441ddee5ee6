/** Devices for tests of the neural path, which needs of a device only its kind and its loss. */
import type { ComputeDevice, DeviceKind } from '../device.ts';

/** A device that can compute nothing itself: for tests that only train through TensorFlow.js. */
export function hostOf(kind: Exclude<DeviceKind, 'webgpu'>): ComputeDevice {
  const refuse = () => Promise.reject(new TypeError('a test host computes nothing'));
  return {
    info: { kind, adapter: '', software: false, threads: 1, simd: kind === 'wasm' },
    lost: new Promise(() => {}),
    explicitDescent: refuse,
    implicitDescent: refuse,
    autoencoder: refuse,
    topK: refuse,
    dots: refuse,
    rowProducts: refuse,
    holdMatrix: refuse,
    invert: refuse,
    destroy() {},
  };
}
