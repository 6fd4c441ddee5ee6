import { describe, expect, it } from 'vitest';
import { timeTextbookStep } from './textbook.ts';

describe('the textbook baseline', () => {
  it('learns its batch, and works out an epoch from its fastest step', async () => {
    const problem = { users: 20, items: 10, ratings: 1000, factors: 4, batchSize: 64 };
    const once = await timeTextbookStep('cpu', problem, { steps: 1, warmUp: false });
    const often = await timeTextbookStep('cpu', problem, { steps: 60, warmUp: false });
    expect(often.loss).toBeLessThan(0.9 * once.loss);
    expect(often.stepsPerEpoch).toBe(16);
    expect(often.stepMs).toHaveLength(60);
    expect(often.epochMs).toBe(16 * Math.min(...often.stepMs));
  });
});
