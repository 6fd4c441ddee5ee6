import { type Dialect, ROW_SHAPE } from '../table.ts';
import { type Encoding, guessEncoding } from './encoding.ts';
import { guessHeader } from './header.ts';
import { RowParser } from './row-parser.ts';
import { TextFeed } from './text-feed.ts';

/** How one text table is laid out: the dialect a person may change, and what follows from it and the sample. */
export interface TextLayout {
  readonly dialect: Dialect;
  /** Bytes of byte order mark. */
  readonly bom: number;
  /** Rows before the header or the first data row that are remarks (`sep=;`, `# …`), not data. */
  readonly remarks: number;
  readonly columns: number;
  /** One per column; '' where there is no header. */
  readonly names: readonly string[];
}

/** Rows that separator, width and header are judged by. */
const JUDGED_ROWS = 1000;
/** Bytes they are taken from. */
const JUDGED_BYTES = 1 << 16;
/** Tables wider than this are read, their columns beyond it are not. */
export const MAX_COLUMNS = 4096;

/**
 * Candidates, with what speaks for each before anything is counted: `::` and TAB hardly occur in text by
 * chance; spaces occur everywhere, so they win only where nothing else divides the lines.
 */
const SEPARATORS: readonly { readonly separator: string; readonly prior: number }[] = [
  { separator: '::', prior: 1.6 },
  { separator: '\t', prior: 1.4 },
  { separator: ';', prior: 1.1 },
  { separator: ',', prior: 1 },
  { separator: '|', prior: 0.9 },
  { separator: ' ', prior: 0.3 },
];

/** How a text is written down, from its beginning; what `overrides` names is taken as given. */
export function guessLayout(sample: Uint8Array, whole: boolean, overrides: Partial<Dialect> = {}): TextLayout {
  const guessed = guessEncoding(sample);
  const encoding = overrides.encoding ?? guessed.encoding;
  const bom = encoding === guessed.encoding ? guessed.bom : 0;
  const bytes = sample.subarray(bom, bom + JUDGED_BYTES);
  const text = decodeSample(bytes, encoding, whole && bom + JUDGED_BYTES >= sample.length);

  const directive = /^"?sep=(.)"?\r?\n/.exec(text)?.[1];
  const separator = overrides.separator ?? directive ?? guessSeparator(text);
  const quoted = overrides.quoted ?? guessQuoted(text, separator);
  const rows = readRows(text, separator, quoted, MAX_COLUMNS).filter((row) => row.some((cell) => cell.trim() !== ''));

  const width = commonest(rows.map((row) => row.length));
  const remarks = directive !== undefined ? 1 : countRemarks(rows, width);
  const [first = [], ...below] = rows.slice(remarks);
  const hasHeader = overrides.hasHeader ?? guessHeader(first, below);
  const dialect: Dialect = { encoding, separator, quoted, hasHeader };
  if (!hasHeader) {
    const columns = Math.min(MAX_COLUMNS, Math.max(1, width));
    return { dialect, bom, remarks, columns, names: new Array<string>(columns).fill('') };
  }
  const { columns, names } = nameColumns(first, below);
  return { dialect, bom, remarks, columns, names };
}

/**
 * The separator under which most rows have the same number of fields, weighed with that number and the prior.
 * A text in which nothing separates is a table of one column (',').
 */
export function guessSeparator(text: string): string {
  let best = ',';
  let bestScore = 0;
  for (const { separator, prior } of SEPARATORS) {
    if (!text.includes(separator)) continue;
    const widths = readRows(text, separator, separator !== '::', 1).map((row) => row.width);
    if (widths.length === 0) continue;
    const mode = commonest(widths);
    if (mode < 2) continue;
    const agreeing = widths.filter((width) => width === mode).length / widths.length;
    const score = prior * agreeing * agreeing * Math.log2(mode + 1);
    if (score > bestScore) {
      best = separator;
      bestScore = score;
    }
  }
  return best;
}

/** Fields that have to begin with a quote before a text with commas is taken for one without quoting. */
const FEWEST_DOUBTS = 5;

