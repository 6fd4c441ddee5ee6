import { expect, it } from 'vitest';
import type { HeatmapRequest } from '../../insight/heatmap-types.ts';
import { measuresFor } from '../../insight/measures.ts';
import { parseRoute, routeHash } from '../../store/route.ts';
import { paramsOf, requestOf, SIZES } from './map-address.ts';

const BOOKS = { feedback: 'explicit', categories: ['Crime & Co', '侦探', 'a=b'] } as const;
const SHOP = { feedback: 'implicit', categories: [] } as const;

it('brings every request through the address', () => {
  const choices: HeatmapRequest['choose'][] = [
    { by: 'popularity' },
    ...BOOKS.categories.map((category) => ({ by: 'category', category }) as const),
    { by: 'search', query: '100% #1 & more?' },
  ];
  for (const side of ['products', 'customers'] as const)
    for (const measure of measuresFor(BOOKS))
      for (const size of SIZES)
        for (const choose of choices) {
          const request = { side, measure, size, choose };
          const { params } = parseRoute(routeHash('map', '', paramsOf(request)));
          expect(requestOf(params, BOOKS, true)).toEqual(request);
        }
});

it('reads an address as a person would', () => {
  const { params } = parseRoute('#/map?side=customers&measure=jaccard&count=500&search=wolf');
  expect(requestOf(params, SHOP, false)).toEqual({
    side: 'customers',
    measure: 'jaccard',
    size: 500,
    choose: { by: 'search', query: 'wolf' },
  });
});

it('writes nothing for the Map as it begins, and reads nothing as that', () => {
  expect(paramsOf(requestOf({}, BOOKS, false))).toEqual({});
});

it('does not ask for what this data cannot answer', () => {
  const first = requestOf({}, SHOP, true);
  const odd = { side: 'both', measure: 'pearson', count: '1e9', category: 'Crime & Co', search: ' ' };
  expect(requestOf(odd, SHOP, true)).toEqual(first);
  // Without a model there is no space of its own; as soon as there is one, there is.
  expect(requestOf({ measure: 'model' }, SHOP, false).measure).toBe('cosine');
  expect(requestOf({ measure: 'model' }, SHOP, true).measure).toBe('model');
});
