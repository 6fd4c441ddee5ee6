import { AppError, throwIfAborted } from '../../base/error.ts';
import type { OnProgress } from '../../base/progress.ts';
import type { Dialect, RowBatch, TablePreview, TableSource } from '../table.ts';
import { type ByteSource, readHead } from './byte-source.ts';
import { guessLayout, type TextLayout } from './dialect.ts';
import { isMeasure } from './header.ts';
import { previewOf } from './preview.ts';
import { RowParser } from './row-parser.ts';
import { TextFeed } from './text-feed.ts';

const LF = 10;

/** Bytes of the beginning that preview and dialect are taken from. */
export const SAMPLE_BYTES = 1 << 19;

/**
 * A text table. Reads its beginning only; the rows come when `batches` is asked for them.
 * `file` is the name errors carry.
 *
 * @throws AppError fileEmpty, fileOnlyHeader, fileBinary, fieldTooLong, and whatever the bytes underneath throw (fileTruncated …).
 */
export async function openCsv(source: ByteSource, id: string, name: string, file: string): Promise<TableSource> {
  const { sample, whole } = await readSample(source);
  const layout = guessLayout(sample, whole);
  const sampled = sampleTable(sample, whole, layout);
  const { preview } = sampled;
  if (preview.rows === 0) {
    // No row ends in the whole sample: one field goes on and on.
    const endless = !whole && sample.length - sample.lastIndexOf(LF) > sample.length / 2;
    if (endless) {
      const line = layout.remarks + (layout.dialect.hasHeader ? 2 : 1);
      throw new AppError('fieldTooLong', { file, line, limitKb: SAMPLE_BYTES / 1024 });
    }
    throw new AppError(layout.dialect.hasHeader ? 'fileOnlyHeader' : 'fileEmpty', { file });
  }
  const noTable = whole ? whyNoTable(layout, preview) : null;
  if (noTable) throw new AppError(noTable, { file });
  return {
    id,
    name,
    format: 'csv',
    bytes: source.size,
    rows: whole ? sampled.rows : estimateRows(source, sample, sampled.rows),
    dialect: layout.dialect,
    preview,
    async *batches({ onProgress, signal, overrides }) {
      const chosen = hasOverride(overrides) ? guessLayout(sample, whole, overrides) : layout;
      yield* readRows(source, chosen, onProgress, signal);
    },
    async repreview(overrides) {
      return sampleTable(sample, whole, guessLayout(sample, whole, overrides)).preview;
    },
  };
}

/** A single row of words would only lead to questions about columns: it names some, or is a sentence where spaces part it. */
function whyNoTable(
  { columns, dialect }: TextLayout,
  { rows, cells }: TablePreview,
): 'fileOnlyHeader' | 'fileBinary' | null {
  if (rows > 1 || columns < 2 || dialect.hasHeader || cells.some((column) => column.some(isMeasure))) return null;
  return dialect.separator === ' ' ? 'fileBinary' : 'fileOnlyHeader';
}

function hasOverride(overrides: Partial<Dialect> | undefined): boolean {
  return overrides !== undefined && Object.values(overrides).some((value) => value !== undefined);
}

/** The beginning; if that is nothing but white space, what follows it. */
async function readSample(source: ByteSource): Promise<{ sample: Uint8Array; whole: boolean }> {
  const head = await readHead(source, SAMPLE_BYTES);
  if (head.whole || hasText(head.bytes)) return { sample: head.bytes, whole: head.whole };
  for await (const piece of source.read()) {
    const at = piece.findIndex(isInk);
    if (at >= 0) return { sample: piece.slice(at), whole: false };
  }
  return { sample: new Uint8Array(0), whole: true };
}

function hasText(bytes: Uint8Array): boolean {
  return bytes.some(isInk);
}

function isInk(byte: number): boolean {
  return byte > 32;
}

/** Rows of the whole, were they all as long as those of the sample; undefined where its length is not known. */
export function estimateRows(source: ByteSource, sample: Uint8Array, rows: number): number | undefined {
  const bytes = source.size ?? source.about;
  return bytes === undefined ? undefined : Math.round((rows * bytes) / sample.length);
}

function sampleTable(
  sample: Uint8Array,
  whole: boolean,
  layout: TextLayout,
): { readonly preview: TablePreview; readonly rows: number } {
  const reading = new TableReading(layout);
  reading.push(sample);
  if (whole) reading.end();
  else reading.settle();
  return { preview: previewOf(layout.names, reading.take()), rows: reading.rows };
}

async function* readRows(
  source: ByteSource,
  layout: TextLayout,
  onProgress: OnProgress | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<RowBatch> {
  const reading = new TableReading(layout);
  let done = 0;
  throwIfAborted(signal);
  for await (const piece of source.read()) {
    throwIfAborted(signal);
    reading.push(piece);
    done += piece.length;
    onProgress?.({ step: 'reading', done, total: source.size, unit: 'bytes', rows: reading.rows });
    yield* reading.take();
  }
  reading.end();
  yield* reading.take();
}

/** Bytes in, batches of data rows out: feed and parser. */
class TableReading {
  readonly #feed: TextFeed;
  readonly #parser: RowParser;
  #bom: number;
  /** Mended bytes already put down to a batch. */
  #mendedTold = 0;

  constructor(layout: TextLayout) {
    const { encoding, separator, quoted, hasHeader } = layout.dialect;
    const leaveOut = layout.remarks + (hasHeader ? 1 : 0);
    const parser = new RowParser({ separator, quoted, columns: layout.columns, leaveOut });
    this.#parser = parser;
    this.#feed = new TextFeed(encoding, (piece, final) => parser.push(piece, final));
    this.#bom = layout.bom;
  }

  get rows(): number {
    return this.#parser.rows;
  }

  push(bytes: Uint8Array): void {
    const skipped = Math.min(this.#bom, bytes.length);
    this.#bom -= skipped;
    this.#feed.push(bytes.subarray(skipped));
  }

  end(): void {
    this.#feed.end();
  }

  /** Closes what is whole so far; half a row at the end of a sample is left out. */
  settle(): void {
    this.#feed.settle();
  }

  take(): RowBatch[] {
    const { ready } = this.#parser;
    const batches: RowBatch[] = ready.splice(0, ready.length);
    const mended = this.#feed.mended - this.#mendedTold;
    if (mended > 0 && batches.length > 0) {
      batches[0] = { ...batches[0], mended };
      this.#mendedTold += mended;
    }
    return batches;
  }
}
