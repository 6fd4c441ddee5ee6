import { describe, expect, it } from 'vitest';
import { isNameless } from './product-name.ts';

describe('isNameless', () => {
  it('is for ids that stand in place of a title', () => {
    for (const id of ['14', 'p17', 'B00X4WHP5E', '0120735']) expect(isNameless({ id, title: id }), id).toBe(true);
  });

  it('is not for titles, nor for ids that are titles themselves', () => {
    expect(isNameless({ id: '14', title: 'Sabrina (1995)' })).toBe(false);
    expect(isNameless({ id: '1984', title: 'Nineteen Eighty-Four' })).toBe(false);
    for (const id of ['Dune', 'Blue mug 3']) expect(isNameless({ id, title: id }), id).toBe(false);
  });
});
