import { all, atMost, largest, middle, rowsOf, show, showMs, showSeconds } from './figures.ts';
import { BOOKS } from './responsiveness.ts';
import type { Section } from './section.ts';

const LIMITS = { comparisonMs: 60_000, taskMs: 50, paintMs: 100, silenceMs: 500 } as const;

export const leaderboard: Section = {
  name: 'leaderboard',
  title: 'Ten models side by side',
  note:
    'The books sample, a comparison of all models that take part at first but truncated SVD, the autoencoder and “by ' +
    'description”, on a machine of two cores, one of which a comparison leaves to the page, keys pressed and pages turned ' +
    'some ten times a second meanwhile. The time ' +
    'is the middle one of the runs below, the other figures are the worst.',
  commands: [
    {
      id: 'ten',
      script: 'responsiveness',
      args: `${BOOKS} --studies comparison --without svd,autorec,content --threads 2`,
      runs: 3,
    },
  ],
  rows: (measured) =>
    rowsOf(measured, 'ten', (runs) => {
      const ms = middle(runs, 'stretches.comparison.ms');
      const [task, paint, silence] = ['longestTaskMs', 'paintMs', 'silenceMs'].map((what) =>
        largest(runs, `stretches.comparison.${what}`),
      );
      return [
        {
          what: 'Comparison of ten models',
          target: '≤ 60 s',
          measured: `${show(middle(runs, 'compared'), 0)} models in ${showSeconds(ms)}`,
          met: atMost(ms, LIMITS.comparisonMs),
        },
        {
          what: 'While they are compared: longest task of the main thread, input to paint, longest time without progress',
          target: '≤ 50 ms, ≤ 100 ms, ≤ 500 ms',
          measured: `${task === 0 ? 'none' : showMs(task)}, ${showMs(paint)}, ${showMs(silence)}`,
          met: all(atMost(task, LIMITS.taskMs), atMost(paint, LIMITS.paintMs), atMost(silence, LIMITS.silenceMs)),
        },
      ];
    }),
};
