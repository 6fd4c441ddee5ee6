import { describe, expect, it } from 'vitest';
import type { ImportPlan, Role } from './plan.ts';
import { actionFor } from './words.ts';

function planWith(roles: readonly Role[], feedback: 'explicit' | 'implicit' = 'implicit'): ImportPlan {
  return {
    feedback: { feedback, reason: { code: 'pairsOnly', params: {} } },
    tables: [
      { source: 'log', use: 'log', hasHeader: true, columns: roles.map((role) => ({ role, reason: null })) },
    ] as unknown as ImportPlan['tables'],
    dayFirst: false,
    orderMatters: false,
    decimalComma: false,
    certain: true,
    questions: [],
  };
}

describe('actionFor', () => {
  it('says what one row is', () => {
    expect(actionFor(planWith(['customer', 'product', 'rating'], 'explicit'), 'film')).toBe('rating');
    expect(actionFor(planWith(['customer', 'product', 'quantity', 'price']), 'product')).toBe('purchase');
    expect(actionFor(planWith(['customer', 'product', 'order']), 'product')).toBe('purchase');
    expect(actionFor(planWith(['customer', 'product', 'quantity']), 'artist')).toBe('play');
    expect(actionFor(planWith(['customer', 'product', 'event', 'price']), 'product')).toBe('event');
    expect(actionFor(planWith(['customer', 'product', 'quantity']), 'product')).toBe('choice');
    expect(actionFor(planWith(['customer', 'product']), 'book')).toBe('choice');
  });

  it('counts choices where the person says that the marks are no ratings', () => {
    expect(actionFor(planWith(['customer', 'product', 'rating'], 'implicit'), 'film')).toBe('choice');
  });
});
