/** Dot products of many queries with many keys: as a matrix, and as the best few of every row. */
import { madd } from './simd';

/** Keys stand in panels of 8, factor by factor: panel[f][key]. `../panels.ts` packs them. */
const PANEL_KEYS: u32 = 8;
/** Keys per tile: 8 KiB of scores for 4 queries. */
const TILE_KEYS: u32 = 512;
const TILE_BYTES: usize = (<usize>TILE_KEYS) << 2;

/** `../scores.ts` writes the fields in this order, 4 bytes each. */
@unmanaged
class ScoreTask {
  /** rows of `stride` floats, padded with zero rows to a multiple of 4 */
  queries: usize;
  queryCount: u32;
  factors: u32;
  stride: u32;
  panels: usize;
  keyCount: u32;
  /** one per key of every panel; -Infinity in the padding, so that it is never among the best */
  bias: usize;
  queriesPerChunk: u32;
  /** 0 where nothing is excluded */
  excludePointers: usize;
  excludeIndices: usize;
  /** best few: places per query; the two outputs hold the heap while it fills */
  places: u32;
  outIndices: usize;
  /** best few: scores; matrix: queryCount × keyCount */
  outScores: usize;
}

/** Scores of 4 queries with the panels [first, last) into `tile` (4 rows of TILE_KEYS). */
@inline
function scoreTile(task: ScoreTask, query: usize, first: u32, last: u32, tile: usize): void {
  const rowBytes = (<usize>task.stride) << 2;
  const factorBytes = (<usize>task.factors) << 2;
  const panelBytes = factorBytes * PANEL_KEYS;
  let panel = task.panels + <usize>first * panelBytes;
  let bias = task.bias + (<usize>first << 5);
  let to = tile;
  for (let p = first; p < last; p++) {
    let a0 = f32x4.splat(0);
    let a1 = f32x4.splat(0);
    let b0 = f32x4.splat(0);
    let b1 = f32x4.splat(0);
    let c0 = f32x4.splat(0);
    let c1 = f32x4.splat(0);
    let d0 = f32x4.splat(0);
    let d1 = f32x4.splat(0);
    let keys = panel;
    for (let at = query, end = query + factorBytes; at < end; at += 4) {
      const k0 = v128.load(keys);
      const k1 = v128.load(keys, 16);
      keys += 32;
      const a = v128.load_splat<f32>(at);
      const b = v128.load_splat<f32>(at + rowBytes);
      const c = v128.load_splat<f32>(at + 2 * rowBytes);
      const d = v128.load_splat<f32>(at + 3 * rowBytes);
      a0 = madd(a, k0, a0);
      a1 = madd(a, k1, a1);
      b0 = madd(b, k0, b0);
      b1 = madd(b, k1, b1);
      c0 = madd(c, k0, c0);
      c1 = madd(c, k1, c1);
      d0 = madd(d, k0, d0);
      d1 = madd(d, k1, d1);
    }
    const bias0 = v128.load(bias);
    const bias1 = v128.load(bias, 16);
    v128.store(to, f32x4.add(a0, bias0));
    v128.store(to, f32x4.add(a1, bias1), 16);
    v128.store(to + TILE_BYTES, f32x4.add(b0, bias0));
    v128.store(to + TILE_BYTES, f32x4.add(b1, bias1), 16);
    v128.store(to + 2 * TILE_BYTES, f32x4.add(c0, bias0));
    v128.store(to + 2 * TILE_BYTES, f32x4.add(c1, bias1), 16);
    v128.store(to + 3 * TILE_BYTES, f32x4.add(d0, bias0));
    v128.store(to + 3 * TILE_BYTES, f32x4.add(d1, bias1), 16);
    panel += panelBytes;
    bias += 32;
    to += 32;
  }
}

/** The full matrix for a chunk of queries. */
export function dotRows(taskAt: usize, chunk: u32, scratch: usize): void {
  const task = changetype<ScoreTask>(taskAt);
  const first = chunk * task.queriesPerChunk;
  const end = min(task.queryCount, first + task.queriesPerChunk);
  const panels = (task.keyCount + PANEL_KEYS - 1) / PANEL_KEYS;
  for (let key: u32 = 0; key < task.keyCount; key += TILE_KEYS) {
    const firstPanel = key / PANEL_KEYS;
    const bytes = <usize>min(TILE_KEYS, task.keyCount - key) << 2;
    for (let query = first; query < end; query += 4) {
      const row = task.queries + ((<usize>query * task.stride) << 2);
      scoreTile(task, row, firstPanel, min(panels, firstPanel + TILE_KEYS / PANEL_KEYS), scratch);
      const rows = min(<u32>4, end - query);
      for (let r: u32 = 0; r < rows; r++) {
        const to = task.outScores + ((<usize>(query + r) * task.keyCount + key) << 2);
        memory.copy(to, scratch + <usize>r * TILE_BYTES, bytes);
      }
    }
  }
}

/** True where (score, index) ranks behind the other: a lower score, or the same and a higher index. */
@inline
function isWorse(score: f32, index: u32, otherScore: f32, otherIndex: u32): bool {
  return score < otherScore || (score == otherScore && index > otherIndex);
}

