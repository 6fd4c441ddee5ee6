import { atMost, largest, type RowDraft, rowsOf, showMs } from './figures.ts';
import type { Figures, Section } from './section.ts';

export const BOOKS = '--data public/samples/books/ratings.csv.gz --things public/samples/books/books.csv.gz';
const MODELS = [
  ['mf', 'factorization', '--data @ml-1m.zip'],
  ['neumf', 'NeuMF', '--data @ml-100k.zip --model neumf'],
  ['studies', 'the books sample', `${BOOKS} --studies search`],
] as const;
const STRETCHES = [
  ['import', 'import'],
  ['training', 'training'],
  ['answers', 'map and customers'],
  ['everybody', 'lists of everybody'],
  ['search', 'searching for settings'],
] as const;

/** The worst of all stretches, with each of them named. */
function worst(runs: readonly Figures[], path: string, none: string): { figure: number | null; words: string } {
  const found = STRETCHES.map(([key, name]) => ({ name, figure: largest(runs, `stretches.${key}.${path}`) })).filter(
    ({ figure }) => figure !== null,
  );
  const figures = found.map(({ figure }) => figure as number);
  const each = found.map(({ name, figure }) => `${name} ${figure === 0 ? none : showMs(figure)}`).join(', ');
  return { figure: figures.length > 0 ? Math.max(...figures) : null, words: each };
}

function rowsFor(name: string, runs: readonly Figures[]): RowDraft[] {
  const task = worst(runs, 'longestTaskMs', 'none');
  const paint = worst(runs, 'paintMs', '< 16 ms');
  const silence = worst(runs, 'silenceMs', 'none');
  return [
    {
      what: `${name}: longest task of the main thread`,
      target: '≤ 50 ms',
      measured: task.words,
      met: atMost(task.figure, 50),
    },
    { what: `${name}: input to paint`, target: '≤ 100 ms', measured: paint.words, met: atMost(paint.figure, 100) },
    {
      what: `${name}: longest time without progress`,
      target: '≤ 500 ms',
      measured: silence.words,
      met: atMost(silence.figure, 500),
    },
  ];
}

export const responsiveness: Section = {
  name: 'responsiveness',
  title: 'Fluid while it works',
  note:
    'Keys pressed and pages turned some ten times a second during import, training and answers, one compute thread ' +
    'fewer than cores, the longest of the runs below. MovieLens 1M with the factorization, MovieLens 100K with NeuMF, ' +
    'the books sample with a search for settings (a comparison: next part). ' +
    'By the browser’s own observers: tasks are reported from 50 ms up, input to paint in steps of 8 ms from 16 up.',
  commands: MODELS.map(([id, , args]) => ({ id, script: 'responsiveness' as const, args, runs: 3 })),
  rows: (measured) =>
    MODELS.flatMap(([id, name]) =>
      rowsOf(measured, id, (runs) => rowsFor(name[0].toUpperCase() + name.slice(1), runs)),
    ),
};
