import type { SampledDescent } from '../device.ts';
import { GROUP } from '../gpu-layout.ts';
import { type BufferSet, bind, dispatch, type GpuContext } from './context.ts';
import type { BiasedSide } from './predict.ts';

const LANES = 64;
/** Rows a lane adds up in 32 bits, and the most runs of rows there are: what comes back stays small. */
const ROWS_PER_RUN = 128;
const MOST_RUNS = 512;

/**
 * Σ x and Σ x² of one group of columns over a run of rows by each lane; the group behind the last is the bias.
 * Bindings: params (rows, rows per run, groups, runs), factors, bias, sums: two vectors for each run and group.
 */
const wgsl = /* wgsl */ `
@group(0) @binding(0) var<uniform> params: vec4u;
@group(0) @binding(1) var<storage, read> factors: array<vec4f>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> sums: array<vec4f>;

@compute @workgroup_size(${LANES})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let run = id.x / (params.z + 1u);
  let v = id.x % (params.z + 1u);
  if (run >= params.w) { return; }
  var plain = vec4f(0.0);
  var squared = vec4f(0.0);
  for (var row = run * params.y; row < min(params.x, (run + 1u) * params.y); row++) {
    var x = vec4f(0.0);
    if (v < params.z) { x = factors[row * params.z + v]; } else { x.x = bias[row]; }
    plain += x;
    squared += x * x;
  }
  sums[2u * id.x] = plain;
  sums[2u * id.x + 1u] = squared;
}
`;

export function compileMoments(context: GpuContext): Promise<GPUComputePipeline> {
  return context.pipeline('moments', wgsl);
}

/** Prepares Σ x and Σ (x − x̄)² of every column of a side: runs are added up here, in 64 bits. */
export function createMoments(
  context: GpuContext,
  buffers: BufferSet,
  pipeline: GPUComputePipeline,
  { factors, bias, rows }: BiasedSide,
  groups: number,
): (k: number) => ReturnType<SampledDescent['moments']> {
  const runs = Math.min(MOST_RUNS, Math.max(1, Math.ceil(rows / ROWS_PER_RUN)));
  const lanes = runs * (groups + 1);
  const sums = buffers.storage('moments', lanes * 2 * GROUP * 4);
  const params = buffers.uniform('moments params', [rows, Math.ceil(rows / runs), groups, runs]);
  const group = bind(context.gpu, pipeline, [params, factors, bias, sums]);
  return async (k) => {
    const encoder = context.gpu.createCommandEncoder({ label: 'moments' });
    dispatch(encoder, pipeline, group, [Math.ceil(lanes / LANES), 1]);
    context.gpu.queue.submit([encoder.finish()]);
    const [read] = await context.read([{ buffer: sums, bytes: lanes * 2 * GROUP * 4 }]);
    const found = new Float32Array(read);
    const moments = { sums: new Float64Array(k + 1), squares: new Float64Array(k + 1) };
    for (let column = 0; column <= k; column++) {
      const factor = column - 1;
      const [v, part] = column === 0 ? [groups, 0] : [Math.floor(factor / GROUP), factor % GROUP];
      for (let run = 0; run < runs; run++) {
        const at = (run * (groups + 1) + v) * 2 * GROUP + part;
        moments.sums[column] += found[at];
        moments.squares[column] += found[at + GROUP];
      }
      if (rows > 0) {
        moments.squares[column] = Math.max(0, moments.squares[column] - moments.sums[column] ** 2 / rows);
      }
    }
    return moments;
  };
}
