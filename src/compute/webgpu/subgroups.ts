import { BufferSet, bind, dispatch, type GpuContext } from './context.ts';

const LANES = 64;

/**
 * Every lane asks the lane `distance` away (exclusive or) for its number, for distances 1, 2, 4 … size / 2.
 * Bindings: params (distances), answers: LANES for each distance.
 */
const wgsl = /* wgsl */ `
enable subgroups;
@group(0) @binding(0) var<uniform> params: vec4u;
@group(0) @binding(1) var<storage, read_write> answers: array<u32>;

@compute @workgroup_size(${LANES})
fn main(@builtin(local_invocation_index) index: u32) {
  for (var at = 0u; at < params.x; at++) {
    answers[at * ${LANES}u + index] = subgroupShuffleXor(index, 1u << at);
  }
}
`;

/**
 * Lanes beside each other that can be relied on to be in one subgroup, a power of two; 0 where there are none. No
 * standard says that lanes are put into subgroups in the order of their numbers, so the device is asked.
 */
export async function subgroupSize(context: GpuContext, smallest: number): Promise<number> {
  const distances = Math.floor(Math.log2(Math.min(LANES, smallest)));
  if (!context.gpu.features.has('subgroups') || !(distances > 0)) return 0;
  const pipeline = await context.pipeline('subgroups', wgsl);
  const buffers = new BufferSet(context);
  try {
    const bytes = distances * LANES * 4;
    const answers = await context.allocate(buffers, () => buffers.storage('answers', bytes));
    const group = bind(context.gpu, pipeline, [buffers.uniform('distances', [distances, 0, 0, 0]), answers]);
    const encoder = context.gpu.createCommandEncoder();
    dispatch(encoder, pipeline, group, [1, 1]);
    context.gpu.queue.submit([encoder.finish()]);
    const [read] = await context.read([{ buffer: answers, bytes }]);
    const asExpected = new Uint32Array(read).every(
      (answer, at) => answer === ((at % LANES) ^ (1 << Math.floor(at / LANES))),
    );
    return asExpected ? 2 ** distances : 0;
  } finally {
    buffers.destroy();
  }
}
