import { expect, it } from 'vitest';
import { remembered } from './remembered.ts';

it('makes a thing once for each object, what comes to nothing too', () => {
  const made: object[] = [];
  const size = remembered((key: { readonly size: number | null }) => {
    made.push(key);
    return key.size;
  });
  const [one, other] = [{ size: 3 }, { size: null }];
  expect([size(one), size(one), size(other), size(other)]).toEqual([3, 3, null, null]);
  expect(made).toEqual([one, other]);
});

it('remembers nothing of what failed', () => {
  let calls = 0;
  const failing = remembered((_: object) => {
    calls++;
    if (calls === 1) throw new RangeError('once');
    return calls;
  });
  const key = {};
  expect(() => failing(key)).toThrow(RangeError);
  expect(failing(key)).toBe(2);
});
