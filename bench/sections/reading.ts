import { atLeast, middle, rowsOf, show } from './figures.ts';
import type { Section } from './section.ts';

const SUBJECTS = [
  ['numbers', 'Three numeric columns', 'rowsPerSecond', 1.5e6],
  ['online-retail', 'Online Retail', 'megabytesPerSecond', 60],
] as const;

export const reading: Section = {
  name: 'reading',
  title: 'Text into rows',
  note:
    'From bytes to columns on one core, beside papaparse on the same text in the same run, in turns; processor time, ' +
    'medians of five after one that warms up. In Node, which is the browser’s engine and can tell processor time. The ' +
    'numbers are two million made-up ratings, `user,product,rating`.',
  commands: [{ id: 'reading', script: 'reading', args: '@online-retail.zip' }],
  rows: (measured) =>
    rowsOf(measured, 'reading', (runs) =>
      SUBJECTS.flatMap(([name, title, path, least]) => {
        const figure = middle(runs, `reads.${name}.${path}`);
        const ratio = middle(runs, `reads.${name}.ratio`);
        const millions = middle(runs, `reads.${name}.rowsPerSecond`);
        const megabytes = middle(runs, `reads.${name}.megabytesPerSecond`);
        return [
          {
            what: title,
            target: path === 'rowsPerSecond' ? '≥ 1.5 M rows/s' : '≥ 60 MB/s',
            measured: `${show(millions === null ? null : millions / 1e6, 2)} M rows/s, ${show(megabytes, 0)} MB/s`,
            met: atLeast(figure, least),
          },
          {
            what: `${title}: papaparse’s time over ours`,
            target: '≥ 1',
            measured: show(ratio, 2),
            met: atLeast(ratio, 1),
          },
        ];
      }),
    ),
};
