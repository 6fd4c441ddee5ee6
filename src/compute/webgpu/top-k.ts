import { throwIfAborted } from '../../base/error.ts';
import { checkTopK } from '../check.ts';
import { NOT_FOUND, type TopKRequest, type TopKResult } from '../device.ts';
import { GROUP, groupsOf, padRows } from '../gpu-layout.ts';
import { BufferSet, bind, dispatch, type GpuContext, spread } from './context.ts';
import { compileMatmul, recordMatmul, rowsPerBlock } from './matmul.ts';

/** Candidates left after the first look at all lanes' best. */
const FINALISTS = 8;
/** Most queries in one block: the abort signal is looked at between blocks. */
const QUERIES_PER_BLOCK = 4096;

/**
 * The `count` best of each query's scores, a workgroup per query. Every lane keeps the best of its own keys
 * (lane, lane + lanes, …); the best of all lanes is taken `count` times, and only the lane that lost its best looks
 * through its keys again: n + count·n/lanes reads in all. Ties go to the lower index. Scores are overwritten.
 * Bindings: params (queries, keys, count, across), scores, excluded from/to by query, excluded keys, indices, best.
 */
const wgsl = (lanes: number) => /* wgsl */ `
const LOWEST = -3.4028234e38;
const NOBODY = 0xffffffffu;

@group(0) @binding(0) var<uniform> params: vec4u;
@group(0) @binding(1) var<storage, read_write> scores: array<f32>;
@group(0) @binding(2) var<storage, read> pointers: array<u32>;
@group(0) @binding(3) var<storage, read> excluded: array<u32>;
@group(0) @binding(4) var<storage, read_write> indices: array<u32>;
@group(0) @binding(5) var<storage, read_write> best: array<f32>;

struct Candidate { index: u32, score: f32 }

var<workgroup> candidates: array<Candidate, ${lanes}>;
var<workgroup> finalists: array<Candidate, ${FINALISTS}>;

fn better(a: Candidate, b: Candidate) -> Candidate {
  if (b.score > a.score || (b.score == a.score && b.index < a.index)) { return b; }
  return a;
}

// The best key of one lane; in ascending order, so a tie keeps the lower index.
fn bestOf(base: u32, lane: u32) -> Candidate {
  var found = Candidate(NOBODY, LOWEST);
  for (var key = lane; key < params.y; key += ${lanes}u) {
    let score = scores[base + key];
    if (score > found.score) { found = Candidate(key, score); }
  }
  return found;
}

@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let query = group.x + group.y * params.w;
  if (query >= params.x) { return; }
  let base = query * params.y;
  for (var at = pointers[query] + lane; at < pointers[query + 1u]; at += ${lanes}u) {
    scores[base + excluded[at]] = LOWEST;
  }
  storageBarrier();

  var mine = bestOf(base, lane);
  for (var place = 0u; place < params.z; place++) {
    candidates[lane] = mine;
    workgroupBarrier();
    if (lane < ${FINALISTS}u) {
      var found = candidates[lane];
      for (var at = lane + ${FINALISTS}u; at < ${lanes}u; at += ${FINALISTS}u) {
        found = better(found, candidates[at]);
      }
      finalists[lane] = found;
    }
    workgroupBarrier();
    var winner = finalists[0];
    for (var at = 1u; at < ${FINALISTS}u; at++) { winner = better(winner, finalists[at]); }
    if (lane == 0u) {
      indices[query * params.z + place] = winner.index;
      best[query * params.z + place] = winner.score;
    }
    if (winner.index != NOBODY && mine.index == winner.index) {
      scores[base + winner.index] = LOWEST;
      mine = bestOf(base, lane);
    }
  }
}
`;

