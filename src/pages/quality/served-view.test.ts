import { expect, test } from 'vitest';
import type { Interval } from '../../evaluate/bootstrap.ts';
import type { ListScores, TasteScores } from '../../evaluate/comparison-result.ts';
import type { Comparison } from '../../worker/api/comparing.ts';
import { ENTRANTS, type Line } from './quality-view.ts';
import { groupBarsOf, servedGroupings, yardstickOf } from './served-view.ts';

const about = (mean: number): Interval => ({ mean, low: mean - 0.1, high: mean + 0.1 });
const alike = (value: string) => ({
  value,
  range: null,
  pooled: 0,
  customers: 30,
  difference: about(0.2),
});

/** Off by `off` among the little known, 0.1 less among bestsellers, 0.3 more in the south. */
const starsOf = (off: number, certain = false) =>
  ({
    rmse: about(off),
    mae: about(off),
    byActivity: [
      { from: 0, to: 4, customers: 19, ratings: 20, mae: about(2) },
      { from: 5, to: 19, customers: 20, ratings: 80, mae: about(off) },
    ],
    byPopularity: [{ band: 'head', products: 7, customers: 50, ratings: 90, mae: about(off - 0.1) }],
    byAttribute: [
      {
        attribute: 'region',
        groups: [
          { ...alike('north'), ratings: 70, mae: about(off) },
          { ...alike('south'), ratings: 60, mae: about(off + 0.3) },
        ],
        unknown: 2,
        tooFew: 3,
        worst: { group: 1, certain },
      },
    ],
  }) as TasteScores;

const listsOf = (found: number) =>
  ({
    byActivity: [{ from: 5, to: 19, customers: 40, metrics: { recall: about(found) } }],
    byPopularity: [{ band: 'tail', products: 9, customers: 30, relevant: 31, recall: about(found / 2) }],
    byAttribute: [],
    byCategory: {
      groups: [{ ...alike('Crime'), relevant: 50, recall: about(found) }],
      unknown: 1,
      tooFew: 0,
      worst: { group: 0, certain: true },
    },
  }) as unknown as ListScores;

function line(model: string, taste: TasteScores | null, lists: ListScores | null = null): Line {
  const entrant = ENTRANTS.find((one) => one.model === model);
  if (!entrant) throw new Error(model);
  return { entrant, state: 'done', result: { id: entrant.id, taste, lists } } as unknown as Line;
}

const mf = line('mf', starsOf(0.7, true), listsOf(0.4));
const means = line('means', starsOf(0.9));
const comparison = {
  request: { entrants: [mf.entrant, means.entrant] },
  result: { popularity: listsOf(0.1), entrants: [mf.result, means.result] },
} as unknown as Comparison;

test('stars are marked by averages, lists by bestsellers, each in the same group', () => {
  const yardstick = yardstickOf(comparison);
  const stars = groupBarsOf(mf, 'taste', yardstick);
  expect(stars.activity).toEqual([{ from: 5, to: 19, customers: 20, ratings: 80, figure: about(0.7), mark: 0.9 }]);
  expect(stars.bands).toMatchObject([{ band: 'head', products: 7, ratings: 90, mark: 0.9 - 0.1 }]);
  // nineteen are too few to speak of
  expect(stars.few).toBe(1);
  const lists = groupBarsOf(mf, 'choice', yardstick);
  expect(lists.activity).toMatchObject([{ from: 5, ratings: null, figure: about(0.4), mark: 0.1 }]);
  expect(lists.bands).toMatchObject([{ band: 'tail', figure: about(0.2), mark: 0.05 }]);
  expect(lists.few).toBe(0);
});

test('without averages there is no mark; a line without stars has no groups', () => {
  const alone = { request: { entrants: [mf.entrant] }, result: { popularity: null, entrants: [mf.result] } };
  const yardstick = yardstickOf(alone as unknown as Comparison);
  expect(yardstick).toEqual({ lists: null, taste: null });
  expect(groupBarsOf(mf, 'taste', yardstick).activity[0].mark).toBeUndefined();
  expect(groupBarsOf(line('ease', null), 'taste', yardstick)).toEqual({ activity: [], bands: [], few: 0 });
  expect(servedGroupings(line('ease', null), 'taste', yardstick).size).toBe(0);
});

test('kinds of customers: of stars by attribute with the mark of averages, of lists by category too', () => {
  const yardstick = yardstickOf(comparison);
  const stars = [...servedGroupings(mf, 'taste', yardstick).values()];
  expect(stars).toHaveLength(1);
  expect(stars[0]).toMatchObject({ name: 'region', left: 5, worst: { value: 'south' } });
  expect(stars[0].groups.map(({ value, figure, mark }) => [value, figure.mean, mark])).toEqual([
    ['north', 0.7, 0.9],
    ['south', 1, 1.2],
  ]);
  expect([...servedGroupings(means, 'taste', yardstick).values()][0].worst).toBeNull();
  const lists = [...servedGroupings(mf, 'choice', yardstick).values()];
  expect(lists.map(({ name, left, worst }) => [name, left, worst?.value])).toEqual([[null, 1, 'Crime']]);
  expect(lists[0].groups[0].mark).toBeUndefined();
});
