import { rowsOf } from '../check.ts';
import { GROUP, groupsOf, padRows } from '../gpu-layout.ts';
import type { GlContext, Target, Texture } from './context.ts';
import { allocate, type TextureSet } from './textures.ts';

/** Largest block of scores drawn and read at once (16 MB): bounds memory and the time of one draw. */
const CELLS_PER_DRAW = 1 << 22;

/** Four scores per fragment: query · key + bias for four keys in a row. */
const glsl = `
uniform sampler2D queries;
uniform sampler2D keys;
uniform sampler2D bias;
uniform int groups;
uniform int keyGroups;           // keys / 4, rounded up
uniform int keyCount;
uniform int queryCount;
out vec4 scores;
void main() {
  int at = self();
  int query = at / keyGroups;
  int first = (at - query * keyGroups) * 4;
  scores = vec4(0.0);
  if (query >= queryCount) return;
  // outputs may only be indexed by constants
  vec4 four = vec4(0.0);
  for (int v = 0; v < groups; v++) {
    vec4 p = texelFetch(queries, place(query * groups + v), 0);
    for (int c = 0; c < 4; c++) {
      if (first + c < keyCount) four[c] += dot(p, texelFetch(keys, place((first + c) * groups + v), 0));
    }
  }
  for (int c = 0; c < 4; c++) {
    if (first + c < keyCount) four[c] += texelFetch(bias, place(first + c), 0).x;
  }
  scores = four;
}
`;

/** Scores of blocks of queries against all keys. */
export interface Scorer {
  /** How many queries go into a block. */
  readonly block: number;
  /** Numbers from one query to the next in what `score` gives. */
  readonly stride: number;
  /** Scores of queries from…to−1; row q − from starts at (q − from) · stride and holds one number per key. */
  score(from: number, to: number): Promise<Float32Array<ArrayBuffer>>;
  destroy(): void;
}

/** Uploads the keys; queries follow block by block. Neither side may be empty. */
export function createScorer(
  context: GlContext,
  queries: Float32Array,
  keys: Float32Array,
  factors: number,
  keyBias: Float32Array | null,
): Scorer {
  const queryCount = rowsOf('queries', queries, factors);
  const keyCount = rowsOf('keys', keys, factors);
  const groups = groupsOf(factors);
  const keyGroups = Math.ceil(keyCount / GROUP);
  const stride = keyGroups * GROUP;
  const block = Math.min(queryCount, Math.max(1, Math.floor(CELLS_PER_DRAW / stride)));
  const program = context.program(glsl);
  const { textures, uploaded, keyTexture, bias, target } = allocate(context, build);

  function build(set: TextureSet): {
    textures: TextureSet;
    uploaded: Texture;
    keyTexture: Texture;
    bias: Texture;
    target: Target;
  } {
    return {
      textures: set,
      uploaded: set.run('real4', block * groups),
      keyTexture: set.run('real4', keyCount * groups, padRows(keys, factors)),
      bias: set.run('real', keyCount, keyBias ?? undefined),
      target: set.target([set.run('real4', block * keyGroups)]),
    };
  }

  return {
    block,
    stride,
    async score(from, to) {
      context.assertUsable();
      textures.write(uploaded, 'real4', padRows(queries, factors, null, from, to));
      context.draw({
        program,
        textures: { queries: uploaded, keys: keyTexture, bias },
        integers: { groups, keyGroups, keyCount, queryCount: to - from },
        target,
      });
      const [scores] = await context.read([target]);
      return scores;
    },
    destroy: () => textures.destroy(),
  };
}

/** A (m × k) times B (n × k) transposed, block by block of rows. */
export async function dots(
  context: GlContext,
  a: Float32Array,
  b: Float32Array,
  factors: number,
): Promise<Float32Array> {
  const m = rowsOf('a', a, factors);
  const n = rowsOf('b', b, factors);
  context.assertUsable();
  const out = new Float32Array(m * n);
  if (out.length === 0) return out;
  const scorer = createScorer(context, a, b, factors, null);
  try {
    for (let from = 0; from < m; from += scorer.block) {
      const to = Math.min(m, from + scorer.block);
      const scores = await scorer.score(from, to);
      for (let row = from; row < to; row++) {
        const at = (row - from) * scorer.stride;
        out.set(scores.subarray(at, at + n), row * n);
      }
    }
  } finally {
    scorer.destroy();
  }
  return out;
}
