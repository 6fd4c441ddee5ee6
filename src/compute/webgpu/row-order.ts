import { AppError } from '../../base/error.ts';
import type { RowClass } from './workgroups.ts';

/** A run of rows of one class whose entries lie in one buffer. */
export interface Stretch {
  /** Place in `order` of its first row. */
  readonly first: number;
  readonly count: number;
  readonly rowClass: RowClass;
  /** Which of the buffers of entries. */
  readonly part: number;
}

export interface RowOrder {
  /** Row numbers in the order in which they go to the GPU. */
  readonly order: Uint32Array;
  readonly stretches: readonly Stretch[];
  /** Entries before each place of `order`, and all at the end. */
  readonly starts: Float64Array;
  /** Places of `order` at which a new buffer of entries begins, and `order.length` at the end. */
  readonly parts: readonly number[];
}

/**
 * The order in which rows go to the GPU: by class, in a class the longest first, so that lanes beside each other are
 * busy equally long and the last workgroups are small. Cut where the entries of a part would not fit one binding.
 * Rows do not see each other: the order changes nothing. Throws `deviceOutOfMemory` where one row alone does not fit.
 */
export function orderRows(pointers: Uint32Array, classes: readonly RowClass[], entriesPerPart: number): RowOrder {
  const rows = pointers.length - 1;
  const length = (row: number) => pointers[row + 1] - pointers[row];
  const classOf = Uint8Array.from({ length: rows }, (_, row) => classes.findIndex(({ upTo }) => length(row) <= upTo));
  const order = Uint32Array.from({ length: rows }, (_, row) => row).sort(
    (a, b) => classOf[a] - classOf[b] || length(b) - length(a) || a - b,
  );
  const starts = new Float64Array(rows + 1);
  const stretches: Stretch[] = [];
  const parts = [0];
  let first = 0;
  for (let at = 0; at < rows; at++) {
    const own = length(order[at]);
    if (own > entriesPerPart)
      throw new AppError('deviceOutOfMemory', { device: 'webgpu', neededMb: Math.ceil(own / 131_072) });
    starts[at + 1] = starts[at] + own;
    const full = starts[at + 1] - starts[parts[parts.length - 1]] > entriesPerPart;
    if (at > first && (full || classOf[order[at]] !== classOf[order[first]])) {
      stretches.push({ first, count: at - first, rowClass: classes[classOf[order[first]]], part: parts.length - 1 });
      first = at;
    }
    if (full) parts.push(at);
  }
  if (rows > first) {
    stretches.push({ first, count: rows - first, rowClass: classes[classOf[order[first]]], part: parts.length - 1 });
  }
  parts.push(rows);
  return { order, stretches, starts, parts };
}

/** A part of a stretch that goes to the GPU as one dispatch. */
export interface Launch extends Stretch {
  /** Entry visits in it; see `cutStretch`. */
  readonly visits: number;
}

/** What a row costs besides its entries, in entries. */
const ROW_OVERHEAD = 16;

/** Cuts a stretch into launches of at most `most` entry visits (entries × groups of four); one row is never cut. */
export function cutStretch(stretch: Stretch, starts: Float64Array, groups: number, most: number): Launch[] {
  const launches: Launch[] = [];
  const end = stretch.first + stretch.count;
  const cost = (from: number, to: number) => (starts[to] - starts[from] + ROW_OVERHEAD * (to - from)) * groups;
  let first = stretch.first;
  for (let at = first + 1; at <= end; at++) {
    if (at < end && cost(first, at + 1) <= most) continue;
    launches.push({ ...stretch, first, count: at - first, visits: cost(first, at) });
    first = at;
  }
  return launches;
}
