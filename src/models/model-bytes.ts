/**
 * A fitted model as one block of bytes: what a project file keeps and what comes back after a reload.
 *
 * Layout, little endian: magic "TMMD" u32, format version u32, FNV-1a of everything after this u32,
 * header length in bytes u32, header (JSON, padded with spaces to a multiple of four), then the arrays
 * as float32 in the order the header names them.
 */
import { AppError } from '../base/error.ts';

const MAGIC = 0x444d4d54;
const FORMAT_VERSION = 1;
const PREFIX_BYTES = 16;

/** An array that is written where it is wanted instead of being made first: those with a number for every pair are large. */
export interface WrittenArray {
  readonly length: number;
  /** `into` has this length and is all zeros. */
  write(into: Float32Array): void;
}

export interface ModelParts {
  /** Which model this is, with its own version: 'mf-taste/1'. */
  readonly kind: string;
  readonly numbers: Readonly<Record<string, number>>;
  readonly arrays: Readonly<Record<string, Float32Array | WrittenArray>>;
}

interface Header {
  readonly kind: string;
  readonly numbers: Record<string, number>;
  readonly arrays: readonly (readonly [name: string, length: number])[];
}

/** FNV-1a, 32 bits: notices damage, not malice. */
function checksum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < bytes.length; at++) hash = Math.imul(hash ^ bytes[at], 0x01000193);
  return hash >>> 0;
}

/** What stands in front of the arrays, and how long all of it is. Numbers must be finite (RangeError). */
function layOut({ kind, numbers, arrays }: ModelParts): {
  readonly text: Uint8Array;
  readonly headerBytes: number;
  readonly size: number;
} {
  for (const [name, value] of Object.entries(numbers)) {
    if (!Number.isFinite(value)) throw new RangeError(`${kind}.${name} is ${value}`);
  }
  const entries = Object.entries(arrays);
  const header: Header = {
    kind,
    numbers: { ...numbers },
    arrays: entries.map(([name, array]) => [name, array.length] as const),
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerBytes = (text.length + 3) & ~3;
  const dataBytes = entries.reduce((sum, [, { length }]) => sum + 4 * length, 0);
  return { text, headerBytes, size: PREFIX_BYTES + headerBytes + dataBytes };
}

/** How many bytes `packModel` makes of these parts; no array is written for it. */
export function packedSize(parts: ModelParts): number {
  return layOut(parts).size;
}

/** The parts as bytes. Numbers must be finite (RangeError). */
export function packModel(parts: ModelParts): Uint8Array {
  const { text, headerBytes, size } = layOut(parts);
  const bytes = new Uint8Array(size);
  bytes.fill(0x20, PREFIX_BYTES, PREFIX_BYTES + headerBytes);
  bytes.set(text, PREFIX_BYTES);
  let at = PREFIX_BYTES + headerBytes;
  for (const array of Object.values(parts.arrays)) {
    const into = new Float32Array(bytes.buffer, at, array.length);
    if (array instanceof Float32Array) into.set(array);
    else array.write(into);
    at += into.byteLength;
  }
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, FORMAT_VERSION, true);
  view.setUint32(8, checksum(bytes.subarray(PREFIX_BYTES)), true);
  view.setUint32(12, headerBytes, true);
  return bytes;
}

function damaged(cause?: unknown): AppError {
  return new AppError('projectDamaged', {}, { cause });
}

function isHeader(value: unknown): value is Header {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, numbers, arrays } = value as Partial<Header>;
  return (
    typeof kind === 'string' &&
    typeof numbers === 'object' &&
    numbers !== null &&
    Object.values(numbers).every((number) => typeof number === 'number' && Number.isFinite(number)) &&
    Array.isArray(arrays) &&
    arrays.every(
      (entry) => Array.isArray(entry) && typeof entry[0] === 'string' && Number.isInteger(entry[1]) && entry[1] >= 0,
    )
  );
}

function readHeader(bytes: Uint8Array): { readonly header: Header; readonly dataStart: number; readonly sum: number } {
  if (bytes.length < PREFIX_BYTES) throw damaged();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const dataStart = PREFIX_BYTES + view.getUint32(12, true);
  if (view.getUint32(0, true) !== MAGIC || view.getUint32(4, true) !== FORMAT_VERSION) throw damaged();
  if (dataStart > bytes.length) throw damaged();
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(PREFIX_BYTES, dataStart)));
  } catch (cause) {
    throw damaged(cause);
  }
  if (!isHeader(header)) throw damaged();
  return { header, dataStart, sum: view.getUint32(8, true) };
}

/** Those of some names, and of others where they are. */
export type Numbers<N extends string> = Record<N, number> & Readonly<Partial<Record<string, number>>>;

/** Which model the bytes say they are. Throws AppError `projectDamaged` where they are no model at all. */
export function modelKind(bytes: Uint8Array): string {
  return readHeader(bytes).header.kind;
}

/**
 * What `packModel` wrote, copied. Throws AppError `projectDamaged` when the bytes are cut short,
 * changed, of another kind, lack one of `numbers` or `arrays`, hold values that are not finite, or
 * when `fits` says that the parts do not belong together. Numbers that are not asked for are there where the bytes have
 * them: what a kind has learned to keep since.
 */
export function unpackModel<N extends string, A extends string>(
  bytes: Uint8Array,
  kind: string,
  numbers: readonly N[],
  arrays: readonly A[],
  fits: (parts: { readonly numbers: Numbers<N>; readonly arrays: Record<A, Float32Array> }) => boolean,
): { readonly numbers: Numbers<N>; readonly arrays: Record<A, Float32Array> } {
  const { header, dataStart, sum } = readHeader(bytes);
  if (header.kind !== kind || sum !== checksum(bytes.subarray(PREFIX_BYTES))) throw damaged();

  const found: Partial<Record<string, Float32Array>> = {};
  let at = dataStart;
  for (const [name, length] of header.arrays) {
    const end = at + length * 4;
    if (end > bytes.length) throw damaged();
    const array = new Float32Array(bytes.slice(at, end).buffer);
    if (!array.every(Number.isFinite)) throw damaged();
    found[name] = array;
    at = end;
  }
  if (at !== bytes.length) throw damaged();
  const take = header.numbers;
  if (numbers.some((name) => take[name] === undefined) || arrays.some((name) => !found[name])) throw damaged();
  const parts = { numbers: take as Numbers<N>, arrays: found as Record<A, Float32Array> };
  if (!fits(parts)) throw damaged();
  return parts;
}
