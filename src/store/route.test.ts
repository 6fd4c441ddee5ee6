import { expect, it } from 'vitest';
import { parseRoute, routeHash } from './route.ts';

it('brings ids with any characters through the address', () => {
  for (const id of ['1042', 'a/b', '客户 7', '100%', '?x=#y']) {
    expect(parseRoute(routeHash('customers', id))).toEqual({ step: 'customers', selection: id, params: {} });
    const params = { search: id, side: 'customers' };
    expect(parseRoute(routeHash('map', id, params))).toEqual({ step: 'map', selection: id, params });
  }
});

it('says how a step is looked at in words one can read', () => {
  expect(routeHash('map', '', { side: 'customers', count: '500' })).toBe('#/map?side=customers&count=500');
  expect(routeHash('map')).toBe('#/map');
});

it('sends unknown and broken addresses to the beginning or an empty selection', () => {
  expect(parseRoute('')).toEqual({ step: 'data', selection: '', params: {} });
  expect(parseRoute('#/audiences?side=customers')).toEqual({ step: 'data', selection: '', params: {} });
  expect(parseRoute('#/customers/%E0%A4%A')).toEqual({ step: 'customers', selection: '', params: {} });
  expect(parseRoute('#/map?%E0%A4%A&side')).toMatchObject({ step: 'map', selection: '', params: { side: '' } });
});
