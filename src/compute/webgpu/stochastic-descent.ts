import { checkStochastic } from '../check.ts';
import type { StochasticDescent, StochasticProblem } from '../device.ts';
import { groupsOf } from '../gpu-layout.ts';
import { ENTRY_WORDS, type Stratification, stratify } from '../stratify.ts';
import { createBiased } from './biased-model.ts';
import { BufferSet, bind, dispatch, type GpuContext } from './context.ts';
import { addUp } from './reduce.ts';
import { blockStepsWgsl } from './stochastic.wgsl.ts';
import { recut, SweepTimer } from './sweep-timer.ts';
import { stepLanes } from './workgroups.ts';

const ENTRY_BYTES = 4 * ENTRY_WORDS;
/** Ratings written to the GPU at once (12 MB). */
const ENTRIES_PER_WRITE = 1 << 20;

/** Ratings of every block of one diagonal that go to the GPU as one dispatch. */
interface Launch {
  readonly diagonal: number;
  /** Ratings of every block that other launches have done before, and how many this one does. */
  readonly skip: number;
  readonly count: number;
}

/**
 * Stratified stochastic gradient descent (device.ts) with everything on the GPU: a workgroup for each block of a
 * diagonal, diagonals one after the other, in several dispatches where blocks are long. Throws RangeError on wrong
 * shapes, `deviceOutOfMemory` where the problem does not fit.
 */
export async function stochasticDescent(context: GpuContext, problem: StochasticProblem): Promise<StochasticDescent> {
  checkStochastic(problem);
  context.assertUsable();
  const { byUser, mean, factors, grid, step, decay, factorReg, biasReg, seed } = problem;
  const entryCount = byUser.indices.length;
  const way = stepLanes(groupsOf(factors), context);
  const pipeline = await context.pipeline('steps of a block', blockStepsWgsl(way));
  const order = stratify(byUser, grid, seed);
  const longest = Array.from({ length: grid }, (_, diagonal) => longestBlock(order, grid, diagonal));

  const buffers = new BufferSet(context);
  const { model, losses, rates, launches, timer } = await context.allocate(buffers, () => {
    const model = createBiased(buffers, problem);
    const { user, item, groups } = model;
    const parts = uploadEntries(buffers, order, entryCount, grid);
    const blocks = buffers.upload('blocks', order.blocks.slice());
    const losses = buffers.storage('block losses', grid * grid * 4);
    const rates = buffers.uniform('rate', [], [0, 0, 0, 0]);
    const prepare = ({ diagonal, skip, count }: Launch, set: BufferSet) => {
      const { buffer, begin } = parts[diagonal];
      const params = set.uniform('steps params', [diagonal * grid, begin, skip, count, groups], [mean]);
      const bound = [params, rates, blocks, buffer, user.factors, item.factors, user.bias, item.bias, losses];
      return { count, group: bind(context.gpu, pipeline, bound) };
    };
    const launches = recut(buffers, context.stepPace, (most, set) =>
      longest.flatMap((ratings, diagonal) =>
        Array.from({ length: Math.ceil(ratings / most) }, (_, chunk) => {
          const skip = chunk * most;
          return prepare({ diagonal, skip, count: Math.min(most, ratings - skip) }, set);
        }),
      ),
    );
    return { model, losses, rates, launches, timer: new SweepTimer(buffers, context.stepPace) };
  });
  let epoch = problem.epoch;

  return {
    ...model.answers,
    async sweep() {
      buffers.assertUsable();
      const { queue } = context.gpu;
      queue.writeBuffer(rates, 0, Float32Array.of(step * decay ** epoch++, factorReg, biasReg, 0));
      timer.begin();
      const clearing = context.gpu.createCommandEncoder({ label: 'block losses' });
      clearing.clearBuffer(losses);
      queue.submit([clearing.finish()]);
      for (const { group, count } of launches()) {
        const encoder = context.gpu.createCommandEncoder({ label: 'diagonal' });
        dispatch(encoder, pipeline, group, [grid, 1], timer.pass(count));
        queue.submit([encoder.finish()]);
      }
      const encoder = context.gpu.createCommandEncoder({ label: 'timestamps' });
      timer.record(encoder);
      queue.submit([encoder.finish()]);
      const source = { buffer: losses, bytes: grid * grid * 4 };
      const [sums, stamps] = await context.read(timer.source ? [source, timer.source] : [source]);
      timer.end(stamps);
      return { loss: entryCount === 0 ? 0 : addUp(sums) / entryCount };
    },
  };
}

function longestBlock({ blocks }: Stratification, grid: number, diagonal: number): number {
  let longest = 0;
  for (let block = diagonal * grid; block < (diagonal + 1) * grid; block++) {
    longest = Math.max(longest, blocks[block + 1] - blocks[block]);
  }
  return longest;
}

/**
 * The ratings in the order of their updates, with rows in the place of labels. As many diagonals lie in one buffer as
 * fit one binding; `begin` is the first rating of the buffer that holds a diagonal.
 */
function uploadEntries(buffers: BufferSet, order: Stratification, count: number, grid: number) {
  const { context } = buffers;
  const words = new Uint32Array(ENTRY_WORDS * count);
  order.write(words);
  const [userOf, itemOf] = [rowsByLabel(order.userLabels), rowsByLabel(order.itemLabels)];
  for (let at = 0; at < words.length; at += ENTRY_WORDS) {
    words[at] = userOf[words[at]];
    words[at + 1] = itemOf[words[at + 1]];
  }
  const most = Math.floor(context.bindingBytes / ENTRY_BYTES);
  const parts: { buffer: GPUBuffer; begin: number }[] = [];
  for (let diagonal = 0; diagonal < grid; ) {
    const begin = order.blocks[diagonal * grid];
    let next = diagonal + 1;
    while (next < grid && order.blocks[(next + 1) * grid] - begin <= most) next++;
    const end = order.blocks[next * grid];
    // a diagonal that alone is larger than a binding is refused there
    const buffer = buffers.storage('ratings by block', (end - begin) * ENTRY_BYTES);
    for (let at = begin; at < end; at += ENTRIES_PER_WRITE) {
      const length = Math.min(ENTRIES_PER_WRITE, end - at);
      const offset = (at - begin) * ENTRY_BYTES;
      context.gpu.queue.writeBuffer(buffer, offset, words, at * ENTRY_WORDS, length * ENTRY_WORDS);
    }
    for (; diagonal < next; diagonal++) parts.push({ buffer, begin });
  }
  return parts;
}

/** The row that has each label. */
function rowsByLabel(labels: Uint32Array): Uint32Array {
  const rows = new Uint32Array(labels.length);
  for (let row = 0; row < labels.length; row++) rows[labels[row]] = row;
  return rows;
}
