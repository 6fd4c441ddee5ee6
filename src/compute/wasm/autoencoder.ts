import { yieldToEvents } from '../../base/progress.ts';
import {
  type Autoencoder,
  type AutoencoderProblem,
  type AutoencoderWeights,
  adamScales,
  batchOrder,
  checkAutoencoder,
  WEIGHT_NAMES,
} from '../autoencoder.ts';
import { type AutoencoderBatch, type AutoencoderPlan, planAutoencoder, rowsByItem } from '../autoencoder-plan.ts';
import { ArenaPlan, doublesAt, floatsAt, wordsAt } from './arena.ts';
import type { Engine } from './arena-pool.ts';
import { Workspace } from './workspace.ts';

/** A pass is cut into at most this many chunks, none cheaper than the other number (in ratings). */
const MOST_CHUNKS = 48;
const LEAST_COST = 64;
/** What a thing and a customer's step cost besides their ratings, in ratings. */
const ITEM_COST = 2;
const STEP_COST = 4;
/** The thread looks at its events this often: questions are answered while it trains. */
const TURN_MS = 40;
/** Fields of `AutoencoderTask` in assembly/autoencoder.ts, 4 bytes each. */
const FIELDS = [
  ...['pointers', 'users', 'values', 'inputScale', 'touched', 'share', 'starts', 'entries', 'rows', 'errors'],
  ...['codes', 'slopes', 'encoder', 'decoder', 'userBias', 'hiddenBias', 'encoderReg', 'decoderReg', 'moments'],
  ...['hidden', 'scale', 'correction', 'chunks', 'partials', 'firstPlace', 'endPlace', 'inputShift'],
] as const;
type Field = (typeof FIELDS)[number];

/** Ranges [from, to) of about equal cost, the dearest first (a long one must not come last). */
function cut(first: number, end: number, cost: (at: number) => number): number[] {
  let total = 0;
  for (let at = first; at < end; at++) total += cost(at);
  const target = Math.max(LEAST_COST, total / MOST_CHUNKS);
  const chunks: { from: number; to: number; cost: number }[] = [];
  for (let from = first; from < end; ) {
    let to = from;
    let sum = 0;
    while (to < end && sum < target) sum += cost(to++);
    chunks.push({ from, to, cost: sum });
    from = to;
  }
  chunks.sort((a, b) => b.cost - a.cost || a.from - b.from);
  return chunks.flatMap(({ from, to }) => [from, to]);
}

interface Chunks {
  readonly items: Uint32Array;
  readonly users: Uint32Array;
}

function chunksOf(plan: AutoencoderPlan, batch: AutoencoderBatch): Chunks {
  const { pointers, starts } = plan;
  const items = cut(batch.firstPlace, batch.endPlace, (p) => ITEM_COST + pointers[p + 1] - pointers[p]);
  const users = cut(batch.firstTouched, batch.endTouched, (t) => STEP_COST + starts[t + 1] - starts[t]);
  // the empty one is the hidden bias
  return { items: Uint32Array.from(items), users: Uint32Array.from([...users, 0, 0]) };
}

/**
 * The autoencoder in WebAssembly. Takes 20 bytes a rating, 24 bytes a customer and hidden unit (two matrices
 * and their moments) and 8 a thing of a batch and hidden unit. A customer's numbers are written by one chunk
 * alone, so the result does not depend on threads.
 */
