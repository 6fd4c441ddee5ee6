import type { Ratings } from './ratings.ts';

const known = new WeakMap<object, number>();

/** Equal for equal ratings (FNV-1a over the matrix, 32 bits). What was computed once is remembered. */
export function fingerprint({ byUser }: Pick<Ratings, 'byUser'>): number {
  const earlier = known.get(byUser);
  if (earlier !== undefined) return earlier;
  let hash = 0x811c9dc5;
  const bits = new Uint32Array(byUser.values.buffer, byUser.values.byteOffset, byUser.values.length);
  for (const numbers of [byUser.pointers, byUser.indices, bits]) {
    for (let at = 0; at < numbers.length; at++) hash = Math.imul(hash ^ numbers[at], 0x01000193);
  }
  known.set(byUser, hash >>> 0);
  return hash >>> 0;
}
