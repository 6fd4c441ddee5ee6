import { atMost, middle, rowsOf, show, showSeconds } from './figures.ts';
import type { Section } from './section.ts';

const RUNS = [
  { id: 'csv', from: 'CSV', epoch: 'One epoch of stochastic descent', args: '--format csv' },
  { id: 'parquet', from: 'Parquet', epoch: 'One epoch of stochastic descent', args: '--format parquet' },
  { id: 'sweep', from: 'Parquet, trained by sweeps', epoch: 'One sweep', args: '--format parquet --solver sweep' },
] as const;
const LIMITS = { importMs: 60_000, sweepMs: 4000, memoryMb: 3 * 1024 } as const;

export const large: Section = {
  name: 'large',
  title: '25 million ratings in one tab',
  note:
    'Made up by `npm run bench:generate`: 25 million ratings of 160,000 customers and 60,000 products, heavy tails, ' +
    'written to a temporary file. Import, then a fit of predicted stars with 32 factors and a tenth held out, WASM; lists ' +
    'are not trained in these runs. One run each; an epoch is the middle one of the fit.',
  commands: RUNS.map(({ id, args }) => ({ id, script: 'large' as const, args })),
  rows: (measured) =>
    RUNS.flatMap(({ id, from, epoch }) =>
      rowsOf(measured, id, (runs) => {
        const [importMs, sweepMs, memory] = ['importMs', 'sweepMs', 'peakMemoryMb'].map((path) => middle(runs, path));
        const bytes = middle(runs, 'fileBytes');
        return [
          {
            what: `Import from ${from}`,
            target: '≤ 60 s',
            measured: `${showSeconds(importMs)} (${middle(runs, 'rows.kept')?.toLocaleString('en')} rows, ${show(bytes === null ? null : bytes / 1e6, 0)} MB)`,
            met: atMost(importMs, LIMITS.importMs),
          },
          {
            what: `${epoch}, 32 factors, from ${from}`,
            target: '≤ 4 s',
            measured: `${showSeconds(sweepMs)} on ${show(middle(runs, 'threads'), 0)} threads (test RMSE ${show(middle(runs, 'rmse'), 4)})`,
            met: atMost(sweepMs, LIMITS.sweepMs),
          },
          {
            what: `Peak memory of the tab, from ${from}`,
            target: '≤ 3 GB',
            measured: `${show(memory === null ? null : memory / 1024, 2)} GB`,
            met: atMost(memory, LIMITS.memoryMb),
          },
        ];
      }),
    ),
};
