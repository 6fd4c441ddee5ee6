/**
 * The parameters of NeuMF as plain arrays: six embedding tables (three per side) and the dense layers
 * laid end to end in one array, so that one Adam step covers them all.
 */
import { createRandom } from '../base/random.ts';

/** rows × width tables; E = embedding width. */
export const TABLES = [
  { name: 'userProduct', side: 'user', branch: 'product' },
  { name: 'userTower', side: 'user', branch: 'tower' },
  { name: 'userBias', side: 'user', branch: 'bias' },
  { name: 'itemProduct', side: 'item', branch: 'product' },
  { name: 'itemTower', side: 'item', branch: 'tower' },
  { name: 'itemBias', side: 'item', branch: 'bias' },
] as const;
export type TableName = (typeof TABLES)[number]['name'];

export interface NeuMfShape {
  readonly users: number;
  readonly items: number;
  /** E, even. */
  readonly embedding: number;
}

export interface NeuMfWeights extends Readonly<Record<TableName, Float32Array>> {
  /** The dense layers in the order of `denseLayout`. */
  readonly dense: Float32Array;
}

/** Dense layers by name with their matrix shapes, in the order they stand in `dense`. */
export function denseLayout(embedding: number) {
  const hidden = embedding;
  const top = embedding / 2;
  return [
    { name: 'userHidden', shape: [embedding, hidden] },
    { name: 'itemHidden', shape: [embedding, hidden] },
    { name: 'hiddenBias', shape: [1, hidden] },
    { name: 'topHidden', shape: [hidden, top] },
    { name: 'topBias', shape: [1, top] },
    { name: 'productOut', shape: [embedding, 1] },
    { name: 'towerOut', shape: [top, 1] },
    { name: 'bias', shape: [1, 1] },
  ] as const;
}
export type DenseName = ReturnType<typeof denseLayout>[number]['name'];

/** The part of `dense` that belongs to each layer (views, not copies). */
export function denseViews(dense: Float32Array, embedding: number): Readonly<Record<DenseName, Float32Array>> {
  const views: Partial<Record<DenseName, Float32Array>> = {};
  let at = 0;
  for (const { name, shape } of denseLayout(embedding)) {
    views[name] = dense.subarray(at, at + shape[0] * shape[1]);
    at += shape[0] * shape[1];
  }
  return views as Record<DenseName, Float32Array>;
}

export function denseSize(embedding: number): number {
  return denseLayout(embedding).reduce((sum, { shape }) => sum + shape[0] * shape[1], 0);
}

export function tableShape(name: TableName, shape: NeuMfShape): readonly [number, number] {
  const { side, branch } = TABLES.find((table) => table.name === name)!;
  return [side === 'user' ? shape.users : shape.items, branch === 'bias' ? 1 : shape.embedding];
}

/**
 * First weights. Embeddings N(0, scale²) and biases 0; hidden layers He normal (He et al. 2015);
 * the product branch starts as a plain dot product (weights 1), the tower's voice small.
 */
export function initialWeights(shape: NeuMfShape, initialScale: number, seed: number): NeuMfWeights {
  const random = createRandom(seed);
  const { embedding } = shape;
  const tables = Object.fromEntries(
    TABLES.map(({ name, branch }) => {
      const [rows, width] = tableShape(name, shape);
      return [name, branch === 'bias' ? new Float32Array(rows) : random.normals(rows * width, initialScale)];
    }),
  ) as Record<TableName, Float32Array>;
  const dense = new Float32Array(denseSize(embedding));
  const views = denseViews(dense, embedding);
  const fanIn = 2 * embedding;
  views.userHidden.set(random.normals(views.userHidden.length, Math.sqrt(2 / fanIn)));
  views.itemHidden.set(random.normals(views.itemHidden.length, Math.sqrt(2 / fanIn)));
  views.topHidden.set(random.normals(views.topHidden.length, Math.sqrt(2 / embedding)));
  views.productOut.fill(1);
  views.towerOut.set(random.normals(views.towerOut.length, Math.sqrt(2 / embedding)));
  return { ...tables, dense };
}

/** The weights under the names they have in checkpoints and files. */
export function weightsToRecord(weights: NeuMfWeights): Record<string, Float32Array> {
  const record: Record<string, Float32Array> = { dense: weights.dense };
  for (const { name } of TABLES) record[name] = weights[name];
  return record;
}

export const WEIGHT_NAMES = [...TABLES.map(({ name }) => name), 'dense'] as const;

/** Whether arrays read from a file belong to a network of this shape. */
export function weightsFit(record: Readonly<Record<string, Float32Array>>, shape: NeuMfShape): boolean {
  const { users, items, embedding } = shape;
  if (![users, items, embedding].every((size) => Number.isInteger(size) && size > 0) || embedding % 2 !== 0)
    return false;
  return (
    record['dense'].length === denseSize(embedding) &&
    TABLES.every(({ name }) => {
      const [rows, width] = tableShape(name, shape);
      return record[name].length === rows * width;
    })
  );
}

/** Throws RangeError when a part is missing or has the wrong size. */
export function weightsFromRecord(record: Readonly<Record<string, Float32Array>>, shape: NeuMfShape): NeuMfWeights {
  const sized = (name: string, size: number) => {
    if (record[name]?.length !== size)
      throw new RangeError(`NeuMF weights "${name}": ${record[name]?.length}, not ${size}`);
    return record[name];
  };
  const tables = Object.fromEntries(
    TABLES.map(({ name }) => {
      const [rows, width] = tableShape(name, shape);
      return [name, sized(name, rows * width)];
    }),
  ) as Record<TableName, Float32Array>;
  return { ...tables, dense: sized('dense', denseSize(shape.embedding)) };
}
