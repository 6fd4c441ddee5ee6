import { type BufferSet, bind, dispatch, type GpuContext, spread } from './context.ts';

const LANES = 64;
/** The largest number of 16 bits. */
const LARGEST_HALF = 65_504;

/**
 * Four factors of 32 bits as four of 16 (IEEE 754 binary16), which every device can read with `unpack2x16float`.
 * Bindings: params (vectors, workgroups across), factors, halves.
 */
const packWgsl = /* wgsl */ `
@group(0) @binding(0) var<uniform> params: vec4u;
@group(0) @binding(1) var<storage, read> factors: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> halves: array<vec2u>;

@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let at = (group.x + group.y * params.y) * ${LANES}u + lane;
  if (at >= params.x) { return; }
  let v = clamp(factors[at], vec4f(-${LARGEST_HALF}.0), vec4f(${LARGEST_HALF}.0));
  halves[at] = vec2u(pack2x16float(v.xy), pack2x16float(v.zw));
}
`;

/** The factors of a side as the rows of the other side read them: rating after rating, each time a whole row. */
export interface Gathered {
  readonly buffer: GPUBuffer;
  /** To be recorded whenever the factors have changed; does nothing where they are read themselves. */
  record(encoder: GPUCommandEncoder): void;
}

/** null where the factors are read as they are. */
export function compilePacking(context: GpuContext): Promise<GPUComputePipeline> | null {
  return context.halfReads ? context.pipeline('halves', packWgsl) : null;
}

/** Without `packing` the factors themselves, else a copy of their `vectors` groups of four in 16 bits. */
export function createGathered(
  context: GpuContext,
  buffers: BufferSet,
  packing: GPUComputePipeline | null,
  factors: GPUBuffer,
  vectors: number,
): Gathered {
  if (!packing) return { buffer: factors, record: () => undefined };
  const size = spread(Math.ceil(vectors / LANES));
  const buffer = buffers.storage('halves', vectors * 8);
  const params = buffers.uniform('halves params', [vectors, size[0], 0, 0]);
  const group = bind(context.gpu, packing, [params, factors, buffer]);
  const record = (encoder: GPUCommandEncoder) => dispatch(encoder, packing, group, size);
  const encoder = context.gpu.createCommandEncoder({ label: 'halves' });
  record(encoder);
  context.gpu.queue.submit([encoder.finish()]);
  return { buffer, record };
}
