import { AppError } from '../../base/error.ts';
import type { ComputeDevice, DeviceFinding, DeviceInfo, SweepTiming } from '../device.ts';
import { isSoftwareRenderer } from '../gpu-layout.ts';
import { createProcessor } from '../processor.ts';
import { productsOfColumns } from '../row-products.ts';
import { autoencoder } from './autoencoder.ts';
import { GpuContext } from './context.ts';
import { explicitDescent } from './explicit-descent.ts';
import { implicitDescent } from './implicit-descent.ts';
import { dots } from './matmul.ts';
import { sampledDescent } from './sampled-descent.ts';
import { stochasticDescent } from './stochastic-descent.ts';
import { subgroupSize } from './subgroups.ts';
import { topK } from './top-k.ts';
import { NARROW, WIDE, type Workgroups } from './workgroups.ts';

/** A ComputeDevice on WebGPU. `gpu` and `adapterInfo` are there so that TensorFlow.js can share the device. */
export interface WebGpuDevice extends ComputeDevice {
  readonly gpu: GPUDevice;
  readonly adapterInfo: GPUAdapterInfo;
  /** Lanes beside each other that add up without waiting; 0 where that is done in workgroup memory. */
  readonly subgroupSize: number;
  /** null also where the GPU gives no timestamps. */
  readonly timing: SweepTiming | null;
  /** Makes the device go away as if the hardware had: for tests, and for the drill "what if the GPU goes away". */
  simulateLoss(): void;
}

/** Limits raised from the portable default to what the adapter offers; TensorFlow.js needs the workgroup ones. */
const RAISED_LIMITS = [
  'maxStorageBuffersPerShaderStage',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
] as const satisfies readonly (keyof GPUSupportedLimits)[];

/** What the adapter calls itself, as far as the browser tells. */
function describe(info: GPUAdapterInfo): string {
  return info.description || [info.vendor, info.architecture, info.device].filter((part) => part !== '').join(' ');
}

function deviceInfo(info: GPUAdapterInfo): DeviceInfo {
  const names = `${info.vendor} ${info.architecture} ${info.device} ${info.description}`;
  const software = info.isFallbackAdapter === true || isSoftwareRenderer(names);
  return { kind: 'webgpu', adapter: describe(info), software, threads: 1, simd: false, halfReads: false };
}

async function requestAdapter(): Promise<GPUAdapter | null> {
  return (await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' })) ?? null;
}

/** Looks for a WebGPU adapter without taking a device. Never throws. */
export async function detectWebGpu(): Promise<DeviceFinding> {
  const missing = (detail: string): DeviceFinding => ({
    kind: 'webgpu',
    state: 'missing',
    info: null,
    detail,
    speed: 0,
  });
  if (typeof navigator === 'undefined' || !navigator.gpu) return missing('noApi');
  try {
    const adapter = await requestAdapter();
    if (!adapter) return missing('noAdapter');
    const info = deviceInfo(adapter.info);
    return { kind: 'webgpu', state: info.software ? 'software' : 'available', info, detail: '', speed: 0 };
  } catch (thrown) {
    return missing(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

/** What is otherwise chosen by the adapter: for tests, which run all ways on one adapter. */
export interface WebGpuOptions {
  readonly workgroups?: Workgroups;
  /** false: lanes add up in workgroup memory even where there are subgroups. */
  readonly subgroups?: boolean;
  /** Most bytes of one binding of ratings. */
  readonly bindingBytes?: number;
}

/** Features used where the adapter has them; TensorFlow.js, too, times its kernels with the first. */
const WANTED_FEATURES: readonly GPUFeatureName[] = ['timestamp-query', 'subgroups'];

/**
 * Takes a WebGPU device. Throws `deviceMissing` where there is none. How rows share workgroups follows the adapter
 * (wide on hardware, narrow on software) unless `options` ask for a way: it changes speed and rounding, nothing else.
 */
export async function createWebGpuDevice(options: WebGpuOptions = {}): Promise<WebGpuDevice> {
  const adapter = await requestAdapter();
  if (!adapter) throw new AppError('deviceMissing', { device: 'webgpu' });
  const requiredLimits = Object.fromEntries(RAISED_LIMITS.map((limit) => [limit, adapter.limits[limit]]));
  const requiredFeatures = WANTED_FEATURES.filter((feature) => adapter.features.has(feature));
  const gpu = await adapter
    .requestDevice({ label: 'tastemaker', requiredLimits, requiredFeatures })
    .catch((cause: unknown) => {
      throw new AppError('deviceMissing', { device: 'webgpu' }, { cause });
    });
  const info = deviceInfo(adapter.info);
  const context = new GpuContext(gpu, options.workgroups ?? (info.software ? NARROW : WIDE), options.bindingBytes);
  const processor = createProcessor();
  if (options.subgroups ?? true) context.subgroupSize = await subgroupSize(context, adapter.info.subgroupMinSize);
  return {
    get info() {
      return { ...info, halfReads: context.halfReads };
    },
    gpu,
    adapterInfo: adapter.info,
    subgroupSize: context.subgroupSize,
    get timing() {
      return context.timing;
    },
    lost: context.lost,
    setHalfReads(on) {
      context.halfReads = on;
    },
    explicitDescent: (problem) => explicitDescent(context, problem),
    stochasticDescent: (problem) => stochasticDescent(context, problem),
    sampledDescent: (problem) => sampledDescent(context, problem),
    implicitDescent: (problem) => implicitDescent(context, problem),
    autoencoder: (problem) => autoencoder(context, problem),
    topK: (request) => topK(context, request),
    dots: (a, b, factors) => dots(context, a, b, factors),
    rowProducts: (request) => productsOfColumns(request, (a, b, width) => dots(context, a, b, width)),
    async holdMatrix(request) {
      context.assertUsable();
      return processor.holdMatrix(request);
    },
    async invert(request) {
      context.assertUsable();
      return processor.invert(request);
    },
    simulateLoss: () => context.simulateLoss(),
    destroy() {
      context.close();
      processor.destroy();
    },
  };
}
