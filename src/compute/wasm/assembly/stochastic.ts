/** Stochastic gradient descent on the ratings of one block (formula: ../../device.ts, order: ../../stratify.ts). */
import { dot, madd } from './simd';

/** Label of the user, label of the item, rating. */
const ENTRY_BYTES: usize = 12;
/**
 * Rows are taken four vectors at a time: 3 and 12 % faster at 64 and 128 columns than two. The first four stand apart
 * from the loops because of the biases among them; moving them in the loop and again after it costs 7 to 15 %.
 */
const STEP_BYTES: usize = 64;

/** One epoch. `../stochastic-descent.ts` writes the fields in this order, 4 bytes each. */
@unmanaged
class Epoch {
  entries: usize;
  /** first entry of every block, and the end */
  blocks: usize;
  /** rows by label: [1, b_u, p_1 …] and [b_i, 1, q_1 …] */
  users: usize;
  items: usize;
  /** f64 per block: Σ e² */
  partials: usize;
  rowBytes: u32;
  factorReg: f32;
  biasReg: f32;
  mean: f32;
  step: f32;
}

export function stochasticBlock(epochAt: usize, block: u32, _scratch: usize): void {
  const epoch = changetype<Epoch>(epochAt);
  const range = epoch.blocks + ((<usize>block) << 2);
  const end = epoch.entries + ENTRY_BYTES * <usize>load<u32>(range, 4);
  const users = epoch.users;
  const items = epoch.items;
  const rowBytes = <usize>epoch.rowBytes;
  const mean = epoch.mean;
  const step = epoch.step;
  const keep = f32x4.splat(<f32>1 - step * epoch.factorReg);
  const keepBias = <f32>1 - step * epoch.biasReg;
  // the first vectors hold the biases and the ones, which never move
  const userKeep = f32x4.replace_lane(f32x4.replace_lane(keep, 0, 1), 1, keepBias);
  const itemKeep = f32x4.replace_lane(f32x4.replace_lane(keep, 0, keepBias), 1, 1);
  const steps = f32x4.splat(step);
  const userSteps = f32x4.replace_lane(steps, 0, 0);
  const itemSteps = f32x4.replace_lane(steps, 1, 0);
  let squares: f64 = 0;
  for (let entry = epoch.entries + ENTRY_BYTES * <usize>load<u32>(range); entry < end; entry += ENTRY_BYTES) {
    const p = users + <usize>load<u32>(entry) * rowBytes;
    const q = items + <usize>load<u32>(entry, 4) * rowBytes;
    let sum0 = f32x4.mul(v128.load(p), v128.load(q));
    let sum1 = f32x4.mul(v128.load(p, 16), v128.load(q, 16));
    let sum2 = f32x4.mul(v128.load(p, 32), v128.load(q, 32));
    let sum3 = f32x4.mul(v128.load(p, 48), v128.load(q, 48));
    for (let f = STEP_BYTES; f < rowBytes; f += STEP_BYTES) {
      const pf = p + f;
      const qf = q + f;
      sum0 = madd(v128.load(pf), v128.load(qf), sum0);
      sum1 = madd(v128.load(pf, 16), v128.load(qf, 16), sum1);
      sum2 = madd(v128.load(pf, 32), v128.load(qf, 32), sum2);
      sum3 = madd(v128.load(pf, 48), v128.load(qf, 48), sum3);
    }
    const sums = f32x4.add(f32x4.add(sum0, sum1), f32x4.add(sum2, sum3));
    const pairs = f32x4.add(sums, v128.shuffle<f32>(sums, sums, 2, 3, 0, 1));
    const product = f32x4.add(pairs, v128.shuffle<f32>(pairs, pairs, 1, 0, 3, 2));
    const error = f32x4.sub(f32x4.splat(load<f32>(entry, 8) - mean), product);
    const e = <f64>f32x4.extract_lane(error, 0);
    squares += e * e;

    // only the first vectors have columns with steps of their own
    let x = v128.load(p);
    let y = v128.load(q);
    v128.store(p, madd(f32x4.mul(error, userSteps), y, f32x4.mul(x, userKeep)));
    v128.store(q, madd(f32x4.mul(error, itemSteps), x, f32x4.mul(y, itemKeep)));
    const gain = f32x4.mul(error, steps);
    x = v128.load(p, 16);
    y = v128.load(q, 16);
    v128.store(p, madd(gain, y, f32x4.mul(x, keep)), 16);
    v128.store(q, madd(gain, x, f32x4.mul(y, keep)), 16);
    x = v128.load(p, 32);
    y = v128.load(q, 32);
    v128.store(p, madd(gain, y, f32x4.mul(x, keep)), 32);
    v128.store(q, madd(gain, x, f32x4.mul(y, keep)), 32);
    x = v128.load(p, 48);
    y = v128.load(q, 48);
    v128.store(p, madd(gain, y, f32x4.mul(x, keep)), 48);
    v128.store(q, madd(gain, x, f32x4.mul(y, keep)), 48);
    for (let f = STEP_BYTES; f < rowBytes; f += STEP_BYTES) {
      const pf = p + f;
      const qf = q + f;
      x = v128.load(pf);
      y = v128.load(qf);
      v128.store(pf, madd(gain, y, f32x4.mul(x, keep)));
      v128.store(qf, madd(gain, x, f32x4.mul(y, keep)));
      x = v128.load(pf, 16);
      y = v128.load(qf, 16);
      v128.store(pf, madd(gain, y, f32x4.mul(x, keep)), 16);
      v128.store(qf, madd(gain, x, f32x4.mul(y, keep)), 16);
      x = v128.load(pf, 32);
      y = v128.load(qf, 32);
      v128.store(pf, madd(gain, y, f32x4.mul(x, keep)), 32);
      v128.store(qf, madd(gain, x, f32x4.mul(y, keep)), 32);
      x = v128.load(pf, 48);
      y = v128.load(qf, 48);
      v128.store(pf, madd(gain, y, f32x4.mul(x, keep)), 48);
      v128.store(qf, madd(gain, x, f32x4.mul(y, keep)), 48);
    }
  }
  store<f64>(epoch.partials + ((<usize>block) << 3), squares);
}

/** mean + b_u + b_i + p_u·q_i for `count` pairs of labels. */
export function stochasticPairs(epochAt: usize, users: usize, items: usize, out: usize, count: u32): void {
  const epoch = changetype<Epoch>(epochAt);
  const rowBytes = <usize>epoch.rowBytes;
  const bytes = (<usize>count) << 2;
  for (let at: usize = 0; at < bytes; at += 4) {
    const p = epoch.users + <usize>load<u32>(users + at) * rowBytes;
    const q = epoch.items + <usize>load<u32>(items + at) * rowBytes;
    store<f32>(out + at, <f32>(<f64>epoch.mean + dot(p, q, rowBytes)));
  }
}
