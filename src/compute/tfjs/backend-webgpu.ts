import { AppError } from '../../base/error.ts';
import type { WebGpuDevice } from '../webgpu/device.ts';
import type { TfjsBackend, TfjsHost } from './backend.ts';
import { type TfjsGpu, WebGpuTables } from './embedding-webgpu.ts';

function sharesGpu(host: TfjsHost): host is WebGpuDevice {
  return 'gpu' in host;
}

/** Fetches all code of this backend. */
export async function loadWebGpu() {
  const tf = await import('@tensorflow/tfjs-core');
  tf.enableProdMode();
  return { tf, webgpu: await import('@tensorflow/tfjs-backend-webgpu') };
}

/** tfjs on the engine's own GPUDevice, so tables and tensors share buffers without a copy. */
export async function startWebGpu(host: TfjsHost): Promise<TfjsBackend> {
  if (!sharesGpu(host)) throw new TypeError('the webgpu backend needs a WebGpuDevice');
  const { tf, webgpu } = await loadWebGpu();
  const { WebGPUBackend } = webgpu;
  // Importing the package has registered a backend that would ask for a device of its own.
  if (tf.findBackendFactory('webgpu')) tf.removeBackend('webgpu');
  const backend = new WebGPUBackend(host.gpu, host.adapterInfo);
  tf.registerBackend('webgpu', () => backend, 3);
  if (!(await tf.setBackend('webgpu'))) throw new AppError('deviceMissing', { device: 'webgpu' });
  const tables = new WebGpuTables(tf, host.gpu, backend as unknown as TfjsGpu);
  return {
    tf,
    name: 'webgpu',
    lost: host.gpu.lost.then(() => new AppError('deviceLost', { device: 'webgpu' })),
    table: (values, rows, width) => tables.table(values, rows, width),
    batchRows: (tableRows, capacity) => tables.batchRows(tableRows, capacity),
    destroy() {
      if (tf.findBackend('webgpu') === (backend as unknown)) tf.removeBackend('webgpu');
    },
  };
}
