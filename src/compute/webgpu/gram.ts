import { type BufferSet, bind, dispatch, type GpuContext } from './context.ts';

/** Each workgroup of 8 × 8 lanes makes a TILE × TILE block, each lane 4 × 4 cells of it, TILE rows at a time. */
const TILE = 32;
const SIDE = 8;
/** Rows one slice sums before the slices are added up, and the most slices there are. */
const ROWS_PER_SLICE = 512;
const MAX_SLICES = 64;

/**
 * A tile of FᵀF over one slice of rows. Lanes read neighbouring coordinates of a row (coalesced) into workgroup memory
 * and multiply from there. Bindings: params (rows, rows per slice, coordinates), factors, partial Gram matrices.
 */
const tileWgsl = /* wgsl */ `
@group(0) @binding(0) var<uniform> params: vec4u;
@group(0) @binding(1) var<storage, read> factors: array<f32>;
@group(0) @binding(2) var<storage, read_write> slices: array<f32>;

var<workgroup> left: array<array<f32, ${TILE}>, ${TILE}>;
var<workgroup> right: array<array<f32, ${TILE}>, ${TILE}>;

@compute @workgroup_size(${SIDE}, ${SIDE})
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) lane: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let begin = group.z * params.y;
  let end = min(begin + params.y, params.x);
  var sums: array<vec4f, 4>;
  for (var start = begin; start < end; start += ${TILE}u) {
    for (var cell = index; cell < ${TILE * TILE}u; cell += ${SIDE * SIDE}u) {
      let line = cell / ${TILE}u;
      let f = cell % ${TILE}u;
      let source = (start + line) * params.z;
      let row = group.y * ${TILE}u + f;
      let column = group.x * ${TILE}u + f;
      let inside = start + line < end;
      left[line][f] = select(0.0, factors[source + row], inside && row < params.z);
      right[line][f] = select(0.0, factors[source + column], inside && column < params.z);
    }
    workgroupBarrier();
    for (var line = 0u; line < ${TILE}u; line++) {
      let q = vec4f(
        right[line][lane.x],
        right[line][lane.x + ${SIDE}u],
        right[line][lane.x + ${2 * SIDE}u],
        right[line][lane.x + ${3 * SIDE}u],
      );
      for (var r = 0u; r < 4u; r++) { sums[r] += left[line][lane.y + ${SIDE}u * r] * q; }
    }
    workgroupBarrier();
  }
  for (var r = 0u; r < 4u; r++) {
    let row = group.y * ${TILE}u + lane.y + ${SIDE}u * r;
    for (var c = 0u; c < 4u; c++) {
      let column = group.x * ${TILE}u + lane.x + ${SIDE}u * c;
      if (row < params.z && column < params.z) {
        slices[(group.z * params.z + row) * params.z + column] = sums[r][c];
      }
    }
  }
}
`;

/** The slices added up in order. Bindings: params (slices, cells), slices, Gram matrix. */
const sumWgsl = /* wgsl */ `
@group(0) @binding(0) var<uniform> params: vec4u;
@group(0) @binding(1) var<storage, read> slices: array<f32>;
@group(0) @binding(2) var<storage, read_write> gram: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.y) { return; }
  var sum = 0.0;
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
  const coordinates = groups * 4;
  const cells = coordinates * coordinates;
  const slices = Math.min(MAX_SLICES, Math.max(1, Math.ceil(rows / ROWS_PER_SLICE)));
  const sliceBuffer = buffers.storage('gram slices', slices * cells * 4);
  const buffer = buffers.storage('gram', cells * 4);
  const tileParams = buffers.uniform('gram params', [rows, Math.ceil(rows / slices), coordinates, 0]);
  const sumParams = buffers.uniform('gram sum params', [slices, cells, 0, 0]);
  const tileGroup = bind(context.gpu, tiles, [tileParams, factors, sliceBuffer]);
  const sumGroup = bind(context.gpu, sum, [sumParams, sliceBuffer, buffer]);
  const across = Math.ceil(coordinates / TILE);
  return {
    buffer,
    cells,
    record(encoder) {
      dispatch(encoder, tiles, tileGroup, [across, across, slices]);
      dispatch(encoder, sum, sumGroup, [Math.ceil(cells / 64), 1]);
    },
  };
}
