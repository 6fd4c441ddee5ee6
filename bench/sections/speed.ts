import { atMost, middle, rowsOf, show, showMs } from './figures.ts';
import type { Section } from './section.ts';

export const speed: Section = {
  name: 'speed',
  title: 'From a file to a list',
  note: 'On the processor; medians of the runs below. A fit is set-up and sweeps, evaluation left out.',
  commands: [
    { id: 'drop-to-list', script: 'bench', args: '--data @ml-100k.zip --head taste --epochs 1', runs: 5 },
    { id: 'fit', script: 'bench', args: '--data @ml-1m.zip --head taste --skip-story', runs: 5 },
  ],
  rows: (measured) => [
    ...rowsOf(measured, 'drop-to-list', (runs) => {
      const ms = middle(runs, 'dropToListMs');
      return [
        {
          what: 'MovieLens 100K, drop → first recommendations on screen',
          target: '≤ 5,000 ms',
          measured: `${showMs(ms)} (data in after ${showMs(middle(runs, 'story.importedMs'))}, first run done after ${showMs(middle(runs, 'story.trainedMs'))})`,
          met: atMost(ms, 5000),
        },
      ];
    }),
    ...rowsOf(measured, 'fit', (runs) => {
      const ms = middle(runs, 'fitMs');
      return [
        {
          what: 'MovieLens 1M, factorization fit, WASM',
          target: '≤ 2,000 ms',
          measured: `${showMs(ms)} on ${show(middle(runs, 'threads'), 0)} threads`,
          met: atMost(ms, 2000),
        },
      ];
    }),
  ],
};
