export type Kind =
  | 'empty'
  | 'gzip'
  | 'zip'
  | 'parquet'
  | 'pdf'
  | 'json'
  | 'jsonl'
  | 'text'
  | 'binary'
  /** Known for what it is, but not a table this product reads. */
  | 'xls'
  | '7z'
  | 'rar'
  | 'bz2'
  | 'xz'
  | 'zst'
  | 'sqlite'
  | 'png'
  | 'jpeg'
  | 'gif'
  | 'webp'
  | 'tiff'
  | 'psd'
  | 'mp3'
  | 'mp4'
  | 'ogg'
  | 'wav'
  | 'avi'
  | 'woff'
  | 'elf'
  | 'class'
  | 'wasm'
  | 'html'
  | 'xml'
  | 'svg'
  | 'rtf'
  | 'ps'
  | 'pem';

/** First bytes; what is longer than a few letters, or no letters at all, begins no table. */
const MAGIC: readonly { readonly kind: Kind; readonly bytes: readonly (number | null)[] }[] = [
  { kind: 'gzip', bytes: [0x1f, 0x8b] },
  { kind: 'zip', bytes: [0x50, 0x4b, 0x03, 0x04] },
  { kind: 'zip', bytes: [0x50, 0x4b, 0x05, 0x06] },
  { kind: 'parquet', bytes: [0x50, 0x41, 0x52, 0x31] },
  { kind: 'pdf', bytes: [0x25, 0x50, 0x44, 0x46, 0x2d] },
  { kind: 'xls', bytes: [0xd0, 0xcf, 0x11, 0xe0] },
  { kind: '7z', bytes: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c] },
  { kind: 'rar', bytes: [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07] },
  { kind: 'bz2', bytes: [0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59] },
  { kind: 'xz', bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] },
  { kind: 'zst', bytes: [0x28, 0xb5, 0x2f, 0xfd] },
  { kind: 'sqlite', bytes: [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20, 0x66] },
  { kind: 'png', bytes: [0x89, 0x50, 0x4e, 0x47] },
  { kind: 'jpeg', bytes: [0xff, 0xd8, 0xff] },
  { kind: 'gif', bytes: letters('GIF87a') },
  { kind: 'gif', bytes: letters('GIF89a') },
  { kind: 'webp', bytes: letters('RIFF????WEBP') },
  { kind: 'wav', bytes: letters('RIFF????WAVE') },
  { kind: 'avi', bytes: letters('RIFF????AVI ') },
  { kind: 'tiff', bytes: [0x49, 0x49, 0x2a, 0x00] },
  { kind: 'tiff', bytes: [0x4d, 0x4d, 0x00, 0x2a] },
  { kind: 'psd', bytes: letters('8BPS') },
  { kind: 'mp3', bytes: letters('ID3\u0002') },
  { kind: 'mp3', bytes: letters('ID3\u0003') },
  { kind: 'mp3', bytes: letters('ID3\u0004') },
  { kind: 'mp4', bytes: letters('\0\0??ftyp') },
  { kind: 'ogg', bytes: letters('OggS\0') },
  { kind: 'woff', bytes: letters('wOFF') },
  { kind: 'woff', bytes: letters('wOF2') },
  { kind: 'elf', bytes: letters('\u007fELF') },
  { kind: 'class', bytes: [0xca, 0xfe, 0xba, 0xbe] },
  { kind: 'wasm', bytes: letters('\0asm') },
];

/** How texts begin that are written for other programs; white space and byte order marks before it do not count. */
const BEGINNINGS: readonly { readonly kind: Kind; readonly pattern: RegExp }[] = [
  { kind: 'pdf', pattern: /^%PDF-/ },
  { kind: 'ps', pattern: /^%!PS/ },
  { kind: 'rtf', pattern: /^\{\\rtf/ },
  { kind: 'pem', pattern: /^-----BEGIN [A-Z ]+-----/ },
  { kind: 'svg', pattern: /^<svg[\s>]/i },
  { kind: 'xml', pattern: /^<\?xml/i },
  { kind: 'html', pattern: /^<(!doctype|!--|(html|head|body|table|div|meta|style)[\s>])/i },
];

/** `?` is any byte. */
function letters(text: string): (number | null)[] {
  return Array.from(text, (letter) => (letter === '?' ? null : letter.charCodeAt(0)));
}

/** Bytes `sniff` wants to see. */
export const SNIFF_BYTES = 1 << 16;

/** More control characters than this share are no text. */
const MOST_CONTROLS = 0.02;
/** NULs are counted apart: a text may have a torn row, but not be made of them. */
const MOST_NULS = 0.3;

/** What a file is, by its first bytes; names and extensions are not asked. */
export function sniff(head: Uint8Array, whole: boolean): Kind {
  if (head.length === 0) return 'empty';
  for (const { kind, bytes } of MAGIC) {
    if (bytes.length <= head.length && bytes.every((byte, at) => byte === null || head[at] === byte)) return kind;
  }
  const utf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  if (!utf16 && isBinary(head)) return 'binary';
  const text = new TextDecoder().decode(head);
  const trimmed = text.trimStart();
  if (trimmed === '') return whole ? 'empty' : 'text';
  const known = BEGINNINGS.find(({ pattern }) => pattern.test(trimmed));
  return known?.kind ?? sniffJson(trimmed) ?? 'text';
}

function isBinary(head: Uint8Array): boolean {
  const nuls = [0, 0];
  let controls = 0;
  for (let at = 0; at < head.length; at++) {
    const byte = head[at];
    if (byte === 0) nuls[at & 1]++;
    else if (byte < 9 || (byte > 13 && byte < 32 && byte !== 0x1a && byte !== 0x1b)) controls++;
  }
  if (controls > head.length * MOST_CONTROLS) return true;
  // NULs at every other place are UTF-16 without its mark.
  const [even, odd] = nuls;
  const oneSided = Math.min(even, odd) * 10 < Math.max(even, odd);
  return even + odd === head.length || (even + odd > head.length * MOST_NULS && !oneSided);
}

function sniffJson(text: string): 'json' | 'jsonl' | null {
  if (!/^(\{\s*("|\}|$)|\[\s*([[{"\]\d-]|$))/.test(text)) return null;
  const [first, second] = text.split(/\r?\n/, 2);
  if (isJson(first) && first.startsWith('{')) {
    return second === undefined || second.trim() === '' ? 'json' : 'jsonl';
  }
  // A first line that is JSON in itself with more lines behind it, cut anywhere: still lines.
  return isJson(first) && second?.startsWith('[') ? 'jsonl' : 'json';
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
