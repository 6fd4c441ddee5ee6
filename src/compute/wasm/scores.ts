import { throwIfAborted } from '../../base/error.ts';
import { yieldToEvents } from '../../base/progress.ts';
import { checkTopK, rowsOf } from '../check.ts';
import { NOT_FOUND, type TopKRequest, type TopKResult } from '../device.ts';
import { ArenaPlan, floatsAt, padRows, strideOf, wordsAt } from './arena.ts';
import type { Engine } from './arena-pool.ts';
import type { KernelName } from './control.ts';
import { Workspace } from './workspace.ts';

/** Keys per panel and per tile: assembly/scores.ts. */
const PANEL_KEYS = 8;
const TILE_KEYS = 512;
/** Queries that go through a tile of keys together. */
const QUERIES_PER_CHUNK = 32;
/** Multiply–adds between two looks at the abort signal: some tens of milliseconds. */
const WORK_PER_BATCH = 2e8;
const MOST_QUERIES_PER_BATCH = 16_384;
/** Numbers of a matrix computed at a time. */
const MOST_OUTPUTS_PER_BATCH = 2 ** 23;
/** Fields of `ScoreTask` in assembly/scores.ts, 4 bytes each. */
const TASK_FIELDS = 13;
const SCRATCH_BYTES = 4 * (4 * TILE_KEYS + 2 * QUERIES_PER_CHUNK);

const roundUp = (value: number, to: number) => Math.ceil(value / to) * to;

/** Writes keys into panels of 8: panel[f][key]. The places behind the last key stay zero. */
function fillPanels(keys: Float32Array, factors: number, panels: Float32Array): void {
  const count = keys.length / factors;
  const whole = count - (count % PANEL_KEYS);
  let to = 0;
  // Eight keys side by side, so that a panel is written from its beginning to its end.
  for (let key = 0; key < whole; key += PANEL_KEYS) {
    let from = key * factors;
    for (let f = 0; f < factors; f++, from++, to += PANEL_KEYS) {
      panels[to] = keys[from];
      panels[to + 1] = keys[from + factors];
      panels[to + 2] = keys[from + 2 * factors];
      panels[to + 3] = keys[from + 3 * factors];
      panels[to + 4] = keys[from + 4 * factors];
      panels[to + 5] = keys[from + 5 * factors];
      panels[to + 6] = keys[from + 6 * factors];
      panels[to + 7] = keys[from + 7 * factors];
    }
  }
  for (let key = whole; key < count; key++) {
    for (let f = 0, at = to + key - whole; f < factors; f++, at += PANEL_KEYS) panels[at] = keys[key * factors + f];
  }
}

interface ScoreShape {
  readonly queryCount: number;
  readonly keyCount: number;
  readonly factors: number;
  /** Best few per query; 0 for the whole matrix. */
  readonly places: number;
  /** Most exclusions a batch holds; 0 for none. */
  readonly excluded: number;
  readonly batch: number;
}

/** Memory for one request: the keys in panels, and a batch of queries with its answers. */
class ScoreSpace {
  readonly workspace: Workspace;
  readonly panels: number;
  readonly bias: number;
  readonly queries: number;
  readonly pointers: number;
  readonly excluded: number;
  readonly indices: number;
  readonly scores: number;
  readonly #task: number;
  readonly #shape: ScoreShape;

  constructor(engine: Engine, shape: ScoreShape) {
    const { keyCount, factors, places, batch } = shape;
    const plan = new ArenaPlan();
    const paddedKeys = roundUp(keyCount, PANEL_KEYS);
    this.#shape = shape;
    this.panels = plan.words(paddedKeys * factors);
    this.bias = plan.words(paddedKeys);
    this.queries = plan.words(roundUp(batch, 4) * strideOf(factors));
    this.pointers = plan.words(batch + 1);
    this.excluded = plan.words(shape.excluded);
    this.indices = plan.words(batch * places);
    this.scores = plan.words(batch * (places || keyCount));
    this.#task = plan.words(TASK_FIELDS);
    this.workspace = new Workspace(engine, plan, SCRATCH_BYTES);
  }

  fillKeys(keys: Float32Array, keyBias: Float32Array | undefined): void {
    const { memory } = this.workspace;
    const { keyCount, factors } = this.#shape;
    const paddedKeys = roundUp(keyCount, PANEL_KEYS);
    fillPanels(keys, factors, floatsAt(memory, this.panels, paddedKeys * factors));
    const bias = floatsAt(memory, this.bias, paddedKeys);
    if (keyBias) bias.set(keyBias);
    bias.fill(Number.NEGATIVE_INFINITY, keyCount);
  }

