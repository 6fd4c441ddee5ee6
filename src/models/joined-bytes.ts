/** Models made of models, as one block of bytes: a head of their own, then each part as it packs itself. */
import { AppError } from '../base/error.ts';
import { type ModelParts, modelKind, packedSize, packModel, unpackModel } from './model-bytes.ts';

/** Lengths in front: of the head and of every part, u32 little endian each. */
const WORD = 4;

/** `joint` is what joins the parts. Each piece carries a checksum of its own. */
export function joinModels(joint: ModelParts, parts: readonly Uint8Array[]): Uint8Array {
  const pieces = [packModel(joint), ...parts];
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, pieces.length * WORD));
  const view = new DataView(bytes.buffer);
  let at = pieces.length * WORD;
  pieces.forEach((piece, place) => {
    view.setUint32(place * WORD, piece.length, true);
    bytes.set(piece, at);
    at += piece.length;
  });
  return bytes;
}

/** How many bytes `joinModels` makes of parts of these sizes. */
export function joinedSize(joint: ModelParts, sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + WORD + size, WORD + packedSize(joint));
}

/** The kind that bytes of so many parts carry. Throws AppError `projectDamaged`. */
export function joinedKind(bytes: Uint8Array, count: number): string {
  return modelKind(headOf(bytes, count + 1));
}

/** What `joinModels` wrote. Throws AppError `projectDamaged`. */
export function splitModels<N extends string, A extends string = never>(
  bytes: Uint8Array,
  kind: string,
  numbers: readonly N[],
  count: number,
  arrays: readonly A[] = [],
): {
  readonly numbers: Record<N, number>;
  readonly arrays: Record<A, Float32Array>;
  readonly models: readonly Uint8Array[];
} {
  const words = count + 1;
  if (bytes.length < words * WORD) throw new AppError('projectDamaged');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = words * WORD;
  const pieces = Array.from({ length: words }, (_, place) => {
    const from = at;
    at += view.getUint32(place * WORD, true);
    return bytes.subarray(from, at);
  });
  if (at !== bytes.length) throw new AppError('projectDamaged');
  const head = unpackModel(pieces[0], kind, numbers, arrays, () => true);
  return { ...head, models: pieces.slice(1) };
}

/** The first of so many pieces, as far as it is there. */
function headOf(bytes: Uint8Array, words: number): Uint8Array {
  if (bytes.length < words * WORD) throw new AppError('projectDamaged');
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
  return bytes.subarray(words * WORD, words * WORD + length);
}
