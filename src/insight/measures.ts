import type { Feedback } from '../data/plan.ts';
import type { SimilarityMeasure } from './heatmap-types.ts';

/**
 * The measures that mean something for a kind of feedback. Taking a customer's mean away, and
 * correlating, need opinions that go both ways; a purchase has no dislike in it.
 */
export function measuresFor(data: { readonly feedback: Feedback }): readonly SimilarityMeasure[] {
  return data.feedback === 'explicit'
    ? ['cosine', 'adjustedCosine', 'pearson', 'jaccard', 'model']
    : ['cosine', 'jaccard', 'model'];
}

/** Whether the values can be negative, so that the colours need a middle. */
export function isSigned(measure: SimilarityMeasure): boolean {
  return measure === 'adjustedCosine' || measure === 'pearson' || measure === 'model';
}
