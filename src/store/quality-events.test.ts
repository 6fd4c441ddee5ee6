import { expect, it } from 'vitest';
import type { CompareEvent } from '../worker/api/comparing.ts';
import { afterEvent, type LiveComparison } from './quality-events.ts';

const NOTHING: LiveComparison = { entrants: {}, progress: null, cut: null };
const progress = (id: string | null, share: number): CompareEvent => ({ kind: 'progress', id, share });
/** What is said to be done after each of the events. */
const works = (events: readonly CompareEvent[]) => {
  let live = NOTHING;
  return events.map((event) => {
    live = afterEvent(live, event);
    return live.progress && [live.progress.work, live.progress.id, live.progress.share];
  });
};

it('holds a part back before the first entrant, and compares who leads after the last', () => {
  expect(
    works([
      progress(null, 0),
      progress(null, 0.4),
      progress('ease', 0),
      progress('ease', 1),
      progress('mf', 1),
      progress(null, 0.9),
      progress(null, 1),
    ]),
  ).toEqual([
    ['holding', null, 0],
    ['holding', null, 0.4],
    ['entrant', 'ease', 0],
    ['entrant', 'ease', 1],
    ['entrant', 'mf', 1],
    ['leading', null, 0.9],
    ['leading', null, 1],
  ]);
});

it('holds another part back when the next cut begins', () => {
  const events: CompareEvent[] = [
    { kind: 'cut', cut: 1, cuts: 2 },
    progress(null, 0.1),
    progress('ease', 1),
    progress(null, 0.9),
    { kind: 'cut', cut: 2, cuts: 2 },
    progress(null, 0.1),
    progress('ease', 0.5),
    progress(null, 1),
  ];
  expect(works(events).map((work) => work?.[0])).toEqual([
    undefined,
    'holding',
    'entrant',
    'leading',
    undefined,
    'holding',
    'entrant',
    'leading',
  ]);
  expect(events.reduce(afterEvent, NOTHING).cut).toEqual({ cut: 2, cuts: 2 });
});

it('keeps the other rows when one changes', () => {
  const first = afterEvent(NOTHING, { kind: 'entrant', id: 'ease', state: 'waiting', result: null });
  const live = afterEvent(first, { kind: 'entrant', id: 'mf', state: 'running', result: null });
  expect(live.entrants).toEqual({
    ease: { state: 'waiting', result: null },
    mf: { state: 'running', result: null },
  });
});
