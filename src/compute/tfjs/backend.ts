/** What `tfjs.ts` and the backends agree on. */
import type { AppError } from '../../base/error.ts';
import type { ComputeDevice } from '../device.ts';
import type { BatchRows, EmbeddingTable } from './embedding.ts';

export type Tf = typeof import('@tensorflow/tfjs-core');

/** What tfjs needs to know of a device: which kind it is, and when it goes away. */
export type TfjsHost = Pick<ComputeDevice, 'info' | 'lost'>;

/** What one backend brings; `tfjs/backend-*.ts` each make one. */
export interface TfjsBackend {
  readonly tf: Tf;
  /** The name tfjs knows it by. */
  readonly name: 'webgpu' | 'webgl' | 'wasm' | 'cpu';
  /** Resolves when the hardware this backend runs on has gone away. */
  readonly lost: Promise<AppError>;
  table(values: Float32Array, rows: number, width: number): EmbeddingTable;
  /** Rows of one side of a batch of `capacity` entries, reused from step to step. */
  batchRows(tableRows: number, capacity: number): BatchRows;
  /** Frees the backend itself; its tensors are gone before. */
  destroy(): void;
}