  run(kernel: KernelName, queries: Float32Array): void {
    const { memory } = this.workspace;
    const { keyCount, factors, places, batch, excluded } = this.#shape;
    const stride = strideOf(factors);
    const count = queries.length / factors;
    padRows(queries, factors, floatsAt(memory, this.queries, roundUp(batch, 4) * stride), stride);
    wordsAt(memory, this.#task, TASK_FIELDS).set([
      ...[this.queries, count, factors, stride, this.panels, keyCount, this.bias, QUERIES_PER_CHUNK],
      ...[excluded ? this.pointers : 0, this.excluded, places, this.indices, this.scores],
    ]);
    const chunks = Math.ceil(count / QUERIES_PER_CHUNK);
    this.workspace.run((phase) => phase(kernel, this.#task, chunks));
  }
}

/**
 * The best `count` keys of every query: scores of 32 queries by 512 keys at a time, a heap per query
 * that only sees scores above its worst.
 */
export async function topK(engine: Engine, request: TopKRequest): Promise<TopKResult> {
  const { queryCount, keyCount } = checkTopK(request);
  const { queries, keys, factors, keyBias, exclude, count, signal } = request;
  const indices = new Uint32Array(queryCount * count).fill(NOT_FOUND);
  const scores = new Float32Array(queryCount * count).fill(Number.NEGATIVE_INFINITY);
  throwIfAborted(signal);
  const places = Math.min(count, keyCount);
  if (places === 0 || queryCount === 0) return { indices, scores };

  const affordable = roundUp(WORK_PER_BATCH / (keyCount * factors), QUERIES_PER_CHUNK);
  const batch = Math.min(queryCount, affordable, MOST_QUERIES_PER_BATCH);
  let excluded = 0;
  for (let from = 0; exclude && from < queryCount; from += batch) {
    const to = Math.min(queryCount, from + batch);
    excluded = Math.max(excluded, exclude.pointers[to] - exclude.pointers[from]);
  }
  const space = new ScoreSpace(engine, { queryCount, keyCount, factors, places, excluded, batch });
  try {
    const { memory } = space.workspace;
    space.fillKeys(keys, keyBias);
    for (let from = 0; from < queryCount; from += batch) {
      if (signal && from > 0) await yieldToEvents();
      throwIfAborted(signal);
      const size = Math.min(batch, queryCount - from);
      if (exclude && excluded > 0) {
        const start = exclude.pointers[from];
        const end = exclude.pointers[from + size];
        const pointers = wordsAt(memory, space.pointers, size + 1);
        for (let q = 0; q <= size; q++) pointers[q] = exclude.pointers[from + q] - start;
        wordsAt(memory, space.excluded, end - start).set(exclude.indices.subarray(start, end));
      }
      space.run('topRows', queries.subarray(from * factors, (from + size) * factors));
      for (let q = 0; q < size; q++) {
        indices.set(wordsAt(memory, space.indices + 4 * q * places, places), (from + q) * count);
        scores.set(floatsAt(memory, space.scores + 4 * q * places, places), (from + q) * count);
      }
    }
  } finally {
    space.workspace.destroy();
  }
  return { indices, scores };
}

/** A (m × k) times B (n × k) transposed, a batch of A's rows at a time. */
export async function dots(engine: Engine, a: Float32Array, b: Float32Array, factors: number): Promise<Float32Array> {
  const queryCount = rowsOf('a', a, factors);
  const keyCount = rowsOf('b', b, factors);
  const out = new Float32Array(queryCount * keyCount);
  if (out.length === 0) return out;
  const batch = Math.min(queryCount, roundUp(MOST_OUTPUTS_PER_BATCH / keyCount, QUERIES_PER_CHUNK));
  const space = new ScoreSpace(engine, { queryCount, keyCount, factors, places: 0, excluded: 0, batch });
  try {
    space.fillKeys(b, undefined);
    for (let from = 0; from < queryCount; from += batch) {
      const size = Math.min(batch, queryCount - from);
      space.run('dotRows', a.subarray(from * factors, (from + size) * factors));
      out.set(floatsAt(space.workspace.memory, space.scores, size * keyCount), from * keyCount);
    }
  } finally {
    space.workspace.destroy();
  }
  return out;
}
