/**
 * Coordinate descent on ratings: the rows of one chunk of one side (formula: ../../device.ts). The sampler walks rows
 * the same way and differs in the step; `sampled` is known when this is compiled, so the walk exists twice.
 */
import { fillNormals, normalBytes } from './normals';
import { denominator, gather, numerator, pass, pitchOf, sum, update, weightedSquares } from './row';

/** One side of a problem. `../biased-model.ts` writes the fields in this order, 4 bytes each. */
@unmanaged
export class ExplicitSide {
  pointers: usize;
  indices: usize;
  values: usize;
  own: usize;
  ownBias: usize;
  factorReg: usize;
  biasReg: usize;
  other: usize;
  otherBias: usize;
  /** first and last row (exclusive) of every chunk */
  chunks: usize;
  /** f64 per chunk: Σ e² */
  partials: usize;
  /** rows of `other`; the row of zeros has this number */
  zeroRow: u32;
  factors: u32;
  /** factors rounded up to a multiple of 4, the padding zero */
  stride: u32;
  /** floats of scratch for transposed factors */
  blockFloats: u32;
  mean: f32;
  wantsLoss: u32;
}

/** What the sampler knows besides. A column is the bias (0) or factor f (f + 1), as in device.ts. */
@unmanaged
export class SampledSide extends ExplicitSide {
  /** f32 per column: precision of the prior divided by that of the noise, and mean of the prior */
  weights: usize;
  means: usize;
  /** between the means of two rows: 0 where all rows have the same */
  meansApart: usize;
  /** of the normal numbers of this half sweep */
  key: u32;
  /** standard deviation of the noise of ratings */
  deviation: f32;
}

/** How far a coordinate goes to its draw: the minimum (pull / curvature) and the noise of that curvature. */
@inline
function drawStep(
  side: SampledSide,
  means: usize,
  column: usize,
  before: f32,
  product: f64,
  squares: f64,
  normals: usize,
): f32 {
  const at = column << 2;
  const weight = <f64>load<f32>(side.weights + at);
  const inverse = 1 / Math.sqrt(squares + weight);
  const pull = product - weight * (<f64>before - <f64>load<f32>(means + at));
  const noise = <f64>side.deviation * <f64>load<f32>(normals + at);
  return <f32>((pull * inverse + noise) * inverse);
}

/** A row that nothing is known of: drawn from the prior. */
@inline
function drawUnknown(side: SampledSide, means: usize, ownBias: usize, own: usize, normals: usize): void {
  const bias = load<f32>(ownBias);
  store<f32>(ownBias, bias + drawStep(side, means, 0, bias, 0, 0, normals));
  for (let f: u32 = 0; f < side.factors; f++) {
    const at = own + ((<usize>f) << 2);
    const before = load<f32>(at);
    store<f32>(at, before + drawStep(side, means, f + 1, before, 0, 0, normals));
  }
}

