/** The error of the average of all predictions so far, kept with the state of a fit so that it survives a break. */
import type { Pairs } from '../base/sparse.ts';
import type { TrainedState } from './descent-fit.ts';

export interface RunningError {
  /** The part of a new state that belongs to this average: the sums before this epoch's predictions. */
  carry(previous: TrainedState | null): TrainedState;
  /** Adds this epoch's predictions to the state's sums (the state is nobody else's yet) and gives the RMSE of the average. */
  measure(state: TrainedState): Promise<number>;
}

/**
 * RMSE on `pairs` of the mean of the clipped predictions of every epoch after `burnIn`; during it, of the epoch's own.
 * The state keeps `name`: Σ predictions of each pair, and behind them how many epochs there were and how many count.
 */
export function runningError(
  name: string,
  { values }: Pick<Pairs, 'values'>,
  { min, max }: { readonly min: number; readonly max: number },
  burnIn: number,
  predict: () => Promise<Float32Array>,
): RunningError {
  const pairs = values.length;
  return {
    carry: (previous) => ({ [name]: previous?.[name]?.slice() ?? new Float32Array(pairs + 2) }),
    async measure(state) {
      const sums = state[name];
      const predicted = await predict();
      const epochs = ++sums[pairs];
      const averaged = epochs > burnIn;
      const count = averaged ? ++sums[pairs + 1] : 1;
      let squares = 0;
      for (let p = 0; p < pairs; p++) {
        const stars = Math.min(max, Math.max(min, predicted[p]));
        if (averaged) sums[p] += stars;
        squares += ((averaged ? sums[p] / count : stars) - values[p]) ** 2;
      }
      return Math.sqrt(squares / pairs);
    },
  };
}
