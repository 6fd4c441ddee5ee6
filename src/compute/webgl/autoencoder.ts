import {
  type Autoencoder,
  type AutoencoderProblem,
  type AutoencoderWeights,
  adamScales,
  batchOrder,
  checkAutoencoder,
} from '../autoencoder.ts';
import { type AutoencoderPlan, planAutoencoder, rowsByItem } from '../autoencoder-plan.ts';
import {
  biasGlsl,
  encodeGlsl,
  errorsGlsl,
  hiddenGlsl,
  LOSS_LANES,
  lossGlsl,
  slopesGlsl,
  usersGlsl,
} from './autoencoder.glsl.ts';
import type { GlContext, Target, Texture } from './context.ts';
import { addUp } from './reduce.ts';
import { allocate, type TextureSet } from './textures.ts';

/** (customer, row in the batch) and (y, x) of every entry. */
function entryTables(
  plan: AutoencoderPlan,
  { inputShift }: AutoencoderProblem,
): { entries: Uint32Array; inputs: Float32Array } {
  const entries = new Uint32Array(plan.values.length * 2);
  const inputs = new Float32Array(plan.values.length * 2);
  for (const { firstPlace, endPlace } of plan.batches) {
    for (let place = firstPlace; place < endPlace; place++) {
      for (let e = plan.pointers[place]; e < plan.pointers[place + 1]; e++) {
        entries.set([plan.users[e], place - firstPlace], 2 * e);
        inputs.set([plan.values[e], plan.inputScale[place] * (plan.values[e] + inputShift)], 2 * e);
      }
    }
  }
  return { entries, inputs };
}

/** For every batch and customer: their run (empty where they do not meet), and their share of both regularizations. */
function meetings(plan: AutoencoderPlan, { byItem, encoderReg, decoderReg }: AutoencoderProblem) {
  const users = byItem.columns;
  const ranges = new Uint32Array(plan.batches.length * users * 2);
  const shares = new Float32Array(plan.batches.length * users * 2);
  plan.batches.forEach(({ firstTouched, endTouched }, batch) => {
    for (let t = firstTouched; t < endTouched; t++) {
      const user = plan.touched[t];
      const at = 2 * (batch * users + user);
      ranges.set([plan.starts[t], plan.starts[t + 1]], at);
      shares.set([plan.share[t] * encoderReg[user], plan.share[t] * decoderReg[user]], at);
    }
  });
  return { ranges, shares };
}

function runTable({ entries, rows }: AutoencoderPlan): Uint32Array {
  const words = new Uint32Array(entries.length * 2);
  for (let at = 0; at < entries.length; at++) words.set([entries[at], rows[at]], 2 * at);
  return words;
}

/** Textures that are trained, with their twins: a draw reads one and writes the other. */
class Twins {
  readonly #textures: readonly (readonly Texture[])[];
  readonly #targets: readonly Target[];
  readonly singles: readonly Target[];
  #current = 0;

  constructor(textures: TextureSet, count: number, initial: readonly Float32Array[]) {
    const mine = initial.map((data) => textures.run('real4', count, data));
    const others = initial.map(() => textures.run('real4', count));
    this.#textures = [mine, others];
    this.#targets = [textures.target(mine), textures.target(others)];
    // for reading: one target a texture
    this.singles = this.#textures.flatMap((side) => side.map((texture) => textures.target([texture])));
  }

  get now(): readonly Texture[] {
    return this.#textures[this.#current];
  }

  get next(): Target {
    return this.#targets[1 - this.#current];
  }

  turn(): void {
    this.#current = 1 - this.#current;
  }

