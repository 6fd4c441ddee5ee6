import { samePrivacy } from '../../data/protect.ts';
import { HEADS_OF, type ModelName } from '../../models/recommender.ts';
import { makesLists, servingRun } from '../../store/training.ts';
import type { RunSummary } from '../../worker/api/training.ts';

/** Models of stars alone have a factorization's lists beside them, and with these its space. */
const isFactorized = (model: ModelName) => model === 'mf' || !HEADS_OF[model].includes('choice');

/**
 * Why nothing stands anywhere in what the run that answers has learned: there is no factorization, or none that learned
 * from the same. null where something does, or a factorization from the same is beside it.
 */
export function spaceMissing(runs: readonly RunSummary[], chosen: string | null): 'factorization' | 'privacy' | null {
  const serving = servingRun(runs, chosen);
  if (!serving) return 'factorization';
  const { model, privacy } = serving.request;
  if (isFactorized(model)) return null;
  const factorizations = runs.filter((run) => makesLists(run) && run.request.model === 'mf');
  if (factorizations.length === 0) return 'factorization';
  return factorizations.some(({ request }) => samePrivacy(request.privacy, privacy)) ? null : 'privacy';
}
