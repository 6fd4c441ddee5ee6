/** A part of the customers, chosen by their ids alone: the same ones in every file, whatever stands before them. */

/** So that the sample has nothing to do with other uses of the same hash. */
const SEED = 0x5a3317;

/** Uniform in [0, 1) for an id: FNV-1a over its UTF-16, then murmur3's last mixing. */
function position(id: string): number {
  let hash = SEED;
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** Whether the customer is one of this share (0 … 1) of all; a larger share holds the smaller one. */
export function inSample(id: string, share: number): boolean {
  return position(id) < share;
}
