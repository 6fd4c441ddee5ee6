import type { TfjsBackend } from './backend.ts';
import { cpuBatchRows, cpuTable } from './embedding-cpu.ts';

/** Fetches all code of this backend. */
export async function loadCpu() {
  const tf = await import('@tensorflow/tfjs-core');
  // Before the backend is used: otherwise it greets everyone on the console.
  tf.enableProdMode();
  await import('@tensorflow/tfjs-backend-cpu');
  return tf;
}

/** tfjs in plain JavaScript: the oracle the other backends are tested against. */
export async function startCpu(): Promise<TfjsBackend> {
  const tf = await loadCpu();
  await tf.setBackend('cpu');
  return {
    tf,
    name: 'cpu',
    lost: new Promise(() => {}),
    table: (values, rows, width) => cpuTable(tf, values, rows, width),
    batchRows: cpuBatchRows,
    destroy() {},
  };
}
