import { samePrivacy } from '../../data/protect.ts';
import { HEADS_OF, type ModelName } from '../../models/recommender.ts';
import { makesLists, servingRun } from '../../store/training.ts';
import type { RunSummary } from '../../worker/api/training.ts';

/** Models of stars alone have a factorization's lists beside them, and with these its space. */
const isFactorized = (model: ModelName) => model === 'mf' || !HEADS_OF[model].includes('choice');

/** Whether anything stands anywhere in what the run that answers has learned, or a factorization from the same beside it. */
export function hasSpace(runs: readonly RunSummary[], chosen: string | null): boolean {
  const serving = servingRun(runs, chosen);
  if (!serving) return false;
  const { model, privacy } = serving.request;
  return (
    isFactorized(model) ||
    runs.some((run) => makesLists(run) && run.request.model === 'mf' && samePrivacy(run.request.privacy, privacy))
  );
}