/** Moves every coordinate of one row; Σ e² of its ratings afterwards where it is wanted. */
@inline
export function walkRow(side: ExplicitSide, row: usize, scratch: usize, sampled: bool): f64 {
  const start = load<u32>(side.pointers + (row << 2));
  const length = load<u32>(side.pointers + (row << 2), 4) - start;
  const stride = side.stride;
  const rowBytes = (<usize>stride) << 2;
  const own = side.own + row * rowBytes;
  const ownBias = side.ownBias + (row << 2);
  const k = side.factors;
  const normals = scratch;
  const means = sampled
    ? changetype<SampledSide>(side).means + row * changetype<SampledSide>(side).meansApart
    : 0;
  if (sampled) fillNormals(changetype<SampledSide>(side).key, <u32>row, k + 1, normals);
  if (length == 0) {
    if (sampled) {
      drawUnknown(changetype<SampledSide>(side), means, ownBias, own, normals);
    } else {
      store<f32>(ownBias, 0);
      memory.fill(own, 0, rowBytes);
    }
    return 0;
  }
  const pitch = pitchOf(length);
  const residuals = sampled ? normals + normalBytes(k + 1) : scratch;
  const ones = residuals + pitch;
  const block = ones + pitch;
  const indices = side.indices + ((<usize>start) << 2);
  const values = side.values + ((<usize>start) << 2);
  const bias = load<f32>(ownBias);
  const known = side.mean + bias;
  const lengthBytes = (<usize>length) << 2;
  for (let at: usize = 0; at < lengthBytes; at += 4) {
    const otherBias = load<f32>(side.otherBias + ((<usize>load<u32>(indices + at)) << 2));
    store<f32>(residuals + at, load<f32>(values + at) - known - otherBias);
    store<f32>(ones + at, 1);
  }
  for (let at = lengthBytes; at < pitch; at += 4) {
    store<f32>(residuals + at, 0);
    store<f32>(ones + at, 0);
  }

  const width = min(stride, <u32>((<usize>side.blockFloats << 2) / pitch) & ~3);
  const oneBlock = width == stride;
  for (let f0: u32 = 0; f0 < stride; f0 += width) {
    gather(indices, length, side.other, side.zeroRow, rowBytes, own, f0, min(width, stride - f0), residuals, block, pitch, true);
  }

  const biasReg = sampled ? 0 : <f64>load<f32>(side.biasReg + (row << 2));
  const total = sum(residuals, pitch);
  let step = sampled
    ? drawStep(changetype<SampledSide>(side), means, 0, bias, total, <f64>length, normals)
    : <f32>((total - biasReg * <f64>bias) / (<f64>length + biasReg));
  store<f32>(ownBias, bias + step);
  let previous = ones;

  const reg = sampled ? 0 : <f64>load<f32>(side.factorReg + (row << 2));
  for (let f0: u32 = 0; f0 < k; f0 += width) {
    if (!oneBlock) {
      if (f0 > 0) {
        update(residuals, previous, step, pitch);
        previous = ones;
        step = 0;
      }
      gather(indices, length, side.other, side.zeroRow, rowBytes, own, f0, min(width, stride - f0), residuals, block, pitch, false);
    }
    const last = min(k, f0 + width);
    let q = block;
    for (let f = f0; f < last; f++) {
      pass(residuals, previous, step, q, pitch);
      const at = own + ((<usize>f) << 2);
      const before = load<f32>(at);
      if (sampled) {
        step = drawStep(changetype<SampledSide>(side), means, f + 1, before, numerator, denominator, normals);
      } else {
        const curvature = denominator + reg;
        step = curvature == 0 ? 0 : <f32>((numerator - reg * <f64>before) / curvature);
      }
      store<f32>(at, before + step);
      previous = q;
      q += pitch;
    }
  }
  if (!sampled && !side.wantsLoss) return 0;
  update(residuals, previous, step, pitch);
  return weightedSquares(ones, residuals, pitch);
}

export function explicitRows(sideAt: usize, chunk: u32, scratch: usize): void {
  const side = changetype<ExplicitSide>(sideAt);
  const range = side.chunks + ((<usize>chunk) << 3);
  const last = <usize>load<u32>(range, 4);
  let squares: f64 = 0;
  for (let row = <usize>load<u32>(range); row < last; row++) squares += walkRow(side, row, scratch, false);
  store<f64>(side.partials + ((<usize>chunk) << 3), squares);
}

/** mean + b_u + b_i + p_u·q_i for `count` pairs. */
export function predictPairs(
  userSide: usize,
  users: usize,
  items: usize,
  out: usize,
  count: u32,
): void {
  const side = changetype<ExplicitSide>(userSide);
  const rowBytes = (<usize>side.stride) << 2;
  const bytes = (<usize>count) << 2;
  for (let at: usize = 0; at < bytes; at += 4) {
    const u = <usize>load<u32>(users + at);
    const i = <usize>load<u32>(items + at);
    let product = f32x4.splat(0);
    const p = side.own + u * rowBytes;
    const q = side.other + i * rowBytes;
    for (let f: usize = 0; f < rowBytes; f += 16) {
      product = f32x4.add(product, f32x4.mul(v128.load(p + f), v128.load(q + f)));
    }
    const sums = f32x4.add(product, v128.shuffle<f32>(product, product, 2, 3, 0, 1));
    const dot = f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1);
    store<f32>(out + at, side.mean + load<f32>(side.ownBias + (u << 2)) + load<f32>(side.otherBias + (i << 2)) + dot);
  }
}
