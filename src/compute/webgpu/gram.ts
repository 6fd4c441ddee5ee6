import { type BufferSet, bind, dispatch, type GpuContext } from './context.ts';

const LANES = 64;
/** Rows one slice sums before the slices are added up, and the most slices there are. */
const ROWS_PER_SLICE = 256;
const MAX_SLICES = 128;

/**
 * A 4 × 4 tile of FᵀF over one slice of rows by each lane. Lanes beside each other read groups beside each other, and
 * no lane waits for another: without workgroup memory the first fit on the software adapter started 1.2 s earlier.
 * Bindings: params (rows, rows per slice, groups), factors, partial Gram matrices.
 */
const tileWgsl = /* wgsl */ `
@group(0) @binding(0) var<uniform> params: vec4u;
@group(0) @binding(1) var<storage, read> factors: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> slices: array<vec4f>;

@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let groups = params.z;
  let tile = group.x * ${LANES}u + lane;
  if (tile >= groups * groups) { return; }
  let row = tile / groups;
  let column = tile % groups;
  let begin = group.y * params.y;
  let end = min(begin + params.y, params.x);
  var sums = mat4x4f();
  for (var line = begin; line < end; line++) {
    let p = factors[line * groups + row];
    let q = factors[line * groups + column];
    sums[0] += p.x * q;
    sums[1] += p.y * q;
    sums[2] += p.z * q;
    sums[3] += p.w * q;
  }
  let out = (group.y * groups + row) * 4u * groups + column;
  for (var at = 0u; at < 4u; at++) { slices[out + at * groups] = sums[at]; }
}
`;

/** The slices added up in order. Bindings: params (slices, cells / 4), slices, Gram matrix. */
const sumWgsl = /* wgsl */ `
@group(0) @binding(0) var<uniform> params: vec4u;
@group(0) @binding(1) var<storage, read> slices: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> gram: array<vec4f>;

@compute @workgroup_size(${LANES})
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.y) { return; }
  var sum = vec4f(0.0);
  for (var slice = 0u; slice < params.x; slice++) { sum += slices[slice * params.y + id.x]; }
  gram[id.x] = sum;
}
`;

/** FᵀF of padded factors: (4·groups)², row-major, zeros where the padding is. */
export interface Gram {
  readonly buffer: GPUBuffer;
  readonly cells: number;
  record(encoder: GPUCommandEncoder): void;
}

export function compileGram(context: GpuContext): Promise<[GPUComputePipeline, GPUComputePipeline]> {
  return Promise.all([context.pipeline('gram tiles', tileWgsl), context.pipeline('gram sum', sumWgsl)]);
}

export function createGram(
  context: GpuContext,
  buffers: BufferSet,
  [tiles, sum]: readonly [GPUComputePipeline, GPUComputePipeline],
  factors: GPUBuffer,
  rows: number,
  groups: number,
): Gram {
  const cells = 16 * groups * groups;
  const slices = Math.min(MAX_SLICES, Math.max(1, Math.ceil(rows / ROWS_PER_SLICE)));
  const sliceBuffer = buffers.storage('gram slices', slices * cells * 4);
  const buffer = buffers.storage('gram', cells * 4);
  const tileParams = buffers.uniform('gram params', [rows, Math.ceil(rows / slices), groups, 0]);
  const sumParams = buffers.uniform('gram sum params', [slices, cells / 4, 0, 0]);
  const tileGroup = bind(context.gpu, tiles, [tileParams, factors, sliceBuffer]);
  const sumGroup = bind(context.gpu, sum, [sumParams, sliceBuffer, buffer]);
  return {
    buffer,
    cells,
    record(encoder) {
      dispatch(encoder, tiles, tileGroup, [Math.ceil((groups * groups) / LANES), slices]);
      dispatch(encoder, sum, sumGroup, [Math.ceil(cells / 4 / LANES), 1]);
    },
  };
}
