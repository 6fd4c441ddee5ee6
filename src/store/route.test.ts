import { expect, it } from 'vitest';
import { parseRoute, routeHash } from './route.ts';

it('brings ids with any characters through the address', () => {
  for (const id of ['1042', 'a/b', '客户 7', '100%', '?x=#y']) {
    expect(parseRoute(routeHash('customers', id))).toEqual({ step: 'customers', selection: id });
  }
});

it('sends unknown and broken addresses to the beginning or an empty selection', () => {
  expect(parseRoute('')).toEqual({ step: 'data', selection: '' });
  expect(parseRoute('#/quality')).toEqual({ step: 'data', selection: '' });
  expect(parseRoute('#/customers/%E0%A4%A')).toEqual({ step: 'customers', selection: '' });
});
