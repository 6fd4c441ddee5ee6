import { describe, expect, it } from 'vitest';
import { planOf } from './plan.testing.ts';
import type { Role } from './plan.ts';
import { inSample } from './sample.ts';
import { estimateSize, memoryBudgetMb, withSizeQuestion } from './size.ts';
import type { TableSource } from './table.ts';

const ROLES: readonly Role[] = ['customer', 'product', 'rating', 'time'];

function logOf(rows: number | undefined): TableSource {
  const preview = { names: ROLES.map(String), cells: ROLES.map(() => ['1']), rows: 1 };
  const never = () => Promise.reject(new Error('is not read'));
  return {
    id: 'log',
    name: 'log',
    format: 'csv',
    bytes: null,
    rows,
    dialect: null,
    preview,
    batches: () => ({ [Symbol.asyncIterator]: () => ({ next: never }) }),
    repreview: never,
  };
}

function asked(rows: number | undefined, budgetMb: number, sample?: number) {
  const source = logOf(rows);
  const plan = planOf([{ source, roles: ROLES }], 'explicit', sample === undefined ? {} : { sample });
  return withSizeQuestion(plan, [source], budgetMb);
}

describe('the budget of a tab', () => {
  it('is three eighths of the machine, 3 GB at most and where nothing is known', () => {
    expect(memoryBudgetMb(4)).toBe(1500);
    expect(memoryBudgetMb(8)).toBe(3000);
    expect(memoryBudgetMb(undefined)).toBe(3000);
  });
});

describe('what does not fit', () => {
  it('25 million ratings with times fit into 3 GB, 60 million do not', () => {
    expect(asked(25_000_000, 3000).questions).toEqual([]);
    expect(asked(60_000_000, 3000)).toMatchObject({ certain: false, questions: [{ code: 'tooLarge', source: 'log' }] });
  });

  it('is offered as a sample that fits', () => {
    const [{ params }] = asked(60_000_000, 3000).questions;
    const rows = (60_000_000 * Number(params['percent'])) / 100;
    const source = logOf(rows);
    const part = estimateSize([source], planOf([{ source, roles: ROLES }], 'explicit'));
    expect(part?.neededMb).toBeLessThanOrEqual(3000);
    expect(part?.neededMb).toBeGreaterThan(2000);
    expect(params['possible']).toBe(1);
    expect(asked(600_000_000, 3000).questions[0].params['possible']).toBe(0);
    expect(Number(asked(50_000_000_000, 3000).questions[0].params['percent'])).toBe(1);
  });

  it('is not asked about twice, nor where the number of rows is not known', () => {
    expect(asked(60_000_000, 3000, 0.4).questions).toEqual([]);
    expect(asked(undefined, 3000).questions).toEqual([]);
  });
});

describe('a sample of customers', () => {
  const ids = Array.from({ length: 20_000 }, (_, u) => `${u}`);

  it('has the share asked for, and a larger one holds it', () => {
    for (const share of [0.05, 0.5, 0.9]) {
      const chosen = ids.filter((id) => inSample(id, share));
      expect(chosen.length / ids.length).toBeCloseTo(share, 1.9);
      expect(chosen.every((id) => inSample(id, share + 0.05))).toBe(true);
    }
    expect(ids.every((id) => inSample(id, 1))).toBe(true);
    expect(ids.some((id) => inSample(id, 0))).toBe(false);
  });
});
