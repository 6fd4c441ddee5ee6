import {
  type Autoencoder,
  type AutoencoderProblem,
  type AutoencoderWeights,
  adamScales,
  batchOrder,
  checkAutoencoder,
} from '../autoencoder.ts';
import { type AutoencoderBatch, planAutoencoder, rowsByItem } from '../autoencoder-plan.ts';
import { biasWgsl, encodeWgsl, errorsWgsl, hiddenWgsl, LANES, slopesWgsl, usersWgsl } from './autoencoder.wgsl.ts';
import { type AutoencoderPart, cutBatches, uploadPart } from './autoencoder-parts.ts';
import { BufferSet, bind, dispatch, type GpuContext, spread } from './context.ts';
import { addUp, compileReduction, createReduction } from './reduce.ts';

/** Encoder, decoder and hidden bias one behind the other. */
function joined(...parts: readonly AutoencoderWeights[]): Float32Array<ArrayBuffer> {
  const arrays = parts.flatMap(({ encoder, decoder, hiddenBias }) => [encoder, decoder, hiddenBias]);
  const all = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}

/** (b, first, second, 0) of every customer. */
function biasTable({ weights, first, second }: AutoencoderProblem['initial']): Float32Array<ArrayBuffer> {
  const table = new Float32Array(weights.userBias.length * 4);
  weights.userBias.forEach((bias, user) => {
    table.set([bias, first.userBias[user], second.userBias[user]], 4 * user);
  });
  return table;
}

/**
 * The autoencoder on WebGPU with everything on the GPU: only the loss comes back each epoch. Takes 28 bytes a rating
 * and 24 a customer and hidden unit. Ratings may be more than one binding holds, those of one batch not: throws
 * `deviceOutOfMemory` where it does not fit, RangeError on wrong shapes.
 */
