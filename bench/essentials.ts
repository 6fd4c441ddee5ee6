import { median } from './median.ts';
import type { Figures } from './sections/section.ts';

interface PrintedEpoch {
  readonly head: string;
  readonly ms: number;
}

/** What is kept of a printed result: lists and epochs take room and say little later; the median sweep stays. */
export function essentials(printed: Figures): Figures {
  const { epochs, top: _top, roles: _roles, ...rest } = printed;
  if (!Array.isArray(epochs)) return rest;
  const ofHead = (head: string) => (epochs as PrintedEpoch[]).filter((epoch) => epoch.head === head);
  const [taste, choice] = [ofHead('taste'), ofHead('choice')];
  return {
    ...rest,
    epochs: { taste: taste.length, choice: choice.length },
    sweepMs: taste.length > 0 ? median(taste.map(({ ms }) => ms)) : null,
    choiceSweepMs: choice.length > 0 ? median(choice.map(({ ms }) => ms)) : null,
  };
}
