import { AppError, throwIfAborted, toAppError } from '../../base/error.ts';
import type { ErrorCode } from '../../base/error-codes.ts';
import type { OnProgress } from '../../base/progress.ts';
import type { TableSource } from '../table.ts';
import { type ByteSource, blobSource, readAll, readHead } from './byte-source.ts';
import { openCsv } from './csv.ts';
import { inflate } from './inflate.ts';
import { SNIFF_BYTES, sniff } from './sniff.ts';
import { listZip, type ZipEntry } from './zip.ts';

export interface OpenInput {
  readonly name: string;
  readonly blob: Blob;
}

export interface OpenOptions {
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/** A file that was looked at and left out. */
export interface SkippedFile {
  readonly name: string;
  readonly code: ErrorCode;
}

export interface OpenedTables {
  readonly tables: TableSource[];
  readonly skipped: SkippedFile[];
}

/** Between the name of a zip or workbook and what lies in it. */
const INSIDE = ' › ';
/** Tables of one zip that are offered, the largest first; more are no data set but a backup. */
const MAX_ENTRIES = 200;
/** Gzips and zips inside one another, so deep. */
const MAX_DEPTH = 4;
/** Bytes of a file inside another that have to be in memory because its format is read from the end. */
const MAX_UNPACKED = 2 ** 30;
/** What makes a zip an Excel workbook. */
const WORKBOOK = 'xl/workbook.xml';

const NOT_A_TABLE = /(^|\/)(__MACOSX\/|\.|~\$|thumbs\.db$|desktop\.ini$|(readme|licen[cs]e|copying|changelog)[^/]*$)/i;
const NOT_A_TABLE_TYPE =
  /\.(html?|pdf|png|jpe?g|gif|svg|webp|ico|bmp|md|rst|docx?|pptx?|exe|dll|so|py|r|ipynb|sh|bat|pl|js|css|mp[34]|avi|ttf|woff2?)$/i;

interface Opening {
  readonly tables: TableSource[];
  readonly skipped: SkippedFile[];
  /** What was wrong with the files skipped, in order. */
  readonly errors: AppError[];
  readonly signal: AbortSignal | undefined;
  /** The part of the file that is being looked at, as files lie in it, 0 to 1. */
  readonly looked: (share: number) => void;
}

/**
 * Every table in the files given: what lies in a zip or a workbook comes as one table each. Only the beginnings
 * are read. A file that cannot be read is `skipped`; if nothing can be read, that file's error is thrown.
 *
 * @throws AppError nothingDropped, cancelled, fileBinary (no table has two columns), or why the first of the files was refused.
 */
export async function openTables(inputs: readonly OpenInput[], options: OpenOptions = {}): Promise<OpenedTables> {
  if (inputs.length === 0) throw new AppError('nothingDropped');
  const total = inputs.reduce((sum, input) => sum + input.blob.size, 0);
  const report = (done: number) => options.onProgress?.({ step: 'reading', done, total, unit: 'bytes' });
  let [done, size] = [0, 0];
  const looked = (share: number) => report(done + Math.floor(size * share));
  const opening: Opening = { tables: [], skipped: [], errors: [], signal: options.signal, looked };
  report(0);
  for (const { name, blob } of inputs) {
    size = blob.size;
    await attempt(opening, name, () => openBlob(opening, blob, name, name));
    done += size;
    report(done);
  }
  const { tables, skipped, errors } = opening;
  if (tables.length === 0) throw errors[0] ?? new AppError('noLogTable');
  // Who chose what takes two columns; of one alone there is nothing to ask.
  if (tables.every(({ preview }) => preview.names.length < 2)) throw new AppError('fileBinary', { file: tables[0].id });
  return { tables: withUniqueIds(tables), skipped };
}

/**
 * A table somebody pasted.
 *
 * @throws AppError nothingPasted, fileOnlyHeader.
 */
export async function openText(text: string): Promise<TableSource> {
  if (text.trim() === '') throw new AppError('nothingPasted');
  const { tables } = await openTables([{ name: 'pasted', blob: new Blob([text]) }]);
  return tables[0];
}

/** Runs one opening; its AppError becomes a skipped file, a cancel ends everything. */
async function attempt(opening: Opening, name: string, open: () => Promise<void>): Promise<void> {
  throwIfAborted(opening.signal);
  try {
    await open();
  } catch (thrown) {
    const error = unreadable(thrown, name);
    if (error.code === 'cancelled') throw error;
    opening.errors.push(error);
    opening.skipped.push({ name, code: error.code });
  }
}

/** The disk refusing a file (moved, no right to read it) is the file's trouble, not an unforeseen one. */
function unreadable(thrown: unknown, file: string): AppError {
  const known = thrown instanceof DOMException && thrown.name === 'NotReadableError';
  return known ? new AppError('fileDamaged', { file, detail: thrown.message }, { cause: thrown }) : toAppError(thrown);
}

async function openBlob(opening: Opening, blob: Blob, id: string, name: string): Promise<void> {
  const head = new Uint8Array(await blob.slice(0, 4).arrayBuffer());
  if (sniff(head, blob.size <= head.length) === 'zip') return openZip(opening, blob, id, name);
  return openSource(opening, blobSource(blob), blob, id, name, 0);
}

/** `blob` where the bytes lie in one, because some readers want to jump about in it. */
async function openSource(
  opening: Opening,
  source: ByteSource,
  blob: Blob | null,
  id: string,
  name: string,
  depth: number,
): Promise<void> {
  const { bytes, whole } = await readHead(source, SNIFF_BYTES);
  const kind = sniff(bytes, whole);
  switch (kind) {
    case 'empty':
      throw new AppError('fileEmpty', { file: id });
    case 'binary':
      throw new AppError('fileBinary', { file: id });
    case 'pdf':
      throw new AppError('filePdf', { file: id });
    case 'gzip': {
      if (depth >= MAX_DEPTH) throw new AppError('fileUnsupported', { file: id, format: 'gzip' });
      const unpacked = inflate(source, { format: 'gzip', file: id, size: null, about: await gzipLength(blob) });
      return openSource(opening, unpacked, null, id, name.replace(/\.gz$/i, ''), depth + 1);
    }
    case 'text':
      opening.tables.push(await openCsv(source, id, name, id));
      return;
    // The readers of rarer formats are loaded when one appears, or beforehand (worker/preload.ts), libraries included.
    case 'json': {
      const { openJson } = await import('./json.ts');
      opening.tables.push(await openJson(source, id, name, id));
      return;
    }
    case 'jsonl': {
      const { openJsonLines } = await import('./jsonl.ts');
      opening.tables.push(await openJsonLines(source, id, name, id));
      return;
    }
    case 'parquet': {
      const { openParquet } = await import('./parquet.ts');
      opening.tables.push(await openParquet(blob ?? (await unpack(source, id)), id, name));
      return;
    }
    case 'zip':
      if (depth >= MAX_DEPTH) throw new AppError('fileUnsupported', { file: id, format: 'zip' });
      return openZip(opening, await unpack(source, id), id, name, depth + 1);
    default:
      throw new AppError('fileUnsupported', { file: id, format: kind });
  }
}

/**
 * What a gzip says it unfolds to: its last four bytes (RFC 1952), counted modulo 4 GB and for its last member only, so
 * that less than the packed size is not believed. undefined where nothing can be said.
 */
async function gzipLength(blob: Blob | null): Promise<number | undefined> {
  if (blob === null || blob.size < 18) return undefined;
  const length = new DataView(await blob.slice(-4).arrayBuffer()).getUint32(0, true);
  return length >= blob.size ? length : undefined;
}

/** Formats that are read from their end have to be unpacked first. */
async function unpack(source: ByteSource, id: string): Promise<Blob> {
  const bytes = await readAll(source, MAX_UNPACKED);
  if (bytes === null) {
    const neededMb = Math.ceil((source.size ?? MAX_UNPACKED) / 2 ** 20);
    throw new AppError('fileTooLarge', { file: id, neededMb, limitMb: MAX_UNPACKED / 2 ** 20 });
  }
  return new Blob([bytes as Uint8Array<ArrayBuffer>]);
}

async function openZip(opening: Opening, blob: Blob, id: string, name: string, depth = 0): Promise<void> {
  const entries = await listZip(blob, id);
  if (entries.some(({ path }) => path === WORKBOOK)) {
    const { openXlsx } = await import('./xlsx.ts');
    const unfolded = entries.reduce((sum, { source }) => sum + (source.size ?? 0), 0);
    opening.tables.push(...(await openXlsx(blob, id, name, INSIDE, unfolded)));
    return;
  }
  const candidates = entries
    .filter(({ path, source }) => !NOT_A_TABLE.test(path) && !NOT_A_TABLE_TYPE.test(path) && source.size !== 0)
    .sort((a, b) => (b.source.size ?? 0) - (a.source.size ?? 0))
    .slice(0, MAX_ENTRIES)
    .sort((a, b) => entries.indexOf(a) - entries.indexOf(b));
  if (candidates.length === 0) throw new AppError('zipNoTables', { file: id });
  if (candidates.every((entry) => entry.encrypted)) throw new AppError('zipEncrypted', { file: id });
  const before = opening.tables.length;
  const failed = opening.errors.length;
  for (const [at, entry] of candidates.entries()) {
    const inside = id + INSIDE + entry.path;
    await attempt(opening, inside, () => openEntry(opening, entry, inside, id, depth));
    if (depth === 0) opening.looked((at + 1) / candidates.length);
  }
  if (opening.tables.length === before) throw opening.errors[failed];
}

async function openEntry(opening: Opening, entry: ZipEntry, id: string, zip: string, depth: number): Promise<void> {
  if (entry.encrypted) throw new AppError('zipEncrypted', { file: zip });
  await openSource(opening, entry.source, null, id, lastPart(entry.path), depth);
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function withUniqueIds(tables: readonly TableSource[]): TableSource[] {
  const seen = new Map<string, number>();
  return tables.map((table) => {
    const count = (seen.get(table.id) ?? 0) + 1;
    seen.set(table.id, count);
    return count === 1 ? table : { ...table, id: `${table.id} (${count})` };
  });
}
