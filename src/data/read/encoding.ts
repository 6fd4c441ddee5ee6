import type { Dialect } from '../table.ts';

export type Encoding = Dialect['encoding'];

/** windows-1252 where it differs from latin-1: the characters of 0x80 … 0x9F (WHATWG index, its five gaps are lost). */
const WINDOWS_1252_HIGH = '€\uFFFD‚ƒ„…†‡ˆ‰Š‹Œ\uFFFDŽ\uFFFD\uFFFD‘’“”•–—˜™š›œ\uFFFDžŸ';

/** Share of NULs at one of two positions that makes a text UTF-16. */
const UTF16_SHARE = 0.3;
/** Share of the two-byte characters that must be everyday Chinese before a text is taken for it. */
const CHINESE_SHARE = 0.8;

/** How a text is encoded, from its beginning, and how many bytes of byte order mark to leave out. */
export function guessEncoding(sample: Uint8Array): { readonly encoding: Encoding; readonly bom: number } {
  if (sample[0] === 0xef && sample[1] === 0xbb && sample[2] === 0xbf) return { encoding: 'utf-8', bom: 3 };
  if (sample[0] === 0xff && sample[1] === 0xfe) return { encoding: 'utf-16le', bom: 2 };
  if (sample[0] === 0xfe && sample[1] === 0xff) return { encoding: 'utf-16be', bom: 2 };

  const looked = Math.min(sample.length, 4096) & ~1;
  let evenNuls = 0;
  let oddNuls = 0;
  for (let at = 0; at < looked; at += 2) {
    if (sample[at] === 0) evenNuls++;
    if (sample[at + 1] === 0) oddNuls++;
  }
  const enough = (looked / 2) * UTF16_SHARE;
  if (looked > 0 && oddNuls > enough && evenNuls < enough / 10) return { encoding: 'utf-16le', bom: 0 };
  if (looked > 0 && evenNuls > enough && oddNuls < enough / 10) return { encoding: 'utf-16be', bom: 0 };

  if (isUtf8(sample)) return { encoding: 'utf-8', bom: 0 };
  const { valid, invalid } = countSequences(sample);
  // Mostly UTF-8 with a few strange bytes is UTF-8 that somebody appended to; those bytes are mended one by one.
  if (invalid <= valid) return { encoding: 'utf-8', bom: 0 };
  return { encoding: isChinese(sample) ? 'gb18030' : 'windows-1252', bom: 0 };
}

/** The length of the well-formed UTF-8 sequence at `at` (Unicode 15, table 3-7); 0 where there is none. */
function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at];
  if (lead < 0x80) return 1;
  const length =
    lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
  if (length === 0 || at + length > end) return 0;
  const second = bytes[at + 1];
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 0;
  for (let next = at + 2; next < at + length; next++) if ((bytes[next] & 0xc0) !== 0x80) return 0;
  return length;
}

/**
 * Whether these bytes are GBK or GB18030, what spreadsheets in China write: nearly all characters beyond ASCII are
 * among the 3,755 everyday ones of GB 2312 (rows 0xB0 … 0xD7) or its punctuation (0xA1 … 0xA3). In western text
 * such pairs are rare: accents stand between plain letters.
 */
function isChinese(bytes: Uint8Array): boolean {
  let everyday = 0;
  let other = 0;
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at];
    if (lead < 0x80) {
      at++;
      continue;
    }
    // The sample may end in the middle of a character.
    if (at + 1 >= bytes.length) break;
    const trail = bytes[at + 1];
    const common = (lead >= 0xb0 && lead <= 0xd7) || (lead >= 0xa1 && lead <= 0xa3);
    if (common && trail >= 0xa1 && trail <= 0xfe) everyday++;
    else other++;
    at += trail >= 0x40 && trail !== 0x7f && trail !== 0xff ? 2 : trail >= 0x30 && trail <= 0x39 ? 4 : 1;
  }
  return everyday >= 2 && everyday >= CHINESE_SHARE * (everyday + other);
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function countSequences(bytes: Uint8Array): { valid: number; invalid: number } {
  let valid = 0;
  let invalid = 0;
  // The sample may end in the middle of a character.
  const end = bytes.length;
  for (let at = 0; at < end; ) {
    const length = sequenceLength(bytes, at, end);
    if (length === 0) {
      if (at >= end - 3 && bytes[at] >= 0xc2) break;
      invalid++;
      at++;
    } else {
      if (length > 1) valid++;
      at += length;
    }
  }
  return { valid, invalid };
}

/**
 * Bytes that are not well-formed UTF-8 rewritten as what they are in windows-1252, in UTF-8; all else as it is.
 * Returns how many bytes were rewritten.
 */
export function mendUtf8(bytes: Uint8Array): { readonly bytes: Uint8Array; readonly mended: number } {
  const out = new Uint8Array(bytes.length * 3);
  let to = 0;
  let mended = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at, bytes.length);
    if (length === 0) {
      to = putWindows1252(out, to, bytes[at++]);
      mended++;
    } else {
      for (let k = 0; k < length; k++) out[to++] = bytes[at++];
    }
  }
  return { bytes: out.subarray(0, to), mended };
}

/** Turns the bytes of a text in any encoding, piece by piece, into UTF-8. UTF-8 itself passes unchecked. */
export type Transcoder = (piece: Uint8Array, last: boolean) => Uint8Array;

/** Own table for windows-1252 because engines disagree on 0x80 … 0x9F. */
export function createTranscoder(encoding: Encoding): Transcoder {
  if (encoding === 'utf-8') return (piece) => piece;
  if (encoding === 'windows-1252') return fromWindows1252;
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  const encoder = new TextEncoder();
  return (piece, last) => encoder.encode(decoder.decode(piece, { stream: !last }));
}

function fromWindows1252(piece: Uint8Array): Uint8Array {
  let high = 0;
  for (let at = 0; at < piece.length; at++) high += piece[at] >> 7;
  if (high === 0) return piece;
  const out = new Uint8Array(piece.length + 2 * high);
  let to = 0;
  for (let at = 0; at < piece.length; at++) {
    if (piece[at] < 0x80) out[to++] = piece[at];
    else to = putWindows1252(out, to, piece[at]);
  }
  return out.subarray(0, to);
}

/** Writes one windows-1252 byte (≥ 0x80) as UTF-8; returns the place behind it. */
function putWindows1252(out: Uint8Array, at: number, byte: number): number {
  const code = byte < 0xa0 ? WINDOWS_1252_HIGH.charCodeAt(byte - 0x80) : byte;
  let to = at;
  if (code < 0x800) {
    out[to++] = 0xc0 | (code >> 6);
  } else {
    out[to++] = 0xe0 | (code >> 12);
    out[to++] = 0x80 | ((code >> 6) & 0x3f);
  }
  out[to++] = 0x80 | (code & 0x3f);
  return to;
}