/** Puts (score, index) at the root of a heap of `size` with the worst on top, and lets it sink. */
function siftDown(scores: usize, indices: usize, size: u32, score: f32, index: u32): void {
  let at: u32 = 0;
  for (;;) {
    let child: u32 = 2 * at + 1;
    if (child >= size) break;
    let childAt = (<usize>child) << 2;
    if (child + 1 < size) {
      const right = childAt + 4;
      if (isWorse(load<f32>(scores + right), load<u32>(indices + right), load<f32>(scores + childAt), load<u32>(indices + childAt))) {
        child++;
        childAt = right;
      }
    }
    const childScore = load<f32>(scores + childAt);
    const childIndex = load<u32>(indices + childAt);
    if (!isWorse(childScore, childIndex, score, index)) break;
    store<f32>(scores + ((<usize>at) << 2), childScore);
    store<u32>(indices + ((<usize>at) << 2), childIndex);
    at = child;
  }
  store<f32>(scores + ((<usize>at) << 2), score);
  store<u32>(indices + ((<usize>at) << 2), index);
}

/** Adds (score, index) behind the heap's last place and lets it rise. */
function siftUp(scores: usize, indices: usize, size: u32, score: f32, index: u32): void {
  let at = size;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const parentAt = (<usize>parent) << 2;
    const parentScore = load<f32>(scores + parentAt);
    const parentIndex = load<u32>(indices + parentAt);
    if (!isWorse(score, index, parentScore, parentIndex)) break;
    store<f32>(scores + ((<usize>at) << 2), parentScore);
    store<u32>(indices + ((<usize>at) << 2), parentIndex);
    at = parent;
  }
  store<f32>(scores + ((<usize>at) << 2), score);
  store<u32>(indices + ((<usize>at) << 2), index);
}

/** The best few for a chunk of queries. Scratch: a tile, then per query the heap's size and its place in the exclusions. */
export function topRows(taskAt: usize, chunk: u32, scratch: usize): void {
  const task = changetype<ScoreTask>(taskAt);
  const first = chunk * task.queriesPerChunk;
  const end = min(task.queryCount, first + task.queriesPerChunk);
  const panels = (task.keyCount + PANEL_KEYS - 1) / PANEL_KEYS;
  const places = task.places;
  const sizes = scratch + 4 * TILE_BYTES;
  const cursors = sizes + ((<usize>task.queriesPerChunk) << 2);
  for (let query = first; query < end; query++) {
    const at = (<usize>(query - first)) << 2;
    store<u32>(sizes + at, 0);
    if (task.excludePointers) store<u32>(cursors + at, load<u32>(task.excludePointers + ((<usize>query) << 2)));
  }
  for (let key: u32 = 0; key < task.keyCount; key += TILE_KEYS) {
    const firstPanel = key / PANEL_KEYS;
    const lastPanel = min(panels, firstPanel + TILE_KEYS / PANEL_KEYS);
    const tileEnd = key + TILE_KEYS;
    const tileBytes = (<usize>(lastPanel - firstPanel)) << 5;
    for (let group = first; group < end; group += 4) {
      scoreTile(task, task.queries + ((<usize>group * task.stride) << 2), firstPanel, lastPanel, scratch);
      const rows = min(<u32>4, end - group);
      for (let r: u32 = 0; r < rows; r++) {
        const query = group + r;
        const local = (<usize>(query - first)) << 2;
        const tile = scratch + <usize>r * TILE_BYTES;
        if (task.excludePointers) {
          let cursor = load<u32>(cursors + local);
          const stop = load<u32>(task.excludePointers + ((<usize>query) << 2), 4);
          while (cursor < stop) {
            const excluded = load<u32>(task.excludeIndices + ((<usize>cursor) << 2));
            if (excluded >= tileEnd) break;
            store<f32>(tile + ((<usize>(excluded - key)) << 2), -Infinity);
            cursor++;
          }
          store<u32>(cursors + local, cursor);
        }
        let size = load<u32>(sizes + local);
        const scores = task.outScores + ((<usize>query * places) << 2);
        const indices = task.outIndices + ((<usize>query * places) << 2);
        let threshold: f32 = size < places ? -Infinity : load<f32>(scores);
        let thresholds = f32x4.splat(threshold);
        for (let at: usize = 0; at < tileBytes; at += 16) {
          if (!v128.any_true(f32x4.gt(v128.load(tile + at), thresholds))) continue;
          for (let lane: usize = 0; lane < 16; lane += 4) {
            const score = load<f32>(tile + at + lane);
            // keys come in ascending order, so an equal score never displaces an earlier key
            if (!(score > threshold)) continue;
            const index = key + <u32>((at + lane) >> 2);
            if (size < places) siftUp(scores, indices, size++, score, index);
            else siftDown(scores, indices, size, score, index);
            if (size == places) threshold = load<f32>(scores);
          }
          thresholds = f32x4.splat(threshold);
        }
        store<u32>(sizes + local, size);
      }
    }
  }
  for (let query = first; query < end; query++) {
    const scores = task.outScores + ((<usize>query * places) << 2);
    const indices = task.outIndices + ((<usize>query * places) << 2);
    const size = load<u32>(sizes + ((<usize>(query - first)) << 2));
    // the worst goes behind the shrinking heap each time: what remains is best first
    for (let left = size; left > 1; left--) {
      const at = (<usize>(left - 1)) << 2;
      const score = load<f32>(scores + at);
      const index = load<u32>(indices + at);
      store<f32>(scores + at, load<f32>(scores));
      store<u32>(indices + at, load<u32>(indices));
      siftDown(scores, indices, left - 1, score, index);
    }
    for (let place = size; place < places; place++) {
      store<f32>(scores + ((<usize>place) << 2), -Infinity);
      store<u32>(indices + ((<usize>place) << 2), 0xffffffff);
    }
  }
}