export async function autoencoder(context: GpuContext, problem: AutoencoderProblem): Promise<Autoencoder> {
  checkAutoencoder(problem);
  context.assertUsable();
  const { hidden, learningRate, decay, seed, initial } = problem;
  const groups = hidden / 4;
  const users = problem.byItem.columns;
  const plan = planAutoencoder(problem);
  const count = plan.values.length;
  const [encode, curved, errorsOf, slopes, step, ownStep, hiddenStep, sum] = await Promise.all([
    context.pipeline('autoencoder encode', encodeWgsl(false)),
    context.pipeline('autoencoder codes', encodeWgsl(true)),
    context.pipeline('autoencoder errors', errorsWgsl),
    context.pipeline('autoencoder slopes', slopesWgsl),
    context.pipeline('autoencoder users', usersWgsl),
    context.pipeline('autoencoder bias', biasWgsl),
    context.pipeline('autoencoder hidden', hiddenWgsl),
    compileReduction(context, true),
  ]);

  const buffers = new BufferSet(context);
  const { model, moments, bias, codes, scales, launches, losses } = await context.allocate(buffers, () => {
    const model = buffers.upload('autoencoder model', joined(initial.weights));
    const moments = buffers.upload('autoencoder moments', joined(initial.first, initial.second));
    const bias = buffers.upload('autoencoder bias', biasTable(initial));
    const mostRows = Math.min(problem.batchSize, plan.items.length);
    const codes = buffers.storage('autoencoder codes', mostRows * hidden * 4 * 2);
    const scales = buffers.uniform('autoencoder step', [], [0, 0, 0, 0]);
    const launch = (part: AutoencoderPart, { firstPlace, endPlace, firstTouched, endTouched }: AutoencoderBatch) => {
      const { pointers, entries, touched, runs, errors } = part;
      const rows = endPlace - firstPlace;
      const firstEntry = plan.pointers[firstPlace];
      const entryCount = plan.pointers[endPlace] - firstEntry;
      const touchedCount = endTouched - firstTouched;
      const batch = buffers.uniform('autoencoder batch', [
        ...[firstPlace - part.firstPlace, rows, firstEntry - part.firstEntry, entryCount],
        ...[firstTouched - part.firstTouched, touchedCount, groups, users],
      ]);
      const pass = (pipeline: GPUComputePipeline, invocations: number, bound: readonly GPUBuffer[]) => {
        const group = bind(context.gpu, pipeline, bound);
        const size = spread(Math.ceil(invocations / LANES));
        return (encoder: GPUCommandEncoder) => dispatch(encoder, pipeline, group, size);
      };
      return {
        bytes: rows * hidden * 4,
        at: firstPlace * hidden * 4,
        train: [
          pass(encode, rows * groups, [batch, pointers, entries, model, codes]),
          pass(errorsOf, entryCount, [batch, entries, model, bias, codes, errors]),
          pass(slopes, rows * groups, [batch, pointers, entries, model, errors, codes]),
          pass(step, touchedCount * groups, [batch, scales, touched, runs, entries, errors, codes, model, moments]),
          pass(ownStep, touchedCount, [batch, scales, touched, runs, errors, bias]),
          pass(hiddenStep, groups, [batch, scales, codes, model, moments]),
        ],
        finish: pass(curved, rows * groups, [batch, pointers, entries, model, codes]),
      };
    };
    const parts = cutBatches(plan, context.bindingBytes).map((range) => uploadPart(buffers, plan, problem, range));
    const launches = parts.flatMap((part) =>
      plan.batches.slice(part.firstBatch, part.endBatch).map((batch) => launch(part, batch)),
    );
    const losses = parts.map(({ errors, firstEntry, endEntry }) =>
      createReduction(context, buffers, sum, endEntry - firstEntry, errors, errors),
    );
    return { model, moments, bias, codes, scales, launches, losses };
  });
  let epoch = problem.epoch;

  return {
    async epoch() {
      buffers.assertUsable();
      let count_ = epoch * launches.length;
      for (const at of batchOrder(launches.length, seed, epoch)) {
        const { scale, correction } = adamScales(++count_, learningRate * decay ** epoch);
        context.gpu.queue.writeBuffer(scales, 0, new Float32Array([scale, correction, 0, 0]));
        const encoder = context.gpu.createCommandEncoder({ label: 'autoencoder' });
        for (const record of launches[at].train) record(encoder);
        context.gpu.queue.submit([encoder.finish()]);
      }
      epoch++;
      const encoder = context.gpu.createCommandEncoder({ label: 'loss' });
      for (const loss of losses) loss.record(encoder);
      context.gpu.queue.submit([encoder.finish()]);
      const sums = await context.read(losses.map(({ source }) => source));
      return { loss: count === 0 ? 0 : sums.reduce((total, part) => total + addUp(part), 0) / count };
    },
    async codes() {
      buffers.assertUsable();
      const bytes = plan.items.length * hidden * 4;
      const own = new BufferSet(context);
      try {
        const all = await context.allocate(own, () => own.storage('autoencoder all codes', bytes));
        for (const { finish, at, bytes: size } of launches) {
          const encoder = context.gpu.createCommandEncoder({ label: 'autoencoder codes' });
          finish(encoder);
          encoder.copyBufferToBuffer(codes, 0, all, at, size);
          context.gpu.queue.submit([encoder.finish()]);
        }
        const [values] = await context.read([{ buffer: all, bytes }]);
        return rowsByItem(plan, new Float32Array(values), hidden);
      } finally {
        own.destroy();
      }
    },
    async state() {
      buffers.assertUsable();
      const half = users * hidden;
      const whole = 2 * half + hidden;
      const [modelBytes, momentBytes, biasBytes] = await context.read([
        { buffer: model, bytes: whole * 4 },
        { buffer: moments, bytes: 2 * whole * 4 },
        { buffer: bias, bytes: users * 16 },
      ]);
      const own = new Float32Array(biasBytes);
      const part = (values: Float32Array, column: number): AutoencoderWeights => ({
        encoder: values.slice(0, half),
        decoder: values.slice(half, 2 * half),
        userBias: Float32Array.from({ length: users }, (_, user) => own[4 * user + column]),
        hiddenBias: values.slice(2 * half, whole),
      });
      const both = new Float32Array(momentBytes);
      return {
        weights: part(new Float32Array(modelBytes), 0),
        first: part(both.subarray(0, whole), 1),
        second: part(both.subarray(whole), 2),
      };
    },
    destroy: () => buffers.destroy(),
  };
}
