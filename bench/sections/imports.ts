import { atMost, largest, middle, rowsOf, showMs } from './figures.ts';
import type { Section } from './section.ts';

const IMPORTS = [
  ['ml-1m', 'MovieLens 1M zip', 2500],
  ['online-retail', 'Online Retail zip (48 MB of CSV)', 6000],
] as const;

export const imports: Section = {
  name: 'import',
  title: 'Import',
  note:
    'One compute thread; medians of the runs below; the longest task of the page’s main thread is the longest of all ' +
    'runs, from the drop until the portrait of the data is on screen. The browser reports tasks from 50 ms up: 0 means none.',
  commands: IMPORTS.map(([data]) => ({
    id: data,
    script: 'bench' as const,
    args: `--data @${data}.zip --threads 1 --preset quick --epochs 1 --skip-story`,
    runs: 5,
  })),
  rows: (measured) =>
    IMPORTS.flatMap(([data, title, limit]) =>
      rowsOf(measured, data, (runs) => {
        const [ms, task] = [middle(runs, 'importMs'), largest(runs, 'longTasks.import')];
        return [
          {
            what: `${title}, import`,
            target: `≤ ${limit.toLocaleString('en')} ms`,
            measured: showMs(ms),
            met: atMost(ms, limit),
          },
          {
            what: `${title}, longest task of the page`,
            target: '≤ 100 ms',
            measured: task === 0 ? 'none of 50 ms' : showMs(task),
            met: atMost(task, 100),
          },
        ];
      }),
    ),
};