/** The best keys of every query (device.ts): scores and selection on the GPU, only the answers come back. */
export async function topK(context: GpuContext, request: TopKRequest): Promise<TopKResult> {
  const { queryCount, keyCount } = checkTopK(request);
  const { queries, keys, factors, keyBias, exclude, count, signal } = request;
  throwIfAborted(signal);
  context.assertUsable();
  const indices = new Uint32Array(queryCount * count).fill(NOT_FOUND);
  const scores = new Float32Array(queryCount * count).fill(Number.NEGATIVE_INFINITY);
  // beyond the number of keys there is nothing to find
  const wanted = Math.min(count, keyCount);
  if (queryCount === 0 || wanted === 0) return { indices, scores };

  const groups = groupsOf(factors);
  const [matmul, select] = await Promise.all([
    compileMatmul(context, keyBias !== undefined),
    context.pipeline('top-k', wgsl(context.workgroups.selection)),
  ]);
  const block = Math.min(queryCount, QUERIES_PER_BLOCK, rowsPerBlock(context, keyCount));
  const buffers = new BufferSet(context);
  try {
    const shared = await context.allocate(buffers, () => ({
      queries: buffers.storage('queries', block * groups * 16),
      keys: buffers.upload('keys', padRows(keys, factors)),
      bias: keyBias ? buffers.upload('key bias', keyBias.slice()) : null,
      scores: buffers.storage('scores', block * keyCount * 4),
      indices: buffers.storage('best keys', block * wanted * 4),
      best: buffers.storage('best scores', block * wanted * 4),
      pointers: buffers.storage('excluded pointers', (block + 1) * 4),
      size: buffers.uniform('scores params', [0, 0, 0, 0]),
      params: buffers.uniform('top-k params', [0, 0, 0, 0]),
    }));
    for (let from = 0; from < queryCount; from += block) {
      throwIfAborted(signal);
      const to = Math.min(queryCount, from + block);
      const queue = context.gpu.queue;
      const across = spread(to - from);
      const excluded = excludedOf(exclude, from, to);
      const perBlock = new BufferSet(context);
      try {
        const excludedKeys = await context.allocate(perBlock, () => perBlock.upload('excluded', excluded.keys));
        queue.writeBuffer(shared.queries, 0, padRows(queries, factors, null, from, to));
        queue.writeBuffer(shared.pointers, 0, excluded.pointers);
        queue.writeBuffer(shared.size, 0, new Uint32Array([to - from, keyCount, groups * GROUP, 0]));
        queue.writeBuffer(shared.params, 0, new Uint32Array([to - from, keyCount, wanted, across[0]]));
        const encoder = context.gpu.createCommandEncoder({ label: 'top-k' });
        const scored = [shared.size, shared.queries, shared.keys, shared.scores];
        if (shared.bias) scored.push(shared.bias);
        recordMatmul(context, encoder, matmul, scored, to - from, keyCount);
        const chosen = [shared.params, shared.scores, shared.pointers, excludedKeys, shared.indices, shared.best];
        dispatch(encoder, select, bind(context.gpu, select, chosen), across);
        queue.submit([encoder.finish()]);
        const bytes = (to - from) * wanted * 4;
        const [foundIndices, foundScores] = await context.read([
          { buffer: shared.indices, bytes },
          { buffer: shared.best, bytes },
        ]);
        const blockIndices = new Uint32Array(foundIndices);
        const blockScores = new Float32Array(foundScores);
        for (let at = 0; at < blockIndices.length; at++) {
          if (blockIndices[at] === NOT_FOUND) continue;
          const target = (from + Math.floor(at / wanted)) * count + (at % wanted);
          indices[target] = blockIndices[at];
          scores[target] = blockScores[at];
        }
      } finally {
        perBlock.destroy();
      }
    }
  } finally {
    buffers.destroy();
  }
  return { indices, scores };
}

/** The excluded keys of queries from…to−1 with pointers that start at 0. */
function excludedOf(
  exclude: TopKRequest['exclude'],
  from: number,
  to: number,
): { pointers: Uint32Array<ArrayBuffer>; keys: Uint32Array<ArrayBuffer> } {
  const pointers = new Uint32Array(to - from + 1);
  if (!exclude) return { pointers, keys: new Uint32Array(0) };
  const first = exclude.pointers[from];
  for (let q = from; q <= to; q++) pointers[q - from] = exclude.pointers[q] - first;
  return { pointers, keys: exclude.indices.slice(first, exclude.pointers[to]) };
}
