/**
 * The same comparison on several cuts of the data, put together. Training parts of different cuts share most of their
 * pairs, so figures of different cuts are no independent draws and the plain interval of their mean is far too narrow.
 * Nadeau & Bengio 2003 ("Inference for the Generalization Error", the corrected resampled t-test) put
 * (1/J + n_test/n_train) s² in place of s²/J, with J − 1 degrees of freedom; Bouckaert & Frank 2004 use the same for folds.
 */
import {
  type AcrossCuts,
  type AcrossEntrant,
  type AcrossFigure,
  type AcrossLeader,
  type AcrossMetric,
  type AcrossPair,
  type AcrossPaired,
  EXPOSURE,
} from './across-result.ts';
import type { ComparisonResult, EntrantResult, ListScores } from './comparison-result.ts';
import { LIST_METRICS } from './list-metrics.ts';
import { studentReach, studentTails } from './student.ts';

/** Mean of one figure by cut, with the corrected interval. `ratio`: test pairs per training pair. RangeError for none. */
export function acrossFigure(values: readonly number[], ratio: number): AcrossFigure {
  const cuts = values.length;
  if (cuts === 0) throw new RangeError('a figure of no cut');
  const mean = values.reduce((sum, value) => sum + value, 0) / cuts;
  if (cuts === 1) return { cuts, mean, deviation: null, low: null, high: null };
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (cuts - 1));
  const reach = studentReach(OUTSIDE, cuts - 1) * standardError(deviation, cuts, ratio);
  return { cuts, mean, deviation, low: mean - reach, high: mean + reach };
}

/** Mean difference by cut and its corrected t-test. */
export function acrossPaired(differences: readonly number[], ratio: number): AcrossPaired {
  const difference = acrossFigure(differences, ratio);
  const { cuts, mean, deviation } = difference;
  if (deviation === null) return { difference, p: null };
  if (mean === 0) return { difference, p: 1 };
  return { difference, p: studentTails(mean / standardError(deviation, cuts, ratio), cuts - 1) };
}

/** Everything that several cuts say together; `results` are those of the cuts that were begun, the first one first. */
export function acrossCuts(
  results: readonly ComparisonResult[],
  { kind, asked, untested }: Pick<AcrossCuts, 'kind' | 'asked' | 'untested'>,
): AcrossCuts {
  const ratio =
    results.reduce((sum, { protocol }) => sum + protocol.testPairs / protocol.trainPairs, 0) / results.length;
  const ids = results[0].entrants.map(({ id }) => id);
  const byEntrant = new Map(
    ids.map((id) => [id, results.map(({ entrants }) => figuresOf(entrants.find((row) => row.id === id)))]),
  );
  const popular = results.map(({ popularity }) => listFigures(popularity));
  return {
    kind,
    asked,
    done: results.filter(({ entrants }) => entrants.every(({ state }) => state !== 'waiting')).length,
    untested,
    ratio,
    popularity: popular.some((figures) => figures.size > 0) ? together(popular, ratio) : null,
    entrants: ids.map((id) => ({ id, figures: together(byEntrant.get(id) ?? [], ratio) })),
    best: {
      taste: leaderOf(byEntrant, 'rmse', ratio),
      lists: leaderOf(byEntrant, 'recall', ratio),
    },
  };
}

const OUTSIDE = 0.05;

function standardError(deviation: number, cuts: number, ratio: number): number {
  return deviation * Math.sqrt(1 / cuts + ratio);
}

/** The figures an entrant has in one cut. */
type Figures = ReadonlyMap<AcrossMetric, number>;

function figuresOf(row: EntrantResult | undefined): Figures {
  if (row?.state !== 'done') return new Map();
  const figures = new Map(listFigures(row.lists));
  if (row.taste) figures.set('rmse', row.taste.rmse.mean).set('mae', row.taste.mae.mean);
  return figures.set('fitMs', row.fitMs);
}

function listFigures(lists: ListScores | null): Map<AcrossMetric, number> {
  const figures = new Map<AcrossMetric, number>();
  if (!lists) return figures;
  for (const metric of LIST_METRICS) figures.set(metric, lists.metrics[metric].mean);
  for (const metric of EXPOSURE) {
    const figure = lists.exposure[metric];
    if (figure !== null) figures.set(metric, figure.mean);
  }
  if (lists.auc) figures.set('auc', lists.auc.mean);
  if (lists.sampled) {
    figures.set('sampledHitRate', lists.sampled.metrics.hitRate.mean);
    figures.set('sampledNdcg', lists.sampled.metrics.ndcg.mean);
  }
  return figures;
}

function together(cuts: readonly Figures[], ratio: number): AcrossEntrant['figures'] {
  const metrics = new Set(cuts.flatMap((figures) => [...figures.keys()]));
  return Object.fromEntries(
    [...metrics].map((metric) => [metric, acrossFigure(valuesOf(cuts, metric), ratio)]),
  ) as AcrossEntrant['figures'];
}

function valuesOf(cuts: readonly Figures[], metric: AcrossMetric): number[] {
  return cuts.flatMap((figures) => figures.get(metric) ?? []);
}

function leaderOf(
  byEntrant: ReadonlyMap<string, readonly Figures[]>,
  metric: AcrossLeader['metric'],
  ratio: number,
): AcrossLeader | null {
  const most = Math.max(0, ...[...byEntrant.values()].map((cuts) => valuesOf(cuts, metric).length));
  const sign = metric === 'rmse' ? -1 : 1;
  let best: { readonly id: string; readonly value: number } | null = null;
  for (const [id, cuts] of byEntrant) {
    const values = valuesOf(cuts, metric);
    // Whoever is missing in a hard cut would look better for it.
    if (values.length === 0 || values.length < most) continue;
    const value = sign * values.reduce((sum, one) => sum + one, 0);
    if (!best || value > best.value) best = { id, value };
  }
  if (!best) return null;
  return { id: best.id, metric, pairs: pairsOf([...byEntrant], metric, ratio) };
}

/** Every two of them, cut by cut; none of two that were never in the same cut. */
function pairsOf(
  entrants: readonly (readonly [id: string, cuts: readonly Figures[]])[],
  metric: AcrossLeader['metric'],
  ratio: number,
): AcrossPair[] {
  const pairs: AcrossPair[] = [];
  entrants.forEach(([first, own], at) => {
    for (const [second, others] of entrants.slice(at + 1)) {
      const differences = own.flatMap((figures, cut) => {
        const [one, other] = [figures.get(metric), others[cut].get(metric)];
        return one === undefined || other === undefined ? [] : [one - other];
      });
      if (differences.length > 0) pairs.push({ first, second, ...acrossPaired(differences, ratio) });
    }
  });
  return pairs;
}
