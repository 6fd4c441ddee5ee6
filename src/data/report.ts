/** What cleaning did. Every row read is exactly one of kept, merged, netted, blank, rejected, set aside. */

export const REJECT_REASONS = [
  'noCustomer',
  'noProduct',
  'noRating',
  'ratingNotANumber',
  'ratingOutOfRange',
  'quantityNotANumber',
  'tooManyFields',
  'tooFewFields',
  'unclosedQuote',
  'fieldTooLong',
  'binary',
  'cancelsNothing',
  'zeroQuantity',
  'notAProduct',
] as const;
export type RejectReason = (typeof REJECT_REASONS)[number];

export interface CleaningWarning {
  readonly code:
    | 'idsDamagedBySpreadsheet' // column, count, example   (9,78E+12)
    | 'mixedEncodings' // count
    | 'timesUnreadable' // count, example
    | 'dateOrderAssumed' // example, order
    | 'joinIncomplete' // table, matched, total
    | 'joinNothing' // table
    | 'conflictsResolved' // count, rule ('latest' | 'mean')
    | 'noTitles'
    | 'sampled' // percent
    | 'oneRatingEach' // customers
    | 'lostCharacters'; // count
  readonly params: Readonly<Record<string, string | number>>;
}

export interface CleaningReport {
  readonly read: number;
  readonly kept: number;
  /** Exact duplicates, and older or averaged ratings of the same pair. */
  readonly merged: number;
  /** Cancellations, and the purchases they cancelled completely. */
  readonly netted: number;
  readonly blank: number;
  readonly rejected: number;
  /** Of customers outside the sample, where one was asked for. */
  readonly setAside: number;
  readonly reasons: Readonly<Partial<Record<RejectReason, number>>>;
  readonly warnings: readonly CleaningWarning[];
}

/** The rejected rows with their line number and reason, as CSV text (UTF-8 with BOM), in pieces. */
export interface RejectedRows {
  readonly count: number;
  csv(): Iterable<string>;
}
