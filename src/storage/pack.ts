/**
 * Plain values and typed arrays in one file: a JSON skeleton in which every typed array is replaced
 * by a reference, followed by the arrays' bytes, 8-byte aligned.
 *
 * Layout: magic "TSTM", version u32, skeleton length u32, 0 u32, skeleton (UTF-8, padded), blocks.
 */
import { AppError } from '../base/error.ts';

const MAGIC = 0x4d545354;
const HEADER_BYTES = 16;

const ARRAYS = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, f32: Float32Array, f64: Float64Array } as const;
type ArrayKind = keyof typeof ARRAYS;
type Packable = InstanceType<(typeof ARRAYS)[ArrayKind]>;

const padded = (bytes: number) => (bytes + 7) & ~7;

function kindOf(value: unknown): ArrayKind | null {
  for (const kind of Object.keys(ARRAYS) as ArrayKind[]) if (value instanceof ARRAYS[kind]) return kind;
  return null;
}

/** The file as pieces, in order; nothing is copied but the skeleton. NaN and ±Infinity outside typed arrays are not kept. */
export function pack(value: unknown, version: number): Uint8Array<ArrayBuffer>[] {
  const blocks: Packable[] = [];
  const skeleton = JSON.stringify(value, (_, part: unknown) => {
    const kind = kindOf(part);
    if (!kind) return part;
    const array = part as Packable;
    blocks.push(array);
    return { $array: kind, length: array.length };
  });
  const text = new TextEncoder().encode(skeleton);
  const head = new Uint8Array(HEADER_BYTES + padded(text.length));
  const view = new DataView(head.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, version, true);
  view.setUint32(8, text.length, true);
  head.set(text, HEADER_BYTES);
  const pieces = [head];
  for (const block of blocks) {
    const bytes = new Uint8Array(block.buffer as ArrayBuffer, block.byteOffset, block.byteLength);
    pieces.push(bytes);
    const gap = padded(bytes.length) - bytes.length;
    if (gap > 0) pieces.push(new Uint8Array(gap));
  }
  return pieces;
}

/** What `pack` wrote. Throws AppError `projectDamaged` for anything else; never reads outside `bytes`. */
export function unpack(bytes: Uint8Array<ArrayBuffer>): { version: number; value: unknown } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_BYTES || view.getUint32(0, true) !== MAGIC) throw new AppError('projectDamaged');
  const version = view.getUint32(4, true);
  const textLength = view.getUint32(8, true);
  let at = HEADER_BYTES + padded(textLength);
  if (at > bytes.length) throw new AppError('projectDamaged');
  const text = new TextDecoder().decode(bytes.subarray(HEADER_BYTES, HEADER_BYTES + textLength));
  const takeArray = (kind: unknown, length: unknown): Packable => {
    const Kind = ARRAYS[kind as ArrayKind];
    if (!Kind || !Number.isSafeInteger(length) || (length as number) < 0) throw new AppError('projectDamaged');
    const size = (length as number) * Kind.BYTES_PER_ELEMENT;
    if (at + size > bytes.length) throw new AppError('projectDamaged');
    const start = bytes.byteOffset + at;
    at += padded(size);
    return new Kind(bytes.buffer.slice(start, start + size));
  };
  // Depth first in the order of writing, which is the order of the blocks.
  const revive = (part: unknown): unknown => {
    if (Array.isArray(part)) {
      // Long lists of ids and titles: nothing in them to revive.
      return part.length > 0 && typeof part[0] === 'string' ? part : part.map(revive);
    }
    if (typeof part !== 'object' || part === null) return part;
    const record = part as Record<string, unknown>;
    if ('$array' in record) return takeArray(record['$array'], record['length']);
    return Object.fromEntries(Object.entries(record).map(([key, inner]) => [key, revive(inner)]));
  };
  let skeleton: unknown;
  try {
    skeleton = JSON.parse(text);
  } catch (cause) {
    throw new AppError('projectDamaged', {}, { cause });
  }
  return { version, value: revive(skeleton) };
}
