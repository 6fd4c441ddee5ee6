/** The two passes of an autoencoder's batch (formulas: ../../autoencoder.ts), and its codes. */
import { madd, nmadd, sumLanes } from './simd';

/** `../autoencoder.ts` writes the fields in this order, 4 bytes each. */
@unmanaged
class AutoencoderTask {
  /** by place */
  pointers: usize;
  users: usize;
  values: usize;
  inputScale: usize;
  /** by (batch, customer) */
  touched: usize;
  share: usize;
  starts: usize;
  entries: usize;
  rows: usize;
  /** e of every entry */
  errors: usize;
  /** z and its summed slopes, a row for every thing of a batch */
  codes: usize;
  slopes: usize;
  /** weights, then first and second moments at the same distance each */
  encoder: usize;
  decoder: usize;
  userBias: usize;
  hiddenBias: usize;
  encoderReg: usize;
  decoderReg: usize;
  /** bytes from a number to its first moment, from there to its second */
  moments: usize;
  hidden: u32;
  /** Adam */
  scale: f32;
  correction: f32;
  /** first and last (exclusive) place or touched of every chunk */
  chunks: usize;
  /** f64 per chunk: Σ e² */
  partials: usize;
  firstPlace: u32;
  endPlace: u32;
  inputShift: f32;
}

const BETA1: f32 = 0.9;
const BETA2: f32 = 0.999;
const EPSILON: f32 = 1e-8;

const LOG2E: f32 = 1.4426950408889634;
/** e^−z is kept within what a float can hold; σ is 0 or 1 to its last bit long before. */
const STEEPEST: f32 = 120;

/** 1.5 · 2²³: a float this large has no places behind the point, so adding it rounds, and its low bits are the whole number. */
const ROUNDING: f32 = 12582912;

/**
 * 1 / (1 + e^−z), four at a time. 2^t = 2^n · 2^f with n whole and |f| ≤ ½; 2^f by its Taylor series to the
 * fifth power (σ is then right to 6e−7), 2^n by adding n to the exponent.
 */
@inline
function sigmoid(z: v128): v128 {
  const t = f32x4.pmax(
    f32x4.pmin(f32x4.mul(z, f32x4.splat(-LOG2E)), f32x4.splat(STEEPEST)),
    f32x4.splat(-STEEPEST),
  );
  const rounded = f32x4.add(t, f32x4.splat(ROUNDING));
  const f = f32x4.sub(t, f32x4.sub(rounded, f32x4.splat(ROUNDING)));
  let power = madd(f32x4.splat(1.3333558146428443e-3), f, f32x4.splat(9.6181291076284772e-3));
  power = madd(power, f, f32x4.splat(5.5504108664821580e-2));
  power = madd(power, f, f32x4.splat(2.4022650695910071e-1));
  power = madd(power, f, f32x4.splat(6.9314718055994531e-1));
  power = madd(power, f, f32x4.splat(1));
  power = i32x4.add(power, i32x4.shl(rounded, 23));
  return f32x4.div(f32x4.splat(1), f32x4.add(power, f32x4.splat(1)));
}

/** z of the thing at `place` into `to`: two ratings at a time, so that z is fetched half as often. */
@inline
function encode(task: AutoencoderTask, place: usize, to: usize): void {
  const bytes = (<usize>task.hidden) << 2;
  memory.copy(to, task.hiddenBias, bytes);
  const start = <usize>load<u32>(task.pointers + (place << 2)) << 2;
  const end = <usize>load<u32>(task.pointers + (place << 2), 4) << 2;
  const inputScale = load<f32>(task.inputScale + (place << 2));
  let at = start;
  for (; at + 4 < end; at += 8) {
    const a = task.encoder + <usize>load<u32>(task.users + at) * bytes;
    const b = task.encoder + <usize>load<u32>(task.users + at, 4) * bytes;
    const xa = f32x4.splat(inputScale * (load<f32>(task.values + at) + task.inputShift));
    const xb = f32x4.splat(inputScale * (load<f32>(task.values + at, 4) + task.inputShift));
    for (let f: usize = 0; f < bytes; f += 16) {
      const sum = madd(xa, v128.load(a + f), v128.load(to + f));
      v128.store(to + f, madd(xb, v128.load(b + f), sum));
    }
  }
  if (at < end) {
    const a = task.encoder + <usize>load<u32>(task.users + at) * bytes;
    const xa = f32x4.splat(inputScale * (load<f32>(task.values + at) + task.inputShift));
    for (let f: usize = 0; f < bytes; f += 16) v128.store(to + f, madd(xa, v128.load(a + f), v128.load(to + f)));
  }
}

