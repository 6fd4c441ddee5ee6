/** Stochastic gradient descent on the ratings of one block (formula: ../../device.ts, order: ../../stratify.ts). */
import { dot, madd } from './simd';

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
  const end = epoch.entries + 12 * <usize>load<u32>(range, 4);
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
  for (let entry = epoch.entries + 12 * <usize>load<u32>(range); entry < end; entry += 12) {
    const p = users + <usize>load<u32>(entry) * rowBytes;
    const q = items + <usize>load<u32>(entry, 4) * rowBytes;
    let sum0 = f32x4.mul(v128.load(p), v128.load(q));
    let sum1 = f32x4.mul(v128.load(p, 16), v128.load(q, 16));
    for (let f: usize = 32; f < rowBytes; f += 32) {
      sum0 = madd(v128.load(p + f), v128.load(q + f), sum0);
      sum1 = madd(v128.load(p + f, 16), v128.load(q + f, 16), sum1);
    }
    const sums = f32x4.add(sum0, sum1);
    const pairs = f32x4.add(sums, v128.shuffle<f32>(sums, sums, 2, 3, 0, 1));
    const all = f32x4.add(pairs, v128.shuffle<f32>(pairs, pairs, 1, 0, 3, 2));
    const error = f32x4.sub(f32x4.splat(load<f32>(entry, 8) - mean), all);
    const e = <f64>f32x4.extract_lane(error, 0);
    squares += e * e;
    let va = v128.load(p);
    let vb = v128.load(q);
    v128.store(p, madd(f32x4.mul(error, userSteps), vb, f32x4.mul(va, userKeep)));
    v128.store(q, madd(f32x4.mul(error, itemSteps), va, f32x4.mul(vb, itemKeep)));
    const gain = f32x4.mul(error, steps);
    va = v128.load(p, 16);
    vb = v128.load(q, 16);
    v128.store(p, madd(gain, vb, f32x4.mul(va, keep)), 16);
    v128.store(q, madd(gain, va, f32x4.mul(vb, keep)), 16);
    for (let f: usize = 32; f < rowBytes; f += 32) {
      const p0 = v128.load(p + f);
      const q0 = v128.load(q + f);
      const p1 = v128.load(p + f, 16);
      const q1 = v128.load(q + f, 16);
      v128.store(p + f, madd(gain, q0, f32x4.mul(p0, keep)));
      v128.store(q + f, madd(gain, p0, f32x4.mul(q0, keep)));
      v128.store(p + f, madd(gain, q1, f32x4.mul(p1, keep)), 16);
      v128.store(q + f, madd(gain, p1, f32x4.mul(q1, keep)), 16);
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
