import { middle, rowsOf, show, showMs, text } from './figures.ts';
import type { Section } from './section.ts';

const ALL = [
  ['ml-100k', 'MovieLens 100K'],
  ['ml-1m', 'MovieLens 1M'],
  ['ml-latest-small', 'MovieLens latest small'],
  ['ncf-ml-1m', 'NCF’s MovieLens 1M'],
  ['goodbooks-sample', 'Goodbooks sample'],
  ['movietweetings-10k', 'MovieTweetings 10K'],
  ['filmtrust', 'FilmTrust'],
  ['lastfm-hetrec2011', 'Last.fm'],
  ['online-retail', 'Online Retail'],
] as const;

export const datasets: Section = {
  name: 'datasets',
  title: 'Every data set, as downloaded',
  note:
    'Factorization, Balanced, a random tenth held out, everything else as the product decides. Nothing is promised ' +
    'here; one run each, so read the times as an impression.',
  commands: ALL.map(([data]) => ({ id: data, script: 'bench' as const, args: `--data @${data}.zip` })),
  rows: (measured) =>
    ALL.flatMap(([data, title]) =>
      rowsOf(measured, data, (runs) => {
        const figure = (path: string, digits = 0) => show(middle(runs, path), digits);
        const rmse = middle(runs, 'rmse');
        const stars = rmse === null ? '' : `RMSE ${show(rmse, 4)} (means alone ${figure('baselineRmse', 4)}); `;
        return [
          {
            what: `${title}: ${figure('rows.read')} rows, ${figure('rows.kept')} kept, ${figure('users')} × ${figure('items')}, ${text(runs, 'feedback')}`,
            target: '',
            measured:
              `${stars}recall@10 ${figure('recall10', 4)} (most popular ${figure('popularityRecall10', 4)}), NDCG@10 ${figure('ndcg10', 4)} ` +
              `(${figure('popularityNdcg10', 4)}); import ${showMs(middle(runs, 'importMs'))}, fits ${showMs(middle(runs, 'fitMs'))} and ` +
              `${showMs(middle(runs, 'choiceFitMs'))}, drop → list ${showMs(middle(runs, 'dropToListMs'))}; peak memory ${figure('peakMemoryMb')} MB, longest task ${showMs(middle(runs, 'longestTaskMs'))}`,
            met: null,
          },
        ];
      }),
    ),
};
