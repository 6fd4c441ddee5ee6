import { AppError } from '../../base/error.ts';
import type { TableSource } from '../table.ts';
import { type ByteSource, readAll } from './byte-source.ts';
import { cellText } from './cell-text.ts';
import { createTranscoder, guessEncoding, mendUtf8 } from './encoding.ts';
import { memoryTable } from './memory-table.ts';

/** JSON has to be in memory as a whole; engines hold no longer text than this. */
export const MAX_JSON_BYTES = 500 * 2 ** 20;

/** Digits a number keeps when it is read as a double. */
const SAFE_DIGITS = 15;
const LONG_INTEGER = /\d{16}/;
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * A table in JSON: an array of objects or of arrays, an object that holds one such array, or an object of equally
 * long arrays (one per column). Nested objects become columns `outer.inner`. Integers too long for a double keep
 * all their digits.
 *
 * @throws AppError fileDamaged (not JSON), fileTooLarge, fileUnsupported (no table in it), fileEmpty.
 */
export async function openJson(source: ByteSource, id: string, name: string, file: string): Promise<TableSource> {
  const text = await readText(source, file);
  let value: unknown;
  try {
    value = parseKeepingDigits(text);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('fileDamaged', { file, detail }, { cause });
  }
  const rows = findRows(value);
  if (rows === null) throw new AppError('fileUnsupported', { file, format: 'JSON' });
  if (rows.length === 0) throw new AppError('fileEmpty', { file });
  const table = { id, name, format: 'json', bytes: source.size, file } as const;
  if (rows.every(Array.isArray)) {
    return memoryTable({ ...table, names: null, rows: rows.map((row) => (row as unknown[]).map(cellText)) });
  }
  const columns = new Columns();
  const cells = rows.map((row) => columns.row(row));
  return memoryTable({ ...table, names: columns.names, rows: cells });
}

/** The whole source as text, whatever its encoding. */
export async function readText(source: ByteSource, file: string): Promise<string> {
  const bytes = await readAll(source, MAX_JSON_BYTES);
  if (bytes === null) {
    const neededMb = Math.ceil((source.size ?? MAX_JSON_BYTES) / 2 ** 20);
    throw new AppError('fileTooLarge', { file, neededMb, limitMb: MAX_JSON_BYTES / 2 ** 20 });
  }
  const { encoding, bom } = guessEncoding(bytes);
  const utf8 = createTranscoder(encoding)(bytes.subarray(bom), true);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(utf8);
  } catch {
    return new TextDecoder().decode(mendUtf8(utf8).bytes);
  }
}

/** JSON.parse, but integers of more than 15 digits come as text (a double would round them). */
export function parseKeepingDigits(text: string): unknown {
  if (!LONG_INTEGER.test(text)) return JSON.parse(text);
  const quoted = text.replace(STRING_OR_NUMBER, (token) =>
    token[0] !== '"' && token.length > SAFE_DIGITS && /^-?\d+$/.test(token) ? `"${token}"` : token,
  );
  return JSON.parse(quoted);
}

/** Names columns in the order in which keys first appear, and lays objects out under them. */
export class Columns {
  readonly names: string[] = [];
  readonly #places = new Map<string, number>();

  /** With `fixed`, keys that have no column yet are left out. */
  row(value: unknown, fixed = false): string[] {
    const cells = new Array<string>(this.names.length).fill('');
    this.#put(cells, isRecord(value) ? value : { value }, '', fixed);
    return cells;
  }

  #put(cells: string[], record: Record<string, unknown>, prefix: string, fixed: boolean): void {
    for (const [key, value] of Object.entries(record)) {
      if (isRecord(value)) {
        this.#put(cells, value, `${prefix}${key}.`, fixed);
        continue;
      }
      const name = prefix + key;
      let place = this.#places.get(name);
      if (place === undefined) {
        if (fixed) continue;
        place = this.names.push(name) - 1;
        this.#places.set(name, place);
      }
      while (cells.length <= place) cells.push('');
      cells[place] = cellText(value);
    }
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function findRows(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return value;
  if (!isRecord(value)) return null;
  const lists = Object.entries(value).filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]));
  const tables = lists.filter(([, list]) => list.some((row) => typeof row === 'object' && row !== null));
  if (tables.length > 0) return tables.reduce((a, b) => (b[1].length > a[1].length ? b : a))[1];
  if (lists.length > 1 && lists.every(([, list]) => list.length === lists[0][1].length)) {
    return lists[0][1].map((_, row) => Object.fromEntries(lists.map(([key, list]) => [key, list[row]])));
  }
  return lists.length === 0 && Object.keys(value).length > 0 ? [value] : null;
}
