/** What is like what: the heatmap and the questions asked of it. */
import { AppError } from '../base/error.ts';
import type { OnProgress } from '../base/progress.ts';
import type { ComputeDevice } from '../compute/device.ts';
import type { Ratings } from '../data/ratings.ts';
import { buildHeatmap } from '../insight/heatmap.ts';
import type { HeatmapRequest, HeatmapResult, Side, SimilarityMeasure } from '../insight/heatmap-types.ts';
import type { VectorTable } from '../insight/similarity-weights.ts';
import type { ChoiceModel, FoldableChoice } from '../models/recommender.ts';
import { learnedBy } from './learned.ts';
import type { Session } from './session.ts';

const hasVectors = (model: ChoiceModel): model is FoldableChoice => 'itemVectors' in model;

interface Seen {
  readonly ratings: Ratings;
  /** null where the measure is counted. */
  readonly vectors: VectorTable | null;
}

/**
 * What a measure looks at. That of the model: the space of the run that answers, else that of the newest factorization
 * under the same privacy settings, and of the data no more than it learned from, so that the Map tells nothing that the
 * run that answers was kept from. Throws `notTrained`, `modelMissing`, `spaceMissing`.
 */
export function seenBy(session: Session, side: Side, measure: SimilarityMeasure, run: string | null): Seen {
  const { project } = session;
  if (measure !== 'model') return { ratings: project.ratings, vectors: null };
  const answering = session.serving(run);
  const near = hasVectors(answering.choice) ? answering : session.factorization(answering);
  if (!near || !hasVectors(near.choice)) throw new AppError('spaceMissing');
  const { itemVectors, userVectors } = near.choice;
  const { ratings } = learnedBy(project, near.summary.request);
  return { ratings, vectors: side === 'products' ? itemVectors : userVectors };
}

export async function heatmap(
  session: Session,
  device: ComputeDevice,
  request: HeatmapRequest,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<HeatmapResult> {
  const { interactions } = session.project;
  const { ratings, vectors } = seenBy(session, request.side, request.measure, request.run ?? null);
  return buildHeatmap(ratings, interactions, request, {
    device,
    itemVectors: request.side === 'products' ? vectors : null,
    userVectors: request.side === 'customers' ? vectors : null,
    onProgress,
    signal,
  });
}