/** Forward and back over a chunk of a batch's things: z, every e, and the slopes summed for each thing. */
export function autoencoderItems(taskAt: usize, chunk: u32, scratch: usize): void {
  const task = changetype<AutoencoderTask>(taskAt);
  const bytes = (<usize>task.hidden) << 2;
  const range = task.chunks + ((<usize>chunk) << 3);
  const last = <usize>load<u32>(range, 4);
  const ones = f32x4.splat(1);
  let squares: f64 = 0;
  for (let place = <usize>load<u32>(range); place < last; place++) {
    const row = place - <usize>task.firstPlace;
    const z = task.codes + row * bytes;
    const slopes = task.slopes + row * bytes;
    encode(task, place, z);
    memory.fill(slopes, 0, bytes);
    const end = <usize>load<u32>(task.pointers + (place << 2), 4) << 2;
    const inputScale = load<f32>(task.inputScale + (place << 2));
    for (let at = <usize>load<u32>(task.pointers + (place << 2)) << 2; at < end; at += 4) {
      const user = <usize>load<u32>(task.users + at);
      const v = task.encoder + user * bytes;
      const w = task.decoder + user * bytes;
      const value = load<f32>(task.values + at);
      const x = f32x4.splat(inputScale * (value + task.inputShift));
      let guess = f32x4.splat(0);
      for (let f: usize = 0; f < bytes; f += 16) {
        const h = sigmoid(nmadd(x, v128.load(v + f), v128.load(z + f)));
        const wh = f32x4.mul(v128.load(w + f), h);
        guess = f32x4.add(guess, wh);
        v128.store(scratch + f, f32x4.mul(wh, f32x4.sub(ones, h)));
      }
      const error = <f32>(sumLanes(guess) + <f64>load<f32>(task.userBias + (user << 2)) - <f64>value);
      store<f32>(task.errors + at, error);
      squares += <f64>error * <f64>error;
      const errors = f32x4.splat(error);
      for (let f: usize = 0; f < bytes; f += 16) {
        v128.store(slopes + f, madd(errors, v128.load(scratch + f), v128.load(slopes + f)));
      }
    }
  }
  store<f64>(task.partials + ((<usize>chunk) << 3), squares);
}

/** One step of Adam on four numbers. */
@inline
function step(at: usize, gradient: v128, moments: usize, scale: v128, correction: v128): void {
  const first = madd(gradient, f32x4.splat(1 - BETA1), f32x4.mul(v128.load(at + moments), f32x4.splat(BETA1)));
  const squared = f32x4.mul(gradient, gradient);
  const second = madd(squared, f32x4.splat(1 - BETA2), f32x4.mul(v128.load(at + 2 * moments), f32x4.splat(BETA2)));
  v128.store(at + moments, first);
  v128.store(at + 2 * moments, second);
  const width = f32x4.add(f32x4.sqrt(f32x4.mul(second, correction)), f32x4.splat(EPSILON));
  v128.store(at, f32x4.sub(v128.load(at), f32x4.div(f32x4.mul(first, scale), width)));
}

/** The same on one number. */
@inline
function stepOne(at: usize, gradient: f32, moments: usize, scale: f32, correction: f32): void {
  const first = BETA1 * load<f32>(at + moments) + (1 - BETA1) * gradient;
  const second = BETA2 * load<f32>(at + 2 * moments) + (1 - BETA2) * gradient * gradient;
  store<f32>(at + moments, first);
  store<f32>(at + 2 * moments, second);
  store<f32>(at, load<f32>(at) - (scale * first) / (sqrt<f32>(second * correction) + EPSILON));
}

/**
 * The gradient of each touched customer of a chunk, and their step. The last chunk is the hidden bias,
 * whose gradient is the sum of the slopes of the batch.
 */
