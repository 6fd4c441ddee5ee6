import { type BufferSet, bind, dispatch, type GpuContext } from './context.ts';

const LANES = 256;
/** Numbers a lane adds up before another workgroup is worth it, and the most workgroups there are. */
const PER_LANE = 64;
const MOST_WORKGROUPS = 64;

/**
 * Σ a_i·b_i (or Σ a_i) of two buffers in an order that depends on their length alone; each lane's reads stand next to
 * its neighbours'. Every lane leaves its number for the CPU to add up in 64 bits.
 */
const wgsl = (product: boolean) => /* wgsl */ `
@group(0) @binding(0) var<uniform> size: vec4u;      // numbers, lanes
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read_write> sums: array<f32>;
${product ? '@group(0) @binding(3) var<storage, read> b: array<f32>;' : ''}

@compute @workgroup_size(${LANES})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let lane = id.x;
  var sum = 0.0;
  for (var at = lane; at < size.x; at += size.y) { sum += a[at]${product ? ' * b[at]' : ''}; }
  sums[lane] = sum;
}
`;

/** A sum over a buffer (or over the product of two), recorded with `record` and read with `read`. */
export interface Reduction {
  readonly source: { readonly buffer: GPUBuffer; readonly bytes: number };
  record(encoder: GPUCommandEncoder): void;
}

export function compileReduction(context: GpuContext, product: boolean): Promise<GPUComputePipeline> {
  return context.pipeline(product ? 'sum of products' : 'sum', wgsl(product));
}

/** Prepares the sum of the first `count` numbers of `a` (times those of `b`). */
export function createReduction(
  context: GpuContext,
  buffers: BufferSet,
  pipeline: GPUComputePipeline,
  count: number,
  a: GPUBuffer,
  b?: GPUBuffer,
): Reduction {
  const workgroups = Math.min(MOST_WORKGROUPS, Math.max(1, Math.ceil(count / (LANES * PER_LANE))));
  const lanes = LANES * workgroups;
  const sums = buffers.storage('sums', lanes * 4);
  const size = buffers.uniform('sum size', [count, lanes, 0, 0]);
  const group = bind(context.gpu, pipeline, b ? [size, a, sums, b] : [size, a, sums]);
  return {
    source: { buffer: sums, bytes: lanes * 4 },
    record: (encoder) => dispatch(encoder, pipeline, group, [workgroups, 1]),
  };
}

/** The last step of a reduction, in 64 bits. */
export function addUp(sums: ArrayBuffer): number {
  let total = 0;
  for (const sum of new Float32Array(sums)) total += sum;
  return total;
}
