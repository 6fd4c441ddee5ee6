import { createTranscoder, type Encoding, mendUtf8, type Transcoder } from './encoding.ts';
import { MAX_ROW, type TextPiece } from './row-parser.ts';

/** Text handed to the parser at a time: small enough to stay in cache, large enough to make turns rare. */
const PIECE = 1 << 18;

const LF = 10;
const CR = 13;

/**
 * Bytes in, text out, cut behind line ends so that no character and (but for quotes) no row is split.
 * `drain` calls the consumer with each piece; what it says it is not done with comes again, with more behind it.
 */
export class TextFeed {
  /** Bytes that were not UTF-8 in a UTF-8 text and were read as windows-1252. */
  mended = 0;
  readonly #transcode: Transcoder;
  readonly #mayNeedMending: boolean;
  readonly #strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  /** UTF-8, `#from` … `#fill` not yet consumed; one byte behind `#fill` is always free. */
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
    else this.consume({ text: '', codes: new Uint8Array(1) }, true);
  }

  #append(bytes: Uint8Array): void {
    const needed = this.#fill + bytes.length + 1;
    if (needed > this.#buffer.length) {
      const held = this.#fill - this.#from;
      const grown = held + bytes.length + 1 > this.#buffer.length / 2;
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
    let text: string;
    try {
      text = this.#strict.decode(bytes);
    } catch (cause) {
      if (!this.#mayNeedMending) throw cause;
      bytes = this.#mend(bytes);
      text = this.#strict.decode(bytes);
    }
    const ascii = text.length === bytes.length;
    const done = ascii ? this.#offerBytes(text, final) : this.#offerCodes(text, bytes.length, final);
    this.#from += done;
    const left = this.#fill - this.#from;
    this.#wanted = left < PIECE ? PIECE : left + PIECE;
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

  /** ASCII: the bytes are the codes. The byte behind them is lent to the parser for its sentinel. */
  #offerBytes(text: string, final: boolean): number {
    const behind = this.#from + text.length;
    const lent = this.#buffer[behind];
    const done = this.consume({ text, codes: this.#buffer.subarray(this.#from, behind + 1) }, final);
    this.#buffer[behind] = lent;
    return done;
  }

  #offerCodes(text: string, byteLength: number, final: boolean): number {
    const codes = new Uint8Array(text.length + 1);
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      codes[at] = Math.min(code, 128);
    }
    const done = this.consume({ text, codes }, final);
    return done === text.length ? byteLength : byteLength - new TextEncoder().encode(text.slice(done)).length;
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
