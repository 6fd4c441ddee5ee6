import { throwIfAborted } from '../../base/error.ts';
import { yieldToEvents } from '../../base/progress.ts';
import { checkMatrix } from '../check.ts';
import type { RowProductsRequest } from '../device.ts';
import { ArenaPlan, floatsAt, wordsAt } from './arena.ts';
import type { Engine } from './arena-pool.ts';
import { Workspace } from './workspace.ts';

/** Rows laid out side by side: assembly/products.ts. */
const LANES = 8;
/** Fields of `ProductsTask` in assembly/products.ts, 4 bytes each. */
const TASK_FIELDS = 7;
/** Entries met by eight rows between two looks at the abort signal: some tens of milliseconds. */
const WORK_PER_BATCH = 2e7;

/**
 * X Xᵀ: eight rows laid out side by side, every entry of every later row multiplied with all eight at once. Work:
 * entries × rows / 16 steps of two vectors each.
 */
export async function rowProducts(engine: Engine, { matrix, signal, tell }: RowProductsRequest): Promise<Float32Array> {
  checkMatrix('matrix', matrix);
  throwIfAborted(signal);
  const { rows, columns, pointers, indices, values } = matrix;
  if (rows === 0) return new Float32Array(0);
  const plan = new ArenaPlan();
  const at = {
    pointers: plan.words(rows + 1),
    indices: plan.words(indices.length),
    values: plan.words(values.length),
    out: plan.words(rows * rows),
    task: plan.words(TASK_FIELDS),
  };
  const workspace = new Workspace(engine, plan, columns * LANES * 4);
  try {
    const { memory } = workspace;
    wordsAt(memory, at.pointers, rows + 1).set(pointers);
    wordsAt(memory, at.indices, indices.length).set(indices);
    floatsAt(memory, at.values, values.length).set(values);
    const blocks = Math.ceil(rows / LANES);
    for (let block = 0; block < blocks; ) {
      const first = block;
      for (let work = 0; block < blocks && work < WORK_PER_BATCH; block++) {
        work += indices.length - pointers[block * LANES] + columns;
      }
      const fields = [rows, columns, at.pointers, at.indices, at.values, first, at.out];
      wordsAt(memory, at.task, TASK_FIELDS).set(fields);
      workspace.run((phase) => phase('productRows', at.task, block - first));
      tell?.(block / blocks);
      if (block === blocks) break;
      if (signal || tell) await yieldToEvents();
      throwIfAborted(signal);
    }
    return floatsAt(memory, at.out, rows * rows).slice();
  } finally {
    workspace.destroy();
  }
}
