import type { ModelName } from '../../models/recommender.ts';
import { useTraining } from '../../store/training.ts';
import { useCalm } from '../../store/use-calm.ts';
import { type ModelState, modelState } from './train-view.ts';

/** How the newest run of a model stands. Another model's training, several times a second, draws nothing here. */
export function useModelState(model: ModelName): ModelState {
  const live = useCalm(useTraining, ({ live: now }) => (now?.request.model === model ? now : null));
  const waiting = useCalm(useTraining, (state) => state.waiting);
  const runs = useCalm(useTraining, (state) => state.runs);
  const offers = useCalm(useTraining, (state) => state.offers);
  return modelState(model, live, waiting, runs, offers);
}
