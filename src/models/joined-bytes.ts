/** Models made of models, as one block of bytes: a head of their own, then each part as it packs itself. */
import { AppError } from '../base/error.ts';
import { packModel, unpackModel } from './model-bytes.ts';

/** Lengths in front: of the head and of every part, u32 little endian each. */
const WORD = 4;

/** `numbers` are what joins the parts. Each piece carries a checksum of its own. */
export function joinModels(
  kind: string,
  numbers: Readonly<Record<string, number>>,
  parts: readonly Uint8Array[],
): Uint8Array {
  const pieces = [packModel({ kind, numbers, arrays: {} }), ...parts];
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

/** What `joinModels` wrote. Throws AppError `projectDamaged`. */
export function splitModels<N extends string>(
  bytes: Uint8Array,
  kind: string,
  numbers: readonly N[],
  count: number,
): { readonly numbers: Record<N, number>; readonly models: readonly Uint8Array[] } {
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
  const head = unpackModel(pieces[0], kind, numbers, [], () => true);
  return { numbers: head.numbers, models: pieces.slice(1) };
}
