import { AppError, throwIfAborted } from '../../base/error.ts';
import { ROW_SHAPE, type RowBatch, type TableSource } from '../table.ts';
import { BatchBuilder } from './batch-builder.ts';
import { type ByteSource, readHead } from './byte-source.ts';
import { estimateRows, SAMPLE_BYTES } from './csv.ts';
import { guessEncoding } from './encoding.ts';
import { Columns, parseKeepingDigits } from './json.ts';
import { previewOf } from './preview.ts';
import { MAX_ROW, TextFeed, type TextPiece } from './text-feed.ts';

/**
 * JSON lines: one object per line. The columns are the keys seen in the beginning (SAMPLE_BYTES); a line that is
 * not JSON is a row `tooFewFields` with the line in its first cell.
 *
 * @throws AppError fileEmpty, and whatever the bytes underneath throw.
 */
export async function openJsonLines(source: ByteSource, id: string, name: string, file: string): Promise<TableSource> {
  const { bytes, whole } = await readHead(source, SAMPLE_BYTES);
  const { encoding, bom } = guessEncoding(bytes);
  const columns = new Columns();
  const scout = new LineReader((line) => {
    const value = parseLine(line);
    if (value !== undefined) columns.row(value);
  });
  const scan = (lines: LineReader) => {
    const feed = new TextFeed(encoding, (piece, final) => lines.push(piece, final));
    feed.push(bytes.subarray(bom));
    if (whole) feed.end();
    else feed.settle();
  };
  scan(scout);
  if (columns.names.length === 0) throw new AppError('fileEmpty', { file });
  const sample = new BatchBuilder(columns.names.length);
  scan(new LineReader((line, number) => addLine(sample, columns, line, number)));
  sample.flush();
  const preview = previewOf(columns.names, sample.ready);

  async function* rows(
    onProgress: Parameters<TableSource['batches']>[0]['onProgress'],
    signal: AbortSignal | undefined,
  ): AsyncGenerator<RowBatch> {
    const builder = new BatchBuilder(columns.names.length);
    const lines = new LineReader((line, number) => addLine(builder, columns, line, number));
    const feed = new TextFeed(encoding, (piece, final) => lines.push(piece, final));
    let done = 0;
    for await (const piece of source.read()) {
      throwIfAborted(signal);
      feed.push(done < bom ? piece.subarray(bom - done) : piece);
      done += piece.length;
      onProgress?.({ step: 'reading', done, total: source.size, unit: 'bytes', rows: builder.total });
      yield* builder.ready.splice(0, builder.ready.length);
    }
    feed.end();
    builder.flush();
    yield* builder.ready;
  }

  return {
    id,
    name,
    format: 'jsonl',
    bytes: source.size,
    rows: estimateRows(source, bytes, sample.total),
    dialect: null,
    preview,
    batches: ({ onProgress, signal }) => rows(onProgress, signal),
    repreview: async () => preview,
  };
}

function parseLine(line: string): unknown {
  try {
    return parseKeepingDigits(line);
  } catch {
    return undefined;
  }
}

function addLine(builder: BatchBuilder, columns: Columns, line: string, number: number): void {
  const value = parseLine(line);
  if (line.trim() === '') builder.addRow(number, []);
  else if (value === undefined) builder.addRow(number, [line.slice(0, 1000)], ROW_SHAPE.tooFewFields);
  else builder.addRow(number, columns.row(value, true));
}

const LF = 10;

/** Cuts pieces of text into lines. */
class LineReader {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #number = 0;
  #skipping = false;

  constructor(readonly onLine: (line: string, number: number) => void) {}

  push({ bytes, length }: TextPiece, final: boolean): number {
    // The last line of all may have no end.
    bytes[length] = LF;
    let at = 0;
    while (at < length) {
      const end = bytes.indexOf(LF, at);
      if (end === length && !final && length - at <= MAX_ROW) return at;
      if (!this.#skipping) this.onLine(this.#decoder.decode(bytes.subarray(at, end)), ++this.#number);
      // A line longer than any row may be is handed on cut, once; what is left of it is passed over.
      this.#skipping = end === length;
      at = end + 1;
    }
    return length;
  }
}
