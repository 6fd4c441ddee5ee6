import { atMost, middle, rowsOf, show, showMs } from './figures.ts';
import type { Section } from './section.ts';

export const answers: Section = {
  name: 'answers',
  title: 'Answers',
  note:
    'MovieLens 1M, Balanced, WASM on two threads, asked through the page’s own engine, medians of five (of a hundred for ' +
    'the fold-in). Lists of everybody are the export: ranked, filtered by history, with predicted stars, written as CSV. ' +
    'The tile is the most popular products compared, until the page hears that ordering begins; the picture has them ' +
    'ordered, grouped and named as well. The fold-in is a new customer who likes five things, solved, everything ranked ' +
    'and stars predicted, by the engine’s clock. Customers of a product are those who score highest for it and do not have ' +
    'it, with their names and the place it has in each of their lists; twenty products from all over the catalogue.',
  commands: [{ id: 'answers', script: 'answers', args: '--data @ml-1m.zip --threads 2' }],
  rows: (measured) =>
    rowsOf(measured, 'answers', (runs) => {
      const [lists, tile, foldIn, customers] = ['listsMs', 'tileMs', 'foldInMs', 'topCustomersMs'].map((path) =>
        middle(runs, path),
      );
      return [
        {
          what: `Twenty for every customer${runs.length > 0 ? ` (${middle(runs, 'customers')?.toLocaleString('en')})` : ''}`,
          target: '≤ 500 ms',
          measured: showMs(lists),
          met: atMost(lists, 500),
        },
        {
          what: 'A heatmap tile, 256 × 256',
          target: '≤ 30 ms',
          measured: `${showMs(tile)} (whole picture ${showMs(middle(runs, 'pictureMs'))})`,
          met: atMost(tile, 30),
        },
        {
          what: 'Fold-in of one customer',
          target: '≤ 2 ms',
          measured: `${showMs(foldIn)} (${show(middle(runs, 'whatIfMs'), 1)} ms until the page has the list)`,
          met: atMost(foldIn, 2),
        },
        { what: 'Top 20 customers of a product', target: '', measured: showMs(customers), met: null },
      ];
    }),
};
