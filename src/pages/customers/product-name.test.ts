import { describe, expect, it } from 'vitest';
import { isCode } from './product-name.ts';

describe('isCode', () => {
  it('is for ids that stand in place of a title', () => {
    for (const id of ['14', 'p17', 'B00X4WHP5E', '0120735']) expect(isCode({ id, title: id }), id).toBe(true);
  });

  it('is not for titles, nor for ids that are titles themselves', () => {
    expect(isCode({ id: '14', title: 'Sabrina (1995)' })).toBe(false);
    expect(isCode({ id: '1984', title: 'Nineteen Eighty-Four' })).toBe(false);
    for (const id of ['Dune', 'Blue mug 3']) expect(isCode({ id, title: id }), id).toBe(false);
  });
});
