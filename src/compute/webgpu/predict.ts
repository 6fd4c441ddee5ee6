import { BufferSet, bind, dispatch, spread } from './context.ts';

const LANES = 64;
/** Pairs sent to the GPU at once (8 MB). */
const PAIRS_PER_SUBMIT = 1 << 20;

/** Users or things of r̂ = μ + b_u + b_i + p_u·q_i, on the GPU. */
export interface BiasedSide {
  /** Rows of `groups` vectors of four. */
  readonly factors: GPUBuffer;
  readonly bias: GPUBuffer;
  readonly rows: number;
}

/** r̂ of one pair per lane. Bindings: params, pairs, user rows, item rows, predictions, user biases, item biases. */
const wgsl = /* wgsl */ `
struct Params { count: u32, across: u32, groups: u32, mean: f32 }

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> pairs: array<vec2u>;
@group(0) @binding(2) var<storage, read> users: array<vec4f>;
@group(0) @binding(3) var<storage, read> items: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> predictions: array<f32>;
@group(0) @binding(5) var<storage, read> userBias: array<f32>;
@group(0) @binding(6) var<storage, read> itemBias: array<f32>;

@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let at = (group.x + group.y * params.across) * ${LANES}u + lane;
  if (at >= params.count) { return; }
  let pair = pairs[at];
  let user = pair.x * params.groups;
  let item = pair.y * params.groups;
  var prediction = params.mean + userBias[pair.x] + itemBias[pair.y];
  for (var v = 0u; v < params.groups; v++) { prediction += dot(users[user + v], items[item + v]); }
  predictions[at] = prediction;
}
`;

/** r̂ for pairs of a session's model (users[p], items[p]), a sampled dense·dense product. */
export async function predictPairs(
  session: BufferSet,
  { user, item }: { readonly user: BiasedSide; readonly item: BiasedSide },
  { mean, groups }: { readonly mean: number; readonly groups: number },
  users: Uint32Array,
  items: Uint32Array,
): Promise<Float32Array> {
  session.assertUsable();
  const { context } = session;
  const pipeline = await context.pipeline('predict', wgsl);
  const predictions = new Float32Array(users.length);
  for (let from = 0; from < users.length; from += PAIRS_PER_SUBMIT) {
    // the session may have been ended since the last part
    session.assertUsable();
    const count = Math.min(PAIRS_PER_SUBMIT, users.length - from);
    const pairs = new Uint32Array(count * 2);
    for (let p = 0; p < count; p++) {
      pairs[2 * p] = users[from + p];
      pairs[2 * p + 1] = items[from + p];
    }
    const buffers = new BufferSet(context);
    try {
      const out = await context.allocate(buffers, () => {
        const size = spread(Math.ceil(count / LANES));
        const result = buffers.storage('predictions', count * 4);
        const group = bind(context.gpu, pipeline, [
          buffers.uniform('predict params', [count, size[0], groups], [mean]),
          buffers.upload('pairs', pairs),
          user.factors,
          item.factors,
          result,
          user.bias,
          item.bias,
        ]);
        const encoder = context.gpu.createCommandEncoder({ label: 'predict' });
        dispatch(encoder, pipeline, group, size);
        context.gpu.queue.submit([encoder.finish()]);
        return result;
      });
      const [values] = await context.read([{ buffer: out, bytes: count * 4 }]);
      predictions.set(new Float32Array(values), from);
    } finally {
      buffers.destroy();
    }
  }
  return predictions;
}
