import type { SampleName } from '../../worker/api/data.ts';

export interface SampleFacts {
  readonly name: SampleName;
  /** Rows of the log, as they stand in the file. */
  readonly rows: number;
  /** Different customers in it. */
  readonly customers: number;
  /** With no-break spaces. */
  readonly licence: string;
}

/** What the cards say about the samples: counted from the files themselves, and again by the test beside this. */
export const SAMPLES: readonly SampleFacts[] = [
  { name: 'gift-shop', rows: 541_909, customers: 4_372, licence: 'CC\u00a0BY\u00a04.0' },
  { name: 'books', rows: 298_176, customers: 2_672, licence: 'CC\u00a0BY-SA\u00a04.0' },
];