export function autoencoderUsers(taskAt: usize, chunk: u32, scratch: usize): void {
  const task = changetype<AutoencoderTask>(taskAt);
  const bytes = (<usize>task.hidden) << 2;
  const range = task.chunks + ((<usize>chunk) << 3);
  const first = <usize>load<u32>(range);
  const last = <usize>load<u32>(range, 4);
  const moments = task.moments;
  const scale = f32x4.splat(task.scale);
  const correction = f32x4.splat(task.correction);
  if (first == last) {
    const rows = <usize>(task.endPlace - task.firstPlace);
    for (let f: usize = 0; f < bytes; f += 16) {
      let sum = f32x4.splat(0);
      for (let row: usize = 0; row < rows; row++) sum = f32x4.add(sum, v128.load(task.slopes + row * bytes + f));
      step(task.hiddenBias + f, sum, moments, scale, correction);
    }
    return;
  }
  const ones = f32x4.splat(1);
  const towardsEncoder = scratch;
  const towardsDecoder = scratch + bytes;
  for (let t = first; t < last; t++) {
    const user = <usize>load<u32>(task.touched + (t << 2));
    const share = load<f32>(task.share + (t << 2));
    const v = task.encoder + user * bytes;
    const w = task.decoder + user * bytes;
    const encoderReg = f32x4.splat(share * load<f32>(task.encoderReg + (user << 2)));
    const decoderReg = f32x4.splat(share * load<f32>(task.decoderReg + (user << 2)));
    for (let f: usize = 0; f < bytes; f += 16) {
      v128.store(towardsEncoder + f, f32x4.mul(encoderReg, v128.load(v + f)));
      v128.store(towardsDecoder + f, f32x4.mul(decoderReg, v128.load(w + f)));
    }
    let bias: f32 = 0;
    const end = <usize>load<u32>(task.starts + (t << 2), 4) << 2;
    for (let at = <usize>load<u32>(task.starts + (t << 2)) << 2; at < end; at += 4) {
      const entry = <usize>load<u32>(task.entries + at) << 2;
      const row = <usize>load<u32>(task.rows + at);
      const z = task.codes + row * bytes;
      const slopes = task.slopes + row * bytes;
      const error = load<f32>(task.errors + entry);
      const inputScale = load<f32>(task.inputScale + ((<usize>task.firstPlace + row) << 2));
      const x = f32x4.splat(inputScale * (load<f32>(task.values + entry) + task.inputShift));
      const errors = f32x4.splat(error);
      bias += error;
      for (let f: usize = 0; f < bytes; f += 16) {
        const h = sigmoid(nmadd(x, v128.load(v + f), v128.load(z + f)));
        const eh = f32x4.mul(errors, h);
        v128.store(towardsDecoder + f, f32x4.add(v128.load(towardsDecoder + f), eh));
        const own = f32x4.mul(f32x4.mul(v128.load(w + f), eh), f32x4.sub(ones, h));
        v128.store(
          towardsEncoder + f,
          madd(x, f32x4.sub(v128.load(slopes + f), own), v128.load(towardsEncoder + f)),
        );
      }
    }
    for (let f: usize = 0; f < bytes; f += 16) {
      step(v + f, v128.load(towardsEncoder + f), moments, scale, correction);
      step(w + f, v128.load(towardsDecoder + f), moments, scale, correction);
    }
    stepOne(task.userBias + (user << 2), bias, moments, task.scale, task.correction);
  }
}

/** σ(z) of the things at the places of a chunk, into `codes` from `firstPlace` on. */
export function autoencoderCodes(taskAt: usize, chunk: u32, _scratch: usize): void {
  const task = changetype<AutoencoderTask>(taskAt);
  const bytes = (<usize>task.hidden) << 2;
  const range = task.chunks + ((<usize>chunk) << 3);
  const last = <usize>load<u32>(range, 4);
  for (let place = <usize>load<u32>(range); place < last; place++) {
    const z = task.codes + (place - <usize>task.firstPlace) * bytes;
    encode(task, place, z);
    for (let f: usize = 0; f < bytes; f += 16) v128.store(z + f, sigmoid(v128.load(z + f)));
  }
}
