import { AppError } from '../../base/error.ts';
import { type ByteSource, blobSource } from './byte-source.ts';
import { inflate, refuseBomb } from './inflate.ts';

/** One file inside a zip. */
export interface ZipEntry {
  /** As written in the zip, e.g. `ml-100k/u.data`. */
  readonly path: string;
  readonly encrypted: boolean;
  readonly source: ByteSource;
}

const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END_RECORD = 0x06054b50;
const END_RECORD_64 = 0x06064b50;
const END_LOCATOR_64 = 0x07064b50;
const END_RECORD_LENGTH = 22;
const END_LOCATOR_64_LENGTH = 20;
const CENTRAL_LENGTH = 46;
const LOCAL_LENGTH = 30;
const LONGEST_COMMENT = 0xffff;
const FLAG_ENCRYPTED = 1;
const FLAG_UTF8 = 1 << 11;
const STORED = 0;
const DEFLATED = 8;
const EXTRA_ZIP64 = 1;
const SEE_ZIP64 = 0xffffffff;

/**
 * The files of a zip, from its central directory (APPNOTE 6.3, zip64 included); none of them is read yet.
 *
 * @throws AppError fileTruncated (no directory at the end), fileDamaged, zipTooLarge (by the sizes it claims).
 */
export async function listZip(blob: Blob, file: string): Promise<ZipEntry[]> {
  const end = await findEnd(blob, file);
  const directory = view(await bytesOf(blob, end.start, end.start + end.length));
  const entries: ZipEntry[] = [];
  let unfolded = 0;
  let at = 0;
  for (let count = 0; count < end.count; count++) {
    if (at + CENTRAL_LENGTH > directory.byteLength || directory.getUint32(at, true) !== CENTRAL_HEADER) {
      throw new AppError('fileDamaged', { file, detail: `zip directory, entry ${count + 1}` });
    }
    const nameLength = directory.getUint16(at + 28, true);
    const extraLength = directory.getUint16(at + 30, true);
    const next = at + CENTRAL_LENGTH + nameLength + extraLength + directory.getUint16(at + 32, true);
    if (next > directory.byteLength) throw new AppError('fileDamaged', { file, detail: 'zip directory' });
    const sizes = readSizes(directory, at, nameLength, extraLength);
    unfolded += sizes.unfolded;
    const flags = directory.getUint16(at + 8, true);
    const path = decodeName(directory, at + CENTRAL_LENGTH, nameLength, (flags & FLAG_UTF8) !== 0);
    if (!path.endsWith('/')) {
      const method = directory.getUint16(at + 10, true);
      const start = end.shift + sizes.header;
      entries.push({
        path,
        encrypted: (flags & FLAG_ENCRYPTED) !== 0,
        source: entrySource(blob, `${file} › ${path}`, method, start, sizes.packed, sizes.unfolded),
      });
    }
    at = next;
  }
  refuseBomb(file, unfolded, blob.size);
  return entries;
}

interface End {
  /** Where the central directory lies, how long it is, and how many entries it has. */
  readonly start: number;
  readonly length: number;
  readonly count: number;
  /** What has to be added to every offset: bytes somebody put in front of the zip. */
  readonly shift: number;
}

async function findEnd(blob: Blob, file: string): Promise<End> {
  const tailStart = Math.max(0, blob.size - END_RECORD_LENGTH - LONGEST_COMMENT - END_LOCATOR_64_LENGTH);
  const tail = view(await bytesOf(blob, tailStart, blob.size));
  let at = tail.byteLength - END_RECORD_LENGTH;
  while (at >= 0 && tail.getUint32(at, true) !== END_RECORD) at--;
  if (at < 0) throw new AppError('fileTruncated', { file });
  let count = tail.getUint16(at + 10, true);
  let length = tail.getUint32(at + 12, true);
  let offset = tail.getUint32(at + 16, true);
  let directoryEnd = tailStart + at;
  const locator = at - END_LOCATOR_64_LENGTH;
  if (locator >= 0 && tail.getUint32(locator, true) === END_LOCATOR_64) {
    const recordAt = Number(tail.getBigUint64(locator + 8, true));
    const record = view(await bytesOf(blob, recordAt, recordAt + 56));
    if (record.byteLength < 56 || record.getUint32(0, true) !== END_RECORD_64) {
      throw new AppError('fileDamaged', { file, detail: 'zip64 directory' });
    }
    count = Number(record.getBigUint64(32, true));
    length = Number(record.getBigUint64(40, true));
    offset = Number(record.getBigUint64(48, true));
    directoryEnd = recordAt;
  }
  const start = directoryEnd - length;
  if (start < 0 || start < offset) throw new AppError('fileTruncated', { file });
  return { start, length, count, shift: start - offset };
}

function readSizes(directory: DataView, at: number, nameLength: number, extraLength: number) {
  let packed = directory.getUint32(at + 20, true);
  let unfolded = directory.getUint32(at + 24, true);
  let header = directory.getUint32(at + 42, true);
  let extra = at + CENTRAL_LENGTH + nameLength;
  const extraEnd = extra + extraLength;
  while (extra + 4 <= extraEnd) {
    const kind = directory.getUint16(extra, true);
    const size = directory.getUint16(extra + 2, true);
    let field = extra + 4;
    const take = () => {
      const value = field + 8 <= extraEnd ? Number(directory.getBigUint64(field, true)) : 0;
      field += 8;
      return value;
    };
    if (kind === EXTRA_ZIP64) {
      if (unfolded === SEE_ZIP64) unfolded = take();
      if (packed === SEE_ZIP64) packed = take();
      if (header === SEE_ZIP64) header = take();
    }
    extra += 4 + size;
  }
  return { packed, unfolded, header };
}

function entrySource(
  blob: Blob,
  file: string,
  method: number,
  header: number,
  packed: number,
  unfolded: number,
): ByteSource {
  return {
    size: unfolded,
    async *read() {
      if (method !== STORED && method !== DEFLATED) {
        throw new AppError('fileUnsupported', { file, format: `zip ${method}` });
      }
      const local = view(await bytesOf(blob, header, header + LOCAL_LENGTH));
      if (local.byteLength < LOCAL_LENGTH) throw new AppError('fileTruncated', { file });
      if (local.getUint32(0, true) !== LOCAL_HEADER) throw new AppError('fileDamaged', { file, detail: 'zip entry' });
      const start = header + LOCAL_LENGTH + local.getUint16(26, true) + local.getUint16(28, true);
      if (start + packed > blob.size) throw new AppError('fileTruncated', { file });
      const bytes = blobSource(blob.slice(start, start + packed));
      yield* (method === STORED ? bytes : inflate(bytes, { format: 'deflate-raw', file, size: unfolded })).read();
    },
  };
}

function decodeName(directory: DataView, at: number, length: number, utf8: boolean): string {
  const bytes = new Uint8Array(directory.buffer, directory.byteOffset + at, length);
  try {
    return new TextDecoder('utf-8', { fatal: !utf8 }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

async function bytesOf(blob: Blob, start: number, end: number): Promise<Uint8Array> {
  return new Uint8Array(await blob.slice(start, end).arrayBuffer());
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
