/** What is like what: the heatmap and the questions asked of it. */
import { AppError } from '../base/error.ts';
import type { OnProgress } from '../base/progress.ts';
import type { ComputeDevice } from '../compute/device.ts';
import { buildHeatmap } from '../insight/heatmap.ts';
import type { HeatmapRequest, HeatmapResult, Side, SimilarityMeasure } from '../insight/heatmap-types.ts';
import type { VectorTable } from '../insight/similarity-weights.ts';
import type { ChoiceModel, FoldableChoice } from '../models/recommender.ts';
import type { Session } from './session.ts';

const hasVectors = (model: ChoiceModel): model is FoldableChoice => 'itemVectors' in model;

/** The newest factorization's space, where the measure asks for it. Throws `notTrained`. */
export function vectorsFor(session: Session, side: Side, measure: SimilarityMeasure): VectorTable | null {
  if (measure !== 'model') return null;
  const choice = session.factorization()?.choice;
  if (!choice || !hasVectors(choice)) throw new AppError('notTrained');
  return side === 'products' ? choice.itemVectors : choice.userVectors;
}

export async function heatmap(
  session: Session,
  device: ComputeDevice,
  request: HeatmapRequest,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<HeatmapResult> {
  const { ratings, interactions } = session.project;
  const vectors = vectorsFor(session, request.side, request.measure);
  return buildHeatmap(ratings, interactions, request, {
    device,
    itemVectors: request.side === 'products' ? vectors : null,
    userVectors: request.side === 'customers' ? vectors : null,
    onProgress,
    signal,
  });
}
