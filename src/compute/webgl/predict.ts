import { GROUP } from '../gpu-layout.ts';
import type { GlContext, Texture } from './context.ts';
import { allocate, type TextureSet } from './textures.ts';

/** Pairs sent to the GPU at once (8 MB). */
const PAIRS_PER_DRAW = 1 << 20;

/** r̂ of four pairs per fragment; coordinate 0 of a row is its bias. */
const glsl = `
uniform usampler2D pairs;
uniform sampler2DArray users;
uniform sampler2DArray items;
uniform int groups;
uniform float mean;
out vec4 predictions;
void main() {
  int first = self() * 4;
  // outputs may only be indexed by constants
  vec4 four;
  for (int c = 0; c < 4; c++) {
    ivec2 pair = ivec2(texelFetch(pairs, place(first + c), 0).xy);
    ivec2 userPlace = place(pair.x);
    ivec2 itemPlace = place(pair.y);
    vec4 user = texelFetch(users, ivec3(userPlace, 0), 0);
    vec4 item = texelFetch(items, ivec3(itemPlace, 0), 0);
    float sum = mean + user.x + item.x + dot(user.yzw, item.yzw);
    for (int v = 1; v < groups; v++) {
      sum += dot(texelFetch(users, ivec3(userPlace, v), 0), texelFetch(items, ivec3(itemPlace, v), 0));
    }
    four[c] = sum;
  }
  predictions = four;
}
`;

/** r̂ for pairs (users[p], items[p]), a sampled dense·dense product. */
export async function predictPairs(
  context: GlContext,
  model: { readonly session: TextureSet; readonly users: Texture; readonly items: Texture },
  mean: number,
  users: Uint32Array,
  items: Uint32Array,
): Promise<Float32Array> {
  model.session.assertUsable();
  const predictions = new Float32Array(users.length);
  const program = context.program(glsl);
  for (let from = 0; from < users.length; from += PAIRS_PER_DRAW) {
    // the session may have been ended since the last part
    model.session.assertUsable();
    const count = Math.min(PAIRS_PER_DRAW, users.length - from);
    const pairs = new Uint32Array(count * 2);
    for (let p = 0; p < count; p++) {
      pairs[2 * p] = users[from + p];
      pairs[2 * p + 1] = items[from + p];
    }
    const { target, destroy } = allocate(context, (textures) => {
      const uploaded = textures.run('integer2', Math.ceil(count / GROUP) * GROUP, pairs);
      const target = textures.target([textures.run('real4', Math.ceil(count / GROUP))]);
      context.draw({
        program,
        textures: { pairs: uploaded, users: model.users, items: model.items },
        integers: { groups: model.users.layers },
        reals: { mean },
        target,
      });
      return { target, destroy: () => textures.destroy() };
    });
    try {
      const [values] = await context.read([target]);
      predictions.set(values.subarray(0, count), from);
    } finally {
      destroy();
    }
  }
  return predictions;
}
