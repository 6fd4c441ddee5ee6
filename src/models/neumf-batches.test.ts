import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../base/random.ts';
import { csrFromPairs } from '../base/sparse.ts';
import { type Batch, choiceExamples, drawNegative, type ExampleSource, ratingExamples } from './neumf-batches.ts';

/** Batches are reused, so each is copied as it comes; padding left out. */
function collect(source: ExampleSource, epoch: number) {
  const rows: [user: number, item: number, target: number][] = [];
  const sizes = new Set<number>();
  for (const batch of source.epoch(epoch)) {
    sizes.add(batch.targets.length);
    for (let e = 0; e < batch.count; e++) rows.push([batch.users[e], batch.items[e], batch.targets[e]]);
    expectPaddingAtZero(batch);
  }
  return { rows, sizes };
}

function expectPaddingAtZero(batch: Batch) {
  expect([...batch.users.subarray(batch.count)].every((row) => row === 0)).toBe(true);
  expect([...batch.items.subarray(batch.count)].every((row) => row === 0)).toBe(true);
}

const matrix = csrFromPairs(
  {
    users: Uint32Array.of(0, 0, 0, 1, 1, 3),
    items: Uint32Array.of(0, 2, 4, 1, 2, 3),
    values: Float32Array.of(5, 3, 4, 1, 2, 5),
  },
  4,
  5,
);

describe('rating examples', () => {
  it('are every rating once per epoch in batches of one size, minus the base', () => {
    const source = ratingExamples(matrix, 3, 4, 7);
    const { rows, sizes } = collect(source, 1);
    expect(source.count).toBe(6);
    expect([...sizes]).toEqual([4]);
    expect(rows.map(String).sort()).toEqual(['0,0,2', '0,2,0', '0,4,1', '1,1,-2', '1,2,-1', '3,3,2']);
  });

  it('come in an order that seed and epoch alone decide', () => {
    const order = (seed: number, epoch: number) => collect(ratingExamples(matrix, 0, 4, seed), epoch).rows.join(' ');
    expect(order(7, 2)).toBe(order(7, 2));
    expect(new Set([order(7, 1), order(7, 2), order(7, 3), order(8, 1), order(8, 2)]).size).toBeGreaterThan(3);
  });
});

describe('choice examples', () => {
  it('are every choice once, with negatives the customer has never had', () => {
    const source = choiceExamples(matrix, matrix, 4, 8, 7);
    const { rows } = collect(source, 3);
    expect(rows).toHaveLength(source.count);
    expect(source.count).toBe(30);
    const known = new Set(['0,0', '0,2', '0,4', '1,1', '1,2', '3,3']);
    const positives = rows.filter(([, , target]) => target === 1).map(([user, item]) => `${user},${item}`);
    expect(positives.sort()).toEqual([...known].sort());
    for (const [user, item, target] of rows) if (target === 0) expect(known.has(`${user},${item}`)).toBe(false);
    const perUser = [0, 1, 3].map((user) => rows.filter(([own, , target]) => own === user && target === 0).length);
    expect(perUser).toEqual([12, 8, 4]);
  });

  it('ask no negatives of a customer who has everything', () => {
    const full = csrFromPairs(
      { users: Uint32Array.of(0, 0, 1), items: Uint32Array.of(0, 1, 1), values: Float32Array.of(1, 1, 1) },
      2,
      2,
    );
    const source = choiceExamples(full, full, 3, 4, 1);
    expect(source.count).toBe(2 + 4);
    expect(collect(source, 1).rows.filter(([user, , target]) => user === 0 && target === 0)).toEqual([]);
  });
});

describe('drawNegative', () => {
  it('gives a product that is not taken, whatever is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(), fc.nat(), (products, seed, bits) => {
        const random = createRandom(bits);
        const free = random.integer(products);
        const taken = Uint32Array.from({ length: products }, (_, item) => item).filter(
          (item) => item !== free && random.next() < 0.95,
        );
        const drawn = drawNegative(createRandom(seed), products, taken);
        expect(drawn).toBeGreaterThanOrEqual(0);
        expect(drawn).toBeLessThan(products);
        expect(taken.includes(drawn)).toBe(false);
      }),
    );
  });

  it('draws all free products about equally often, also where nearly everything is taken', () => {
    const random = createRandom(4);
    const taken = Uint32Array.from({ length: 400 }, (_, item) => item).filter((item) => item % 100 !== 50);
    const counts = new Map<number, number>();
    for (let draw = 0; draw < 4000; draw++) {
      const item = drawNegative(random, 400, taken);
      counts.set(item, (counts.get(item) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([50, 150, 250, 350]);
    // 1000 expected, sd 27
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(140);
  });

  it('refuses where nothing is left', () => {
    expect(() => drawNegative(createRandom(1), 2, Uint32Array.of(0, 1))).toThrow(RangeError);
  });
});
