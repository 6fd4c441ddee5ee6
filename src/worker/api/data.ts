/** Data on its way in, and what came in. */
import type { Feedback, Role, TableUse } from '../../data/plan.ts';
import type { Portrait } from '../../data/portrait.ts';
import type { CleaningReport } from '../../data/report.ts';

export type SampleName = 'gift-shop' | 'books';

export type ImportInput =
  | {
      readonly kind: 'file';
      readonly file: File /** path inside a dropped folder, or the name */;
      readonly path: string;
    }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'sample'; readonly sample: SampleName };

/** One thing the person changed on the import screen. */
export interface ProposalChange {
  readonly source: string;
  readonly hasHeader?: boolean;
  readonly use?: TableUse;
  readonly column?: number;
  readonly role?: Role;
  readonly feedback?: Feedback;
  /** Share of the customers to be read of a log that is too large; 1 for all of them. */
  readonly sample?: number;
}

/** What the words on screen are built from: "readers" and "books" rather than "users" and "items". */
export type ThingWord = 'product' | 'film' | 'book' | 'artist' | 'song' | 'game';

export type PersonWord = 'customer' | 'viewer' | 'reader' | 'listener' | 'player';

/** What one kept row is. */
export type ActionWord = 'rating' | 'purchase' | 'play' | 'event' | 'choice';

/** What came in: the portrait of the data, what it is called, and what became of every row. */
export interface DatasetSummary extends Portrait {
  readonly name: string;
  readonly thing: ThingWord;
  readonly person: PersonWord;
  readonly action: ActionWord;
  readonly report: CleaningReport;
  /** From the press that started the import to the data being ready, ms. */
  readonly importMs: number;
  /** Which column was what: `ratings.csv › user_id` by role. */
  readonly roles: Readonly<Partial<Record<Role, readonly string[]>>>;
}