export function autoencoder(engine: Engine, problem: AutoencoderProblem): Autoencoder {
  checkAutoencoder(problem);
  const { hidden, learningRate, decay, seed, initial } = problem;
  const users = problem.byItem.columns;
  const plan = planAutoencoder(problem);
  const chunks = plan.batches.map((batch) => chunksOf(plan, batch));
  const mostRows = Math.min(problem.batchSize, plan.items.length);
  const mostChunks = chunks.reduce((most, { items, users: own }) => Math.max(most, items.length, own.length), 2);

  const arena = new ArenaPlan();
  const place = (array: ArrayLike<number>) => arena.words(array.length);
  const lists = {
    pointers: place(plan.pointers),
    users: place(plan.users),
    values: place(plan.values),
    inputScale: place(plan.inputScale),
    touched: place(plan.touched),
    share: place(plan.share),
    starts: place(plan.starts),
    entries: place(plan.entries),
    rows: place(plan.rows),
    encoderReg: place(problem.encoderReg),
    decoderReg: place(problem.decoderReg),
  };
  const errors = arena.words(plan.values.length);
  const codes = arena.words(mostRows * hidden);
  const slopes = arena.words(mostRows * hidden);
  const placeWeights = () => ({
    encoder: arena.words(users * hidden),
    decoder: arena.words(users * hidden),
    userBias: arena.words(users),
    hiddenBias: arena.words(hidden),
  });
  const parts = { weights: placeWeights(), first: placeWeights(), second: placeWeights() };
  const chunkList = arena.words(mostChunks);
  const partials = arena.doubles(mostChunks / 2);
  const task = arena.words(FIELDS.length);
  const workspace = new Workspace(engine, arena, 8 * hidden);

  const { memory } = workspace;
  for (const name of ['pointers', 'users', 'touched', 'starts', 'entries', 'rows'] as const) {
    wordsAt(memory, lists[name], plan[name].length).set(plan[name]);
  }
  for (const name of ['values', 'inputScale', 'share'] as const) {
    floatsAt(memory, lists[name], plan[name].length).set(plan[name]);
  }
  for (const name of ['encoderReg', 'decoderReg'] as const) floatsAt(memory, lists[name], users).set(problem[name]);
  for (const part of ['weights', 'first', 'second'] as const) {
    for (const name of WEIGHT_NAMES) {
      floatsAt(memory, parts[part][name], initial[part][name].length).set(initial[part][name]);
    }
  }
  const write = (fields: Partial<Record<Field, number>>, reals: Partial<Record<Field, number>> = {}) => {
    const words = wordsAt(workspace.memory, task, FIELDS.length);
    const floats = floatsAt(workspace.memory, task, FIELDS.length);
    FIELDS.forEach((field, at) => {
      if (fields[field] !== undefined) words[at] = fields[field];
      if (reals[field] !== undefined) floats[at] = reals[field];
    });
  };
  const moments = parts.first.encoder - parts.weights.encoder;
  write(
    { ...lists, ...parts.weights, errors, codes, slopes, moments, hidden, chunks: chunkList, partials },
    { inputShift: problem.inputShift },
  );

  const run = (kernel: 'autoencoderItems' | 'autoencoderUsers' | 'autoencoderCodes', ranges: Uint32Array) => {
    wordsAt(workspace.memory, chunkList, ranges.length).set(ranges);
    workspace.run((phase) => phase(kernel, task, ranges.length / 2));
  };
  const entries = plan.values.length;
  let epoch = problem.epoch;

  return {
    async epoch() {
      let squares = 0;
      let step = epoch * plan.batches.length;
      let turn = performance.now();
      for (const at of batchOrder(plan.batches.length, seed, epoch)) {
        const { firstPlace, endPlace } = plan.batches[at];
        const { items, users: own } = chunks[at];
        write({ firstPlace, endPlace }, adamScales(++step, learningRate * decay ** epoch));
        run('autoencoderItems', items);
        for (const partial of doublesAt(workspace.memory, partials, items.length / 2)) squares += partial;
        run('autoencoderUsers', own);
        if (performance.now() - turn < TURN_MS) continue;
        await yieldToEvents();
        turn = performance.now();
      }
      epoch++;
      return { loss: entries === 0 ? 0 : squares / entries };
    },
    async codes() {
      const byPlace = new Float32Array(plan.items.length * hidden);
      plan.batches.forEach(({ firstPlace, endPlace }, at) => {
        write({ firstPlace, endPlace });
        run('autoencoderCodes', chunks[at].items);
        byPlace.set(floatsAt(workspace.memory, codes, (endPlace - firstPlace) * hidden), firstPlace * hidden);
      });
      return rowsByItem(plan, byPlace, hidden);
    },
    async state() {
      const copy = (part: keyof typeof parts): AutoencoderWeights => {
        const of = (name: keyof AutoencoderWeights) =>
          floatsAt(workspace.memory, parts[part][name], initial[part][name].length).slice();
        return {
          encoder: of('encoder'),
          decoder: of('decoder'),
          userBias: of('userBias'),
          hiddenBias: of('hiddenBias'),
        };
      };
      return { weights: copy('weights'), first: copy('first'), second: copy('second') };
    },
    destroy: () => workspace.destroy(),
  };
}