/** Whether quotes mean anything: not where fields that begin with one mostly end without (`"Weird Al" Yankovic`). */
function guessQuoted(text: string, separator: string): boolean {
  const escaped = separator === ' ' ? '[ \\t]' : separator.replace(/[|]/g, '\\$&');
  const proper = new RegExp(`(?:^|${escaped})"(?:[^"]|"")*"(?=${escaped}|\\r|\\n|$)`, 'gm');
  const any = new RegExp(`(?:^|${escaped})"`, 'gm');
  const good = text.match(proper)?.length ?? 0;
  const bad = text.replace(proper, '').match(any)?.length ?? 0;
  if (good + bad === 0) return separator !== '::';
  // Files with commas quote by custom: a torn row or two is no reason to read the others wrongly.
  const doubted = separator === ',' || separator === ';' ? FEWEST_DOUBTS : 1;
  return bad < doubted || good >= bad;
}

/** Leading rows that look like remarks: they begin with # or % and are not as wide as the table. */
function countRemarks(rows: readonly (readonly string[])[], width: number): number {
  let count = 0;
  while (count < rows.length && /^\s*[#%]/.test(rows[count][0]) && rows[count].length !== width) count++;
  return count === rows.length ? 0 : count;
}

/**
 * Names for every column. One name fewer than fields: R's write.table, whose first column (row names) has none.
 * But a surplus field that is always empty is only a separator at the end of the line.
 */
function nameColumns(
  header: readonly string[],
  below: readonly (readonly string[])[],
): { readonly columns: number; readonly names: string[] } {
  const names = header.slice(0, MAX_COLUMNS).map((name) => name.trim());
  const filled = below.map((row) => {
    let width = row.length;
    while (width > names.length && row[width - 1].trim() === '') width--;
    return width;
  });
  const width = Math.min(MAX_COLUMNS, below.length > 0 ? commonest(filled) : names.length);
  if (width === names.length + 1) return { columns: width, names: ['', ...names] };
  while (names.length < width) names.push('');
  return { columns: names.length, names };
}

interface SampleRow extends Array<string> {
  /** Fields the row has, also those beyond the columns asked for. */
  width: number;
}

function readRows(text: string, separator: string, quoted: boolean, columns: number): SampleRow[] {
  const known = columns === MAX_COLUMNS ? Math.min(MAX_COLUMNS, widest(text, separator, quoted)) : columns;
  const rows: SampleRow[] = [];
  for (const batch of parseText(text, separator, quoted, known)) {
    for (let row = 0; row < batch.rows && rows.length < JUDGED_ROWS; row++) {
      if (batch.blank[row] === 1 || batch.shapes[row] === ROW_SHAPE.unclosedQuote) continue;
      const width = batch.widths[row];
      const cells = batch.columns.slice(0, width).map((column) => column.text(row));
      rows.push(Object.assign(cells, { width }));
    }
  }
  return rows;
}

function widest(text: string, separator: string, quoted: boolean): number {
  let width = 1;
  for (const batch of parseText(text, separator, quoted, 1)) {
    for (let row = 0; row < batch.rows; row++) width = Math.max(width, batch.widths[row]);
  }
  return width;
}

function parseText(text: string, separator: string, quoted: boolean, columns: number) {
  const utf8 = new TextEncoder().encode(text);
  const bytes = new Uint8Array(utf8.length + 1);
  bytes.set(utf8);
  const parser = new RowParser({ separator, quoted, columns, batchRows: JUDGED_ROWS });
  parser.push({ bytes, length: utf8.length }, true);
  return parser.ready;
}

/** The sample as text, cut behind its last line end unless it is the whole file. */
function decodeSample(bytes: Uint8Array, encoding: Encoding, whole: boolean): string {
  let text = '';
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const feed = new TextFeed(encoding, (piece) => {
    text += decoder.decode(piece.bytes.subarray(0, piece.length));
    return piece.length;
  });
  feed.push(bytes);
  feed.end();
  if (whole) return text;
  const cut = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1;
  return cut > 0 ? text.slice(0, cut) : text;
}

/** The most frequent value; the larger of two equally frequent ones. 0 for none. */
function commonest(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let best = 0;
  let bestCount = 0;
  for (const [value, count] of counts) {
    if (count > bestCount || (count === bestCount && value > best)) {
      best = value;
      bestCount = count;
    }
  }
  return best;
}
