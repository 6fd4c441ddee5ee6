import { ROW_SHAPE } from '../table.ts';
import { BATCH_ROWS, type WideBatch } from './batch-builder.ts';
import { SpanBuilder } from './span-builder.ts';
import { MAX_ROW, type TextPiece } from './text-feed.ts';

/** A field longer than this (bytes) is damage, not data; its row is flagged and only its beginning kept. */
export const MAX_FIELD = 1 << 20;
/** A quoted field that has not ended after so many lines was never meant to be open. */
export const MAX_QUOTED_LINES = 1000;
/** What is kept of a field too long. */
const KEPT_OF_LONG_FIELD = 1000;
/** Bytes read in vain behind unclosed quotes; when they are spent a quote has to end on its own line. */
const LOOKAHEAD_BUDGET = 1 << 26;

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const QUOTE = 34;

const PLAIN = 0;
const SEPARATOR = 1;
const LINE_END = 2;
const NUL = 4;

const CLOSED = 0;
const LITERAL = 1;
const UNCLOSED = 2;
const UNFINISHED = 3;

export interface RowParserOptions {
  /** As in Dialect. */
  readonly separator: string;
  readonly quoted: boolean;
  readonly columns: number;
  /** Rows with text at the top that are no data: remarks, header. */
  readonly leaveOut?: number;
  readonly batchRows?: number;
}

/**
 * UTF-8 to rows, without a string per cell: a cell is where it begins and ends (cells.ts). Pieces are pushed in
 * order; their rows come out of `ready`, in batches that do not go beyond a piece.
 *
 * A row ends at LF, CRLF or CR. A field that begins with `"` (white space before it is ignored) ends at the
 * next `"` that is followed by a separator or the end of the line; `""` stands for one quote.
 * What deviates is read so that as little as possible is lost, and nothing behind it:
 * - `"Weird Al" Yankovic`: text behind the closing quote on the same line → the field was not quoted, it stays as it stands;
 * - a quote still open after MAX_QUOTED_LINES lines, MAX_FIELD bytes or at the end of the file, or that
 *   meets a stray quote on a later line, was never closed: its row is flagged `unclosedQuote` and ends with its
 *   first line; reading goes on with the next line;
 * - a field over MAX_FIELD or a row over MAX_ROW bytes: flagged `fieldTooLong`;
 * - a NUL character: flagged `binary`;
 * - surplus fields: flagged `tooManyFields` unless all of them are empty (spreadsheets leave such behind).
 */
export class RowParser {
  readonly ready: WideBatch[];
  readonly #builder: SpanBuilder;
  readonly #special = new Uint8Array(256);
  readonly #columns: number;
  readonly #quoted: boolean;
  readonly #spaces: boolean;
  readonly #double: boolean;
  #leaveOut: number;
  #line = 1;
  #skipping = false;
  #lookahead = LOOKAHEAD_BUDGET;
  /** Places in `spans` of this row's cells that have doubled quotes. */
  #doubled: number[] = [];
  // What #quotedField found.
  #cellEnd = 0;
  #hasDoubled = false;
  #white = true;
  #nul = false;
  #end = 0;
  #newlines = 0;

