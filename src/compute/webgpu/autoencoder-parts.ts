import type { AutoencoderProblem } from '../autoencoder.ts';
import type { AutoencoderPlan } from '../autoencoder-plan.ts';
import type { BufferSet } from './context.ts';

/** 4-byte words of an entry, and of the same entry listed by customer: tables of autoencoder.wgsl.ts. */
const ENTRY_WORDS = 4;
const RUN_WORDS = 2;
/** 4-byte words of a touched customer: customer, begin, end, share · encoderReg, share · decoderReg. */
export const TOUCHED_WORDS = 5;
/** Bytes of the widest table for a rating: at worst every one touches a customer of its own. */
const WIDEST_BYTES = 4 * Math.max(ENTRY_WORDS, TOUCHED_WORDS);

/** Batches whose ratings lie in buffers of their own: half-open ranges. Numbers in the buffers count from its begin. */
interface Range {
  readonly firstBatch: number;
  readonly endBatch: number;
  readonly firstPlace: number;
  readonly endPlace: number;
  readonly firstEntry: number;
  readonly endEntry: number;
  readonly firstTouched: number;
  readonly endTouched: number;
}

export interface AutoencoderPart extends Range {
  readonly pointers: GPUBuffer;
  readonly entries: GPUBuffer;
  readonly touched: GPUBuffer;
  readonly runs: GPUBuffer;
  readonly errors: GPUBuffer;
}

/** As many batches in each as have their ratings in one binding, at least one. */
export function cutBatches({ batches, pointers }: AutoencoderPlan, bindingBytes: number): Range[] {
  const most = Math.floor(bindingBytes / WIDEST_BYTES);
  const ranges: Range[] = [];
  for (let firstBatch = 0, endBatch = 0; firstBatch < batches.length; firstBatch = endBatch) {
    const { firstPlace, firstTouched } = batches[firstBatch];
    const firstEntry = pointers[firstPlace];
    do endBatch++;
    while (endBatch < batches.length && pointers[batches[endBatch].endPlace] - firstEntry <= most);
    const { endPlace, endTouched } = batches[endBatch - 1];
    const endEntry = pointers[endPlace];
    ranges.push({ firstBatch, endBatch, firstPlace, endPlace, firstEntry, endEntry, firstTouched, endTouched });
  }
  return ranges;
}

/** Uploads a part. Call inside `GpuContext.allocate`; throws `deviceOutOfMemory` where one batch alone does not fit. */
export function uploadPart(
  buffers: BufferSet,
  plan: AutoencoderPlan,
  problem: AutoencoderProblem,
  range: Range,
): AutoencoderPart {
  const { firstPlace, endPlace, firstEntry, endEntry } = range;
  const pointers = plan.pointers.slice(firstPlace, endPlace + 1).map((entry) => entry - firstEntry);
  return {
    ...range,
    pointers: buffers.upload('autoencoder pointers', pointers),
    entries: buffers.upload('autoencoder entries', entryTable(plan, problem, range)),
    touched: buffers.upload('autoencoder touched', touchedTable(plan, problem, range)),
    runs: buffers.upload('autoencoder runs', runTable(plan, range)),
    errors: buffers.storage('autoencoder errors', (endEntry - firstEntry) * 4),
  };
}

/** (customer, row in the batch, y, x) of every entry. */
function entryTable(
  plan: AutoencoderPlan,
  { inputShift }: AutoencoderProblem,
  { firstBatch, endBatch, firstEntry, endEntry }: Range,
): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array((endEntry - firstEntry) * ENTRY_WORDS);
  const reals = new Float32Array(words.buffer);
  for (const { firstPlace, endPlace } of plan.batches.slice(firstBatch, endBatch)) {
    for (let place = firstPlace; place < endPlace; place++) {
      for (let e = plan.pointers[place]; e < plan.pointers[place + 1]; e++) {
        const at = (e - firstEntry) * ENTRY_WORDS;
        words[at] = plan.users[e];
        words[at + 1] = place - firstPlace;
        reals[at + 2] = plan.values[e];
        reals[at + 3] = plan.inputScale[place] * (plan.values[e] + inputShift);
      }
    }
  }
  return words;
}

function touchedTable(
  plan: AutoencoderPlan,
  { encoderReg, decoderReg }: AutoencoderProblem,
  { firstTouched, endTouched, firstEntry }: Range,
): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array((endTouched - firstTouched) * TOUCHED_WORDS);
  const reals = new Float32Array(words.buffer);
  for (let t = firstTouched; t < endTouched; t++) {
    const at = (t - firstTouched) * TOUCHED_WORDS;
    const user = plan.touched[t];
    words.set([user, plan.starts[t] - firstEntry, plan.starts[t + 1] - firstEntry], at);
    reals.set([plan.share[t] * encoderReg[user], plan.share[t] * decoderReg[user]], at + 3);
  }
  return words;
}

/** (entry, row in the batch), by customer. */
function runTable(plan: AutoencoderPlan, { firstEntry, endEntry }: Range): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array((endEntry - firstEntry) * RUN_WORDS);
  for (let position = firstEntry; position < endEntry; position++) {
    const at = (position - firstEntry) * RUN_WORDS;
    words[at] = plan.entries[position] - firstEntry;
    words[at + 1] = plan.rows[position];
  }
  return words;
}
