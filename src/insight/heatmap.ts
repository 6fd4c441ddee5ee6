import type { OnProgress } from '../base/progress.ts';
import type { ComputeDevice } from '../compute/device.ts';
import { labelOf } from '../data/label.ts';
import type { Ratings } from '../data/ratings.ts';
import { chooseRows, type Tables } from './choose-rows.ts';
import { permuted, toDendrogram } from './dendrogram.ts';
import { findGroups } from './groups.ts';
import type { HeatmapRequest, HeatmapResult } from './heatmap-types.ts';
import { averageLinkage } from './hierarchy.ts';
import { orderLeaves } from './leaf-order.ts';
import { distinctiveProducts, nameGroups } from './naming.ts';
import { pairwiseSimilarity } from './similarity.ts';
import type { VectorTable } from './similarity-weights.ts';

export interface HeatmapContext {
  readonly device: ComputeDevice;
  /** Vectors of the choice model (or the taste model), for the measure `model`. */
  readonly itemVectors?: VectorTable | null;
  readonly userVectors?: VectorTable | null;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/**
 * The whole picture: rows chosen, compared, ordered so that groups stand as blocks, cut into groups
 * and named. Fewer than two rows that qualify give a picture with 0 or 1 rows, which is not an error.
 *
 * @throws AppError `cancelled`, `notTrained` is the caller's to throw when `model` is asked for without one
 */
export async function buildHeatmap(
  ratings: Ratings,
  tables: Tables,
  request: HeatmapRequest,
  context: HeatmapContext,
): Promise<HeatmapResult> {
  const started = performance.now();
  const { side, measure } = request;
  const { device, onProgress, signal } = context;
  const chosen = chooseRows(ratings, tables, request);
  const vectors = side === 'products' ? context.itemVectors : context.userVectors;
  const similarity = await pairwiseSimilarity(ratings, side, measure, chosen, { device, vectors, onProgress, signal });

  const n = chosen.length;
  const report = (done: number) => onProgress?.({ step: 'ordering', done, total: n, unit: side });
  report(0);
  const merges = await averageLinkage(similarity, n, signal);
  report(Math.floor(n / 2));
  const order = await orderLeaves(merges, similarity, signal);
  const values = permuted(similarity, order);
  const dendrogram = toDendrogram(merges, order);
  const rows = Uint32Array.from(order, (at) => chosen[at]);
  const spans = findGroups(values, n, dendrogram);
  const groups = nameGroups(
    spans,
    values,
    rows,
    tables[side],
    distinctiveProducts(ratings, side, rows, tables.products),
  );
  report(n);

  return {
    request,
    rows,
    labels: Array.from(rows, (row) => labelOf(tables[side], row)),
    values,
    range: rangeOf(values, n),
    dendrogram,
    groups,
    milliseconds: performance.now() - started,
  };
}

function rangeOf(values: Float32Array, n: number): readonly [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const value = values[i * n + j];
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : [0, 1];
}
