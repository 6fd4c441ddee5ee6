import { createTranscoder, type Encoding, mendUtf8, type Transcoder } from './encoding.ts';

/** A row longer than this (bytes) is damage; it is flagged, and reading goes on after its first line. */
export const MAX_ROW = 1 << 21;
/** Text handed to the parser at a time: small enough to stay in cache, large enough to make turns rare. */
const PIECE = 1 << 18;

/** A stretch of well-formed UTF-8 in memory of its own: whoever gets it may keep it. */
export interface TextPiece {
  /** One longer than the text: the last byte is free for a sentinel. */
  readonly bytes: Uint8Array;
  /** Bytes of text. */
  readonly length: number;
}

const LF = 10;
const CR = 13;

/**
 * Bytes of any encoding in, UTF-8 out, cut behind line ends so that no character and (but for quotes) no row is
 * split. The consumer is called with each piece and returns how many bytes it is done with; the rest comes again,
 * with more behind it.
 */
export class TextFeed {
  /** Bytes that were not UTF-8 in a UTF-8 text and were read as windows-1252. */
  mended = 0;
  readonly #transcode: Transcoder;
  readonly #mayNeedMending: boolean;
  readonly #strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  /** UTF-8, `#from` … `#fill` not yet consumed. */
  #buffer: Uint8Array = new Uint8Array(4 * PIECE);
  #from = 0;
  #fill = 0;
  /** Bytes that have to be there before another try is worth while. */
  #wanted = PIECE;

  constructor(
    encoding: Encoding,
    readonly consume: (piece: TextPiece, final: boolean) => number,
  ) {
    this.#transcode = createTranscoder(encoding);
    this.#mayNeedMending = encoding === 'utf-8';
  }

  /** Takes bytes in their own encoding. */
  push(bytes: Uint8Array): void {
    // In steps, so that the buffer stays small whatever the source yields.
    for (let at = 0; at < bytes.length; at += PIECE) {
      this.#append(this.#transcode(bytes.subarray(at, at + PIECE), false));
      if (this.#fill - this.#from >= this.#wanted) this.#drain(false);
    }
  }

  /** Hands on what is whole of the bytes so far, without saying that they are all. */
  settle(): void {
    if (this.#fill > this.#from) this.#drain(false);
  }

  /** Says that there are no more bytes. */
  end(): void {
    this.#append(this.#transcode(new Uint8Array(0), true));
    if (this.#fill > this.#from) this.#drain(true);
    else this.consume({ bytes: new Uint8Array(1), length: 0 }, true);
  }

  #append(bytes: Uint8Array): void {
    const needed = this.#fill + bytes.length;
    if (needed > this.#buffer.length) {
      const held = this.#fill - this.#from;
      const grown = held + bytes.length > this.#buffer.length / 2;
      const target = grown ? new Uint8Array(2 * (held + bytes.length) + PIECE) : this.#buffer;
      target.set(this.#buffer.subarray(this.#from, this.#fill));
      this.#buffer = target;
      this.#from = 0;
      this.#fill = held;
    }
    this.#buffer.set(bytes, this.#fill);
    this.#fill += bytes.length;
  }

  #drain(final: boolean): void {
    const cut = final ? this.#fill : this.#lastLineEnd();
    if (cut <= this.#from) {
      this.#wanted = this.#fill - this.#from + PIECE;
      return;
    }
    let bytes = this.#buffer.subarray(this.#from, cut);
    if (!isAscii(bytes)) bytes = this.#wellFormed(bytes);
    const piece = new Uint8Array(bytes.length + 1);
    piece.set(bytes);
    this.#from += this.consume({ bytes: piece, length: bytes.length }, final);
    const left = this.#fill - this.#from;
    this.#wanted = left < PIECE ? PIECE : left + PIECE;
  }

  #wellFormed(bytes: Uint8Array): Uint8Array {
    try {
      this.#strict.decode(bytes);
      return bytes;
    } catch (cause) {
      if (!this.#mayNeedMending) throw cause;
      return this.#mend(bytes);
    }
  }

  /** Puts what is not UTF-8 among the bytes at the front of the buffer into UTF-8; returns them. */
  #mend(bytes: Uint8Array): Uint8Array {
    const rest = this.#buffer.slice(this.#from + bytes.length, this.#fill);
    const repaired = mendUtf8(bytes);
    this.mended += repaired.mended;
    this.#fill = this.#from;
    this.#append(repaired.bytes);
    this.#append(rest);
    return this.#buffer.subarray(this.#from, this.#from + repaired.bytes.length);
  }

  /** The place behind the last line end; 0 when there is none and it is worth waiting for one. */
  #lastLineEnd(): number {
    const bytes = this.#buffer.subarray(this.#from, this.#fill);
    const lf = bytes.lastIndexOf(LF);
    if (lf >= 0) return this.#from + lf + 1;
    // A CR at the very end may be half of a CRLF.
    const cr = bytes.subarray(0, bytes.length - 1).lastIndexOf(CR);
    if (cr >= 0) return this.#from + cr + 1;
    if (bytes.length <= MAX_ROW) return 0;
    let cut = this.#fill;
    while (cut > this.#from && (this.#buffer[cut - 1] & 0xc0) === 0x80) cut--;
    return Math.max(this.#from, cut - 1);
  }
}

/** Half the time that decoding takes to find out the same (0.15 and 0.33 ms a piece), and no string to throw away. */
function isAscii(bytes: Uint8Array): boolean {
  let at = 0;
  const last = bytes.length - 4;
  let seen = 0;
  for (; at <= last; at += 4) seen |= bytes[at] | bytes[at + 1] | bytes[at + 2] | bytes[at + 3];
  for (; at < bytes.length; at++) seen |= bytes[at];
  return seen < 0x80;
}
