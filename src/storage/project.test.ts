import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../base/error.ts';
import { joinBytes } from '../base/join-bytes.ts';
import type { Interactions } from '../data/interactions.ts';
import { checkInteractions, packProject, type StoredProject, unpackProject } from './project.ts';

const interactions: Interactions = {
  customers: { ids: ['a', 'b'], titles: null, categories: null, attributes: [] },
  products: {
    ids: ['x', 'y', 'z'],
    titles: ['X', '', '泽'],
    categories: { names: ['toys'], pointers: Uint32Array.from([0, 1, 1, 2]), codes: Uint32Array.from([0, 0]) },
    attributes: [{ name: 'maker', values: { names: ['m'], codes: Uint32Array.from([0, 0xffffffff, 0]) } }],
  },
  customer: Uint32Array.from([0, 1, 1]),
  product: Uint32Array.from([2, 0, 1]),
  value: Float32Array.from([1, 2, 3]),
  quantity: null,
  event: null,
  time: Float64Array.from([1, Number.NaN, 3]),
  order: null,
  price: null,
};

const project: StoredProject<{ name: string }, { id: string }, { madeAt: number }> = {
  savedAt: 1,
  plan: {
    tables: [],
    feedback: { feedback: 'explicit', reason: { code: 'ratingScale', params: {} } },
    dayFirst: false,
    orderMatters: false,
    decimalComma: false,
    certain: true,
    questions: [],
  },
  summary: { name: 'test' },
  interactions,
  rejected: new Uint8Array([65]),
  rejectedCount: 1,
  runs: [{ summary: { id: 'r' }, choice: new Uint8Array([1]), taste: null }],
  comparison: { madeAt: 5 },
};

describe('the project file', () => {
  it('comes back as it was', () => {
    expect(unpackProject(joinBytes(packProject(project)))).toEqual(project);
  });

  it('of before there were comparisons comes back without one', () => {
    const { comparison: _, ...older } = project;
    const bytes = joinBytes(packProject(older as typeof project));
    expect(unpackProject(bytes)).toEqual({ ...project, comparison: null });
  });

  it('has its earlier comparisons, and is refused where those are no list', () => {
    const several = { ...project, earlier: [{ madeAt: 4 }, { madeAt: 3 }] };
    expect(unpackProject(joinBytes(packProject(several)))).toEqual(several);
    const wrong = { ...project, earlier: 'two' } as unknown as typeof several;
    expect(() => unpackProject(joinBytes(packProject(wrong)))).toThrow(AppError);
  });

  it('is refused, never half believed, when bytes were changed or lost', () => {
    const whole = joinBytes(packProject(project));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), (at, byte, cut) => {
        const damaged = cut ? whole.slice(0, at) : whole.slice();
        if (!cut) damaged[at] = byte;
        try {
          // Whatever is let through must still point only at things that exist.
          checkInteractions(unpackProject(damaged).interactions);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(AppError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('refuses numbers that point at nothing', () => {
    const wrong = { ...interactions, product: Uint32Array.from([2, 3, 1]) };
    expect(() => checkInteractions(wrong)).toThrow(AppError);
    const short = { ...interactions, value: Float32Array.from([1]) };
    expect(() => checkInteractions(short)).toThrow(AppError);
  });
});