  /** What holds the current numbers, one target a texture. */
  get readable(): readonly Target[] {
    const width = this.now.length;
    return this.singles.slice(this.#current * width, (this.#current + 1) * width);
  }
}

/** (b, first, second, 0) of every customer. */
function biasTable({ weights, first, second }: AutoencoderProblem['initial']): Float32Array {
  const table = new Float32Array(weights.userBias.length * 4);
  weights.userBias.forEach((bias, user) => {
    table.set([bias, first.userBias[user], second.userBias[user]], 4 * user);
  });
  return table;
}

/**
 * The autoencoder in textures; only the loss comes back each epoch. Takes 28 bytes a rating, 48 a customer and hidden
 * unit (every trained number has a twin) and 16 a customer and batch. Throws RangeError on wrong shapes,
 * `deviceOutOfMemory` where it does not fit.
 */
export async function autoencoder(context: GlContext, problem: AutoencoderProblem): Promise<Autoencoder> {
  checkAutoencoder(problem);
  const { hidden: width, learningRate, decay, seed, initial } = problem;
  const groups = width / 4;
  const users = problem.byItem.columns;
  const plan = planAutoencoder(problem);
  const total = plan.values.length;
  const entriesOf = ({ firstPlace, endPlace }: (typeof plan.batches)[number]) =>
    plan.pointers[endPlace] - plan.pointers[firstPlace];
  const programs = {
    encode: context.program(encodeGlsl(false)),
    curved: context.program(encodeGlsl(true)),
    errors: context.program(errorsGlsl),
    slopes: context.program(slopesGlsl),
    encoder: context.program(usersGlsl('encoder')),
    decoder: context.program(usersGlsl('decoder')),
    bias: context.program(biasGlsl),
    hidden: context.program(hiddenGlsl),
    loss: context.program(lossGlsl),
  };

  const own = allocate(context, (textures) => {
    const tables = { ...entryTables(plan, problem), ...meetings(plan, problem) };
    const rows = Math.min(problem.batchSize, plan.items.length) * groups;
    const codes = textures.run('real4', rows);
    const slopes = textures.run('real4', rows);
    const errors = textures.run('real', Math.max(1, ...plan.batches.map(entriesOf)));
    const sums = [textures.run('real', LOSS_LANES), textures.run('real', LOSS_LANES)];
    const matrix = (name: 'encoder' | 'decoder') =>
      new Twins(textures, users * groups, [initial.weights[name], initial.first[name], initial.second[name]]);
    return {
      textures,
      pointers: textures.run('integer', plan.pointers.length, plan.pointers),
      entries: textures.run('integer2', total, tables.entries),
      inputs: textures.run('real2', total, tables.inputs),
      runs: textures.run('integer2', total, runTable(plan)),
      ranges: textures.run('integer2', plan.batches.length * users, tables.ranges),
      shares: textures.run('real2', plan.batches.length * users, tables.shares),
      codes,
      slopes,
      errors,
      sums,
      toCodes: textures.target([codes]),
      toSlopes: textures.target([slopes]),
      toErrors: textures.target([errors]),
      toSums: sums.map((texture) => textures.target([texture])),
      encoder: matrix('encoder'),
      decoder: matrix('decoder'),
      bias: new Twins(textures, users, [biasTable(initial)]),
      hidden: new Twins(textures, groups, [
        initial.weights.hiddenBias,
        initial.first.hiddenBias,
        initial.second.hiddenBias,
      ]),
    };
  });
  const { pointers, entries, inputs, runs, ranges, shares, codes, slopes, errors, sums } = own;
  let epoch = problem.epoch;
  // which of the two sums is current
  let sum = 0;

  const encode = (program: typeof programs.encode, firstPlace: number) =>
    context.draw({
      program,
      textures: { pointers, entries, inputs, encoder: own.encoder.now[0], hidden: own.hidden.now[0] },
      integers: { groups, firstPlace },
      target: own.toCodes,
    });

  const train = (batch: number, begins: boolean, step: { readonly scale: number; readonly correction: number }) => {
    const { firstPlace, endPlace } = plan.batches[batch];
    const firstEntry = plan.pointers[firstPlace];
    const count = entriesOf(plan.batches[batch]);
    const [encoder, decoder, bias] = [own.encoder.now[0], own.decoder.now[0], own.bias.now[0]];
    encode(programs.encode, firstPlace);
    context.draw({
      program: programs.errors,
      textures: { entries, inputs, encoder, decoder, bias, codes },
      integers: { groups, firstEntry, count },
      target: own.toErrors,
    });
    context.draw({
      program: programs.slopes,
      textures: { pointers, entries, inputs, encoder, decoder, codes, errors },
      integers: { groups, firstPlace, firstEntry },
      target: own.toSlopes,
    });
    for (const side of ['encoder', 'decoder'] as const) {
      const [, first, second] = own[side].now;
      const read = { ranges, shares, runs, inputs, errors, codes, encoder, decoder, first, second };
      context.draw({
        program: programs[side],
        textures: side === 'encoder' ? { ...read, slopes } : read,
        integers: { groups, users, firstRange: batch * users, firstEntry },
        reals: step,
        target: own[side].next,
      });
    }
    context.draw({
      program: programs.bias,
      textures: { ranges, runs, errors, bias },
      integers: { users, firstRange: batch * users, firstEntry },
      reals: step,
      target: own.bias.next,
    });
    const [hidden, first, second] = own.hidden.now;
    context.draw({
      program: programs.hidden,
      textures: { slopes, hidden, first, second },
      integers: { groups, rows: endPlace - firstPlace },
      reals: step,
      target: own.hidden.next,
    });
    for (const twins of [own.encoder, own.decoder, own.bias, own.hidden]) twins.turn();
    context.draw({
      program: programs.loss,
      textures: { errors, before: sums[sum] },
      integers: { count, begins: begins ? 1 : 0 },
      target: own.toSums[1 - sum],
    });
    sum = 1 - sum;
    // work goes to the GPU in short pieces: no piece trips the watchdog
    context.gl.flush();
  };

  return {
    async epoch() {
      own.textures.assertUsable();
      let step = epoch * plan.batches.length;
      batchOrder(plan.batches.length, seed, epoch).forEach((batch, at) => {
        train(batch, at === 0, adamScales(++step, learningRate * decay ** epoch));
      });
      epoch++;
      const [sums] = await context.read([own.toSums[sum]]);
      return { loss: total === 0 ? 0 : addUp(sums) / total };
    },
    async codes() {
      own.textures.assertUsable();
      const byPlace = new Float32Array(plan.items.length * width);
      for (const { firstPlace, endPlace } of plan.batches) {
        own.textures.assertUsable();
        encode(programs.curved, firstPlace);
        const [values] = await context.read([own.toCodes]);
        byPlace.set(values.subarray(0, (endPlace - firstPlace) * width), firstPlace * width);
      }
      return rowsByItem(plan, byPlace, width);
    },
    async state() {
      own.textures.assertUsable();
      const kept = [own.encoder, own.decoder, own.hidden, own.bias];
      const read = await context.read(kept.flatMap(({ readable }) => readable));
      const bias = read[9];
      const part = (at: number): AutoencoderWeights => ({
        encoder: read[at].slice(0, users * width),
        decoder: read[3 + at].slice(0, users * width),
        userBias: Float32Array.from({ length: users }, (_, user) => bias[4 * user + at]),
        hiddenBias: read[6 + at].slice(0, width),
      });
      return { weights: part(0), first: part(1), second: part(2) };
    },
    destroy: () => own.textures.destroy(),
  };
}