  constructor(options: RowParserOptions) {
    this.#columns = options.columns;
    this.#leaveOut = options.leaveOut ?? 0;
    this.#quoted = options.quoted;
    this.#spaces = options.separator === ' ';
    this.#double = options.separator.length === 2;
    this.#builder = new SpanBuilder(options.columns, options.batchRows ?? BATCH_ROWS);
    this.ready = this.#builder.ready;
    this.#special[LF] = LINE_END;
    this.#special[CR] = LINE_END;
    this.#special[0] = NUL;
    this.#special[options.separator.charCodeAt(0)] = SEPARATOR;
    if (this.#spaces) this.#special[TAB] = SEPARATOR;
  }

  /** Rows read so far. */
  get rows(): number {
    return this.#builder.total;
  }

  /**
   * Reads the rows of a piece and returns how many of its bytes it is done with; the rest (an unfinished row)
   * must stand at the beginning of the next piece. With `final` everything is read. Unless final, a piece does
   * not end between the CR and the LF of a line end. The piece is taken over: quotes in it are put right in place.
   */
  push({ bytes, length }: TextPiece, final: boolean): number {
    const codes = bytes;
    const end = length;
    const special = this.#special;
    const columns = this.#columns;
    const builder = this.#builder;
    const { spans } = builder;
    const quoted = this.#quoted;
    const spaces = this.#spaces;
    const double = this.#double;
    builder.begin(bytes);
    // Every scan stops here without asking for the bound.
    codes[end] = LF;

    let at = this.#skipping ? this.#skipLine(codes, 0, end) : 0;
    while (at < end) {
      const rowStart = at;
      const line = this.#line;
      let span = 2 * builder.rows * columns;
      let column = 0;
      let shape: number = ROW_SHAPE.ok;
      let blank = true;
      let surplus = false;
      let newlines = 0;
      if (this.#doubled.length > 0) this.#doubled = [];
      if (spaces) while (codes[at] === SPACE || codes[at] === TAB) at++;

      for (;;) {
        let start = at;
        // Where the cell ends; −1 while it is not known.
        let stop = -1;
        if (quoted && (codes[at] === QUOTE || codes[at] === SPACE)) {
          const quote = this.#openingQuote(codes, at);
          if (quote >= 0) {
            const outcome = this.#quotedField(codes, quote, end, final);
            if (outcome === CLOSED) {
              start = quote + 1;
              stop = this.#cellEnd;
              at = this.#end;
              newlines += this.#newlines;
              if (this.#hasDoubled && column < columns) this.#doubled.push(span);
              if (!this.#white) blank = false;
              if (shape === ROW_SHAPE.ok && stop - start > MAX_FIELD) {
                shape = ROW_SHAPE.fieldTooLong;
                stop = cutBehind(codes, start, KEPT_OF_LONG_FIELD);
              }
              if (this.#nul) shape = ROW_SHAPE.binary;
            } else if (outcome === UNCLOSED) {
              shape = ROW_SHAPE.unclosedQuote;
              blank = false;
              at = this.#lineEnd(codes, start);
              stop = at - start > MAX_FIELD ? cutBehind(codes, start, MAX_FIELD) : at;
            } else if (outcome === UNFINISHED) {
              break;
            }
          }
        }
        if (stop < 0) {
          for (;;) {
            while (special[codes[at]] === PLAIN) at++;
            const kind = special[codes[at]];
            if (kind === NUL) shape = ROW_SHAPE.binary;
            else if (kind !== SEPARATOR || !double || codes[at + 1] === codes[at]) break;
            at++;
          }
          stop = at;
          if (blank && at > start) blank = isSpace(codes, start, at);
          if (at - start > MAX_FIELD) {
            shape = ROW_SHAPE.fieldTooLong;
            stop = cutBehind(codes, start, KEPT_OF_LONG_FIELD);
          }
        }
        if (column < columns) {
          spans[span] = start;
          spans[span + 1] = stop;
          span += 2;
        } else if (stop > start) surplus = true;
        column++;
        if (special[codes[at]] !== SEPARATOR) break;
        at += double ? 2 : 1;
        if (spaces) {
          while (codes[at] === SPACE || codes[at] === TAB) at++;
          if (special[codes[at]] === LINE_END) break;
        }
      }

      const unfinished = !final && (at >= end || special[codes[at]] !== LINE_END);
      if (at - rowStart > MAX_ROW || (unfinished && end - rowStart > MAX_ROW)) {
        // Too long to be a row: keep what was read of it, go on behind its first line.
        this.#endRow(line, ROW_SHAPE.fieldTooLong, false, column);
        this.#lookahead -= end - rowStart;
        at = this.#skipLine(codes, rowStart, end);
        continue;
      }
      if (unfinished) {
        at = rowStart;
        break;
      }

      if (shape === ROW_SHAPE.ok && !blank) {
        if (surplus) shape = ROW_SHAPE.tooManyFields;
        else if (column < columns) shape = ROW_SHAPE.tooFewFields;
      }
      if (blank && shape !== ROW_SHAPE.ok) blank = false;
      for (const cell of this.#doubled) spans[cell + 1] = undouble(codes, spans[cell], spans[cell + 1]);
      this.#endRow(line, shape, blank, column);
      this.#line = line + newlines + 1;
      at = codes[at] === CR && codes[at + 1] === LF && at + 1 < end ? at + 2 : at + 1;
    }
    builder.flush();
    return Math.min(at, end);
  }

  /** Ends a row, unless it is one of those to be left out. */
  #endRow(line: number, shape: number, blank: boolean, width: number): void {
    if (blank || this.#leaveOut === 0) this.#builder.endRow(line, shape, blank, width);
    else this.#leaveOut--;
  }

  /** Where the quote stands that opens the field at `at`, or −1. */
  #openingQuote(codes: Uint8Array, at: number): number {
    let quote = at;
    while (codes[quote] === SPACE) quote++;
    return codes[quote] === QUOTE ? quote : -1;
  }

  /** Reads the field whose opening quote stands at `quote`; see the class for the rules. */
  #quotedField(codes: Uint8Array, quote: number, end: number, final: boolean): number {
    const special = this.#special;
    const start = quote + 1;
    let at = start;
    let newlines = 0;
    let stray = false;
    let doubled = false;
    for (;;) {
      while (codes[at] !== QUOTE && codes[at] !== LF && codes[at] !== CR) at++;
      if (at >= end) {
        if (stray && newlines === 0) return LITERAL;
        if (!final) return at - quote > MAX_FIELD && newlines > 0 ? this.#giveUp(at - quote) : UNFINISHED;
        return this.#giveUp(at - quote);
      }
      if (codes[at] !== QUOTE) {
        if (stray) return LITERAL;
        newlines++;
        const inVain = newlines > MAX_QUOTED_LINES || at - quote > MAX_FIELD || this.#lookahead < 0;
        if (inVain) return this.#giveUp(at - quote);
        at += codes[at] === CR && codes[at + 1] === LF && at + 1 < end ? 2 : 1;
        continue;
      }
      if (codes[at + 1] === QUOTE && at + 1 < end) {
        doubled = true;
        at += 2;
        continue;
      }
      let next = at + 1;
      while (codes[next] === SPACE && special[SPACE] === PLAIN) next++;
      if (next >= end && !final) return UNFINISHED;
      const kind = special[codes[next]];
      const closes = kind === LINE_END || (kind === SEPARATOR && (!this.#double || codes[next + 1] === codes[next]));
      if (closes) {
        this.#cellEnd = at;
        this.#hasDoubled = doubled;
        this.#white = isWhite(codes, start, at);
        this.#nul = codes.subarray(start, at).includes(0);
        this.#end = next;
        this.#newlines = newlines;
        return CLOSED;
      }
      if (newlines > 0) return this.#giveUp(at - quote);
      stray = true;
      at++;
    }
  }

  #giveUp(readInVain: number): number {
    this.#lookahead -= readInVain;
    return UNCLOSED;
  }

  /** The line end at or behind `at`; the sentinel at the latest. */
  #lineEnd(codes: Uint8Array, at: number): number {
    let to = at;
    while (codes[to] !== LF && codes[to] !== CR) to++;
    return to;
  }

  /** Goes behind the next line end, in the next piece if it is not in this one. */
  #skipLine(codes: Uint8Array, at: number, end: number): number {
    const to = this.#lineEnd(codes, at);
    this.#skipping = to >= end;
    if (this.#skipping) return end;
    this.#line++;
    return codes[to] === CR && codes[to + 1] === LF && to + 1 < end ? to + 2 : to + 1;
  }
}

function isSpace(codes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (codes[at] !== SPACE && codes[at] !== TAB) return false;
  return true;
}

function isWhite(codes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    if (codes[at] !== SPACE && codes[at] !== TAB && codes[at] !== LF && codes[at] !== CR) return false;
  }
  return true;
}

/** Makes one of every two quotes, moving what stands behind them up; returns where the text then ends. */
function undouble(codes: Uint8Array, start: number, end: number): number {
  let to = start;
  for (let at = start; at < end; at++) {
    codes[to++] = codes[at];
    if (codes[at] === QUOTE) at++;
  }
  return to;
}

/** The place behind about `length` bytes, not in the middle of a character. */
function cutBehind(codes: Uint8Array, start: number, length: number): number {
  let at = start + length;
  while ((codes[at] & 0xc0) === 0x80) at--;
  return at;
}
