/** How comparisons that are kept are told apart. Pure. */
import type { SplitKind } from '../../data/split.ts';
import type { Comparison } from '../../worker/api/comparing.ts';
import { partName } from './setup-view.ts';

/** One of them, in what is said of it. */
export interface KeptLine {
  readonly madeAt: number;
  /** Whether another one was made in the same minute: then the time is said to the second. */
  readonly toTheSecond: boolean;
  /** Those that were compared; what was in line when somebody pressed stop was not. */
  readonly models: number;
  /** The name of the file it was tested on; null for a part of the data. */
  readonly file: string | null;
  readonly part: ReturnType<typeof partName>;
  /** Of the data that was held back, 0 to 1. */
  readonly share: number;
  readonly cuts: number;
}

const MINUTE_MS = 60_000;
const minuteOf = ({ madeAt }: Comparison) => Math.floor(madeAt / MINUTE_MS);

/** In the order they come in. */
export function keptLines(comparisons: readonly Comparison[], hasDates: boolean): KeptLine[] {
  return comparisons.map((comparison) => {
    const { request, result, madeAt } = comparison;
    const split: SplitKind = request.split;
    return {
      madeAt,
      toTheSecond: comparisons.some((other) => other !== comparison && minuteOf(other) === minuteOf(comparison)),
      models: result.entrants.filter(({ state }) => state !== 'waiting').length,
      file: request.testFile?.name ?? null,
      part: partName(split, hasDates),
      share: result.protocol.holdout,
      cuts: result.across?.done ?? 1,
    };
  });
}
