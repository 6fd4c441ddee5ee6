import { rowsOf } from '../check.ts';
import { GROUP, groupsOf, padRows } from '../gpu-layout.ts';
import { BufferSet, bind, dispatch, type GpuContext } from './context.ts';

/** Each workgroup makes a TILE × TILE block of the result, each lane a 4 × 4 block of it, DEPTH coordinates at a time. */
const TILE = 64;
const DEPTH = 16;
/** Largest result made at once (16 MB): bounds memory and the time of one submit. */
const CELLS_PER_SUBMIT = 1 << 22;

/**
 * A·Bᵀ (+ a bias per row of B), m × n. Both inputs are padded rows of 4·groups coordinates. Every cell sums its
 * coordinates in the same order, so equal rows give equal bits. Bindings: params (m, n, coordinates), A, B, result, bias.
 */
const wgsl = (withBias: boolean) => /* wgsl */ `
@group(0) @binding(0) var<uniform> params: vec4u;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;
${withBias ? '@group(0) @binding(4) var<storage, read> bias: array<f32>;' : ''}

var<workgroup> left: array<array<f32, ${TILE}>, ${DEPTH}>;
var<workgroup> right: array<array<f32, ${TILE}>, ${DEPTH}>;

@compute @workgroup_size(16, 16)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) lane: vec3u,
) {
  let firstRow = group.y * ${TILE}u;
  let firstColumn = group.x * ${TILE}u;
  var sums: array<vec4f, 4>;
  for (var start = 0u; start < params.z; start += ${DEPTH}u) {
    // neighbouring lanes read neighbouring coordinates of a row
    let f = start + lane.x;
    for (var part = 0u; part < ${TILE}u; part += 16u) {
      let line = part + lane.y;
      let row = firstRow + line;
      let column = firstColumn + line;
      left[lane.x][line] = select(0.0, a[row * params.z + f], f < params.z && row < params.x);
      right[lane.x][line] = select(0.0, b[column * params.z + f], f < params.z && column < params.y);
    }
    workgroupBarrier();
    for (var d = 0u; d < ${DEPTH}u; d++) {
      let q = vec4f(
        right[d][lane.x], right[d][lane.x + 16u], right[d][lane.x + 32u], right[d][lane.x + 48u],
      );
      for (var r = 0u; r < 4u; r++) { sums[r] += left[d][lane.y + 16u * r] * q; }
    }
    workgroupBarrier();
  }
  for (var r = 0u; r < 4u; r++) {
    let row = firstRow + lane.y + 16u * r;
    for (var c = 0u; c < 4u; c++) {
      let column = firstColumn + lane.x + 16u * c;
      if (row < params.x && column < params.y) {
        result[row * params.y + column] = sums[r][c]${withBias ? ' + bias[column]' : ''};
      }
    }
  }
}
`;

export function compileMatmul(context: GpuContext, withBias: boolean): Promise<GPUComputePipeline> {
  return context.pipeline(withBias ? 'scores' : 'dots', wgsl(withBias));
}

/** Records result = A·Bᵀ (+ bias); `params` holds (m, n, coordinates, 0) and may be smaller than the buffers. */
export function recordMatmul(
  context: GpuContext,
  encoder: GPUCommandEncoder,
  pipeline: GPUComputePipeline,
  bound: readonly GPUBuffer[],
  m: number,
  n: number,
): void {
  dispatch(encoder, pipeline, bind(context.gpu, pipeline, bound), [Math.ceil(n / TILE), Math.ceil(m / TILE)]);
}

/** How many rows of a result with `columns` columns are made at once. */
export function rowsPerBlock(context: GpuContext, columns: number): number {
  const { maxStorageBufferBindingSize, maxBufferSize } = context.gpu.limits;
  const cells = Math.min(CELLS_PER_SUBMIT, Math.floor(Math.min(maxStorageBufferBindingSize, maxBufferSize) / 4));
  return Math.max(1, Math.floor(cells / Math.max(1, columns)));
}

/** A (m × k) times B (n × k) transposed, block by block of rows. */
export async function dots(
  context: GpuContext,
  a: Float32Array,
  b: Float32Array,
  factors: number,
): Promise<Float32Array> {
  const m = rowsOf('a', a, factors);
  const n = rowsOf('b', b, factors);
  context.assertUsable();
  const out = new Float32Array(m * n);
  if (out.length === 0) return out;
  const groups = groupsOf(factors);
  const pipeline = await compileMatmul(context, false);
  const block = Math.min(m, rowsPerBlock(context, n));
  const buffers = new BufferSet(context);
  try {
    const { left, right, result, params } = await context.allocate(buffers, () => ({
      left: buffers.storage('dots a', block * groups * 16),
      right: buffers.upload('dots b', padRows(b, factors)),
      result: buffers.storage('dots result', block * n * 4),
      params: buffers.uniform('dots params', [0, 0, 0, 0]),
    }));
    for (let from = 0; from < m; from += block) {
      const to = Math.min(m, from + block);
      context.gpu.queue.writeBuffer(left, 0, padRows(a, factors, null, from, to));
      context.gpu.queue.writeBuffer(params, 0, new Uint32Array([to - from, n, groups * GROUP, 0]));
      const encoder = context.gpu.createCommandEncoder({ label: 'dots' });
      recordMatmul(context, encoder, pipeline, [params, left, right, result], to - from, n);
      context.gpu.queue.submit([encoder.finish()]);
      const [values] = await context.read([{ buffer: result, bytes: (to - from) * n * 4 }]);
      out.set(new Float32Array(values), from * n);
    }
  } finally {
    buffers.destroy();
  }
  return out;
}
