import { normalsWgsl } from './normals.wgsl.ts';

/**
 * How the lanes that share a row add up what each of them gathered: a lane alone has nothing to add, lanes of one
 * subgroup exchange registers, others go through workgroup memory. All in a fixed order: same input, same bits.
 */
export type LaneSum = 'alone' | 'subgroup' | 'workgroup';

/**
 * `explicit`: mean and biases, weights 1. `implicit`: weights in the entries, targets 1, a Gram matrix. `sampled`: as
 * explicit, with a prior for each column instead of a weight on each row, and normal noise on every step.
 */
export type SolveKind = 'explicit' | 'implicit' | 'sampled';

/** Groups of four factors that a prior has room for: 32 KB in a uniform buffer. */
export const MOST_PRIOR_GROUPS = 1023;

export interface RowSolveVariant {
  readonly kind: SolveKind;
  /** Lanes that share a row, a power of two; at least 4 where they add up in workgroup memory. */
  readonly lanes: number;
  /** Rows that share a workgroup. */
  readonly rows: number;
  /** Residuals of one row that fit in workgroup memory; 0 where they lie in a storage buffer. */
  readonly room: number;
  readonly sum: LaneSum;
  /** The other side's factors are a copy in 16 bits (gathered.ts). */
  readonly half: boolean;
  /** Every row has means of its own (sampled only). They stand behind the rows they belong to: the eight bindings are taken. */
  readonly rowMeans: boolean;
}

/** Vectors of four that a lane gathers: g, d, c, h, m below. */
const GATHERED = ['g', 'd', 'c', 'h', 'm'] as const;
/** Parts a sum in workgroup memory is cut into, each added up by one lane. */
const PARTS = 4;

/** Adds up g, d, c, h and m over the lanes of a row; every lane has all sums afterwards. */
function addUpLanes({ lanes, rows, sum }: RowSolveVariant): string {
  if (sum === 'alone') return '';
  if (sum === 'subgroup') {
    return /* wgsl */ `
    for (var distance = 1u; distance < ${lanes}u; distance *= 2u) {
      ${GATHERED.map((name) => `${name} += subgroupShuffleXor(${name}, distance);`).join('\n      ')}
    }`;
  }
  const size = lanes * rows;
  const partsOf = (name: string, at: number) =>
    `${name} = ${Array.from({ length: PARTS }, (_, part) => `parts[firstPart + ${PARTS * at + part}u]`).join(' + ')};`;
  return /* wgsl */ `
    ${GATHERED.map((name, at) => `leaves[${at * size}u + index] = ${name};`).join('\n    ')}
    workgroupBarrier();
    for (var part = lane; part < ${GATHERED.length * PARTS}u; part += ${lanes}u) {
      let leaf = (part / ${PARTS}u) * ${size}u + slot * ${lanes}u + (part % ${PARTS}u) * ${lanes / PARTS}u;
      var partSum = vec4f(0.0);
      for (var at = leaf; at < leaf + ${lanes / PARTS}u; at++) { partSum += leaves[at]; }
      parts[slot * ${GATHERED.length * PARTS}u + part] = partSum;
    }
    workgroupBarrier();
    let firstPart = slot * ${GATHERED.length * PARTS}u;
    ${GATHERED.map(partsOf).join('\n    ')}`;
}

/**
 * Solves rows of one side against the fixed other side; device.ts has the formulas. Rows of factors are whole groups
 * of four coordinates (gpu-layout.ts), biases stand apart.
 *
 * Residuals are computed once, then coordinates go four at a time: one pass over the entries takes the last group's
 * steps off the residuals and gathers Σ e·q (4 numbers) and Σ q·qᵀ (10 numbers) of the next group. With these the four
 * coordinates are stepped one after the other, exactly in the contract's order, because taking a step δ_f off all
 * residuals changes Σ e·q_g by −δ_f Σ q_f q_g. The bias is stepped with the first group in the same way, and Σ e² after
 * the last group follows from the same sums without another pass. So a row costs a quarter of the sums, every read is a
 * vec4, and a lane waits for others only to add up.
 *
 * Where lanes share a row, the lane `v mod lanes` alone reads and writes group v of the row once the residuals are
 * known: nothing is passed through memory, so there is nothing to wait for.
 *
 * The sampler's noise of columns 4v + 1 … 4v + 4 is made of pairs of columns of which group v shares one with each
 * neighbour (counter-normal.ts); every lane makes its own, so that all know the steps.
 *
 * Bindings: 0 params, 1 rows, 2 entries, 3 other factors (in 16 bits where `half`), 4 own factors, 5 Σ e² by row;
 * explicit: 6 other biases, 7 own biases; implicit: 6 Gram matrix; sampled: as explicit, and 8 the prior; then the
 * residuals where `room` is 0, within the 8 storage buffers that every device has.
 */
export function rowSolveWgsl(variant: RowSolveVariant): string {
  const { kind, lanes, rows, room, sum, half, rowMeans } = variant;
  const implicit = kind === 'implicit';
  const sampled = kind === 'sampled';
  const scratchBinding = { implicit: 7, explicit: 8, sampled: 9 }[kind];
  const only = (condition: boolean, code: string) => (condition ? code : '');
  const residual = (entry: string) =>
    room > 0 ? `residuals[slot * ${room}u + ${entry} - row.begin]` : `residuals[row.scratch + ${entry} - row.begin]`;
  const size = lanes * rows;
  // without entries a weight pulls to 0, which division would miss by a bit; a prior is drawn from
  const emptyIsZero = (zero: string, value: string) => (sampled ? value : `select(${zero}, ${value}, count > 0.0)`);
  const step = (coordinate: string, pull: string) =>
    `delta.${coordinate} = stepOf(${pull}, d.${coordinate}${only(sampled, `, noise.${coordinate}`)});`;

  return /* wgsl */ `
${only(sum === 'subgroup', 'enable subgroups;')}
struct Params { first: u32, count: u32, across: u32, groups: u32, mean: f32, unobserved: f32 }
struct Row { index: u32, begin: u32, end: u32, scratch: u32, biasReg: f32, reg: f32 }

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> rows: array<Row>;
@group(0) @binding(2) var<storage, read> entries: array<vec2u>;       // column, value
@group(0) @binding(3) var<storage, read> other: array<${half ? 'vec2u' : 'vec4f'}>;
@group(0) @binding(4) var<storage, read_write> own: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> rowLoss: array<f32>;
${
  implicit
    ? '@group(0) @binding(6) var<storage, read> gram: array<vec4f>;'
    : `@group(0) @binding(6) var<storage, read> otherBias: array<f32>;
@group(0) @binding(7) var<storage, read_write> ownBias: array<f32>;`
}
${
  room > 0
    ? `var<workgroup> residuals: array<f32, ${rows * room}>;`
    : `@group(0) @binding(${scratchBinding}) var<storage, read_write> residuals: array<f32>;`
}
${only(
  sum === 'workgroup',
  `var<workgroup> leaves: array<vec4f, ${GATHERED.length * size}>;
var<workgroup> parts: array<vec4f, ${GATHERED.length * PARTS * rows}>;`,
)}

${
  sampled
    ? `struct Prior {
  key: u32, biasWeight: f32, biasMean: f32, deviation: f32,
  columns: array<vec4f, ${2 * MOST_PRIOR_GROUPS}>,    // of group v: weights, means
}
@group(0) @binding(8) var<uniform> prior: Prior;
${normalsWgsl}`
    : ''
}
fn otherAt(at: u32) -> vec4f {
  let q = other[at];
  return ${half ? 'vec4f(unpack2x16float(q.x), unpack2x16float(q.y))' : 'q'};
}

// A coordinate without any weight stays where it is.
fn stepOf(pull: f32, weight: f32${only(sampled, ', normal: f32')}) -> f32 {
  if (weight > 0.0) { return pull / weight${only(sampled, ' + prior.deviation * normal * inverseSqrt(weight)')}; }
  return 0.0;
}

@compute @workgroup_size(${size})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let slot = index / ${lanes}u;
  let lane = index % ${lanes}u;
  let place = (group.x + group.y * params.across) * ${rows}u + slot;
  // behind the last row lanes solve an empty one and write nothing: all must arrive at every barrier
  let live = place < params.count;
  var row = Row(0u, 0u, 0u, 0u, 0.0, 0.0);
  if (live) { row = rows[params.first + place]; }
  let base = row.index * params.groups;
  let count = f32(row.end - row.begin);

  // Residuals before anything moves, four entries at a time so that a group of the row is read once for all of them.
  ${only(!implicit, 'let ownMean = params.mean + ownBias[row.index];')}
  for (var first = row.begin + lane; first < row.end; first += ${4 * lanes}u) {
    let places = first + vec4u(0u, ${lanes}u, ${2 * lanes}u, ${3 * lanes}u);
    let inside = places < vec4u(row.end);
    let at = min(places, vec4u(row.end - 1u));
    let columns = vec4u(entries[at.x].x, entries[at.y].x, entries[at.z].x, entries[at.w].x);
    let rest = columns * params.groups;
    ${
      implicit
        ? 'var e = vec4f(1.0);'
        : `let values = vec4u(entries[at.x].y, entries[at.y].y, entries[at.z].y, entries[at.w].y);
    let biases = vec4f(otherBias[columns.x], otherBias[columns.y], otherBias[columns.z], otherBias[columns.w]);
    var e = bitcast<vec4f>(values) - ownMean - biases;`
    }
    for (var v = 0u; v < params.groups; v++) {
      let p = own[base + v];
      e -= vec4f(${['x', 'y', 'z', 'w'].map((place) => `dot(p, otherAt(rest.${place} + v))`).join(', ')});
    }
    ${residual('at.x')} = e.x;
    if (inside.y) { ${residual('at.y')} = e.y; }
    if (inside.z) { ${residual('at.z')} = e.z; }
    if (inside.w) { ${residual('at.w')} = e.w; }
  }

  var delta = vec4f(0.0);
  ${only(!implicit, 'var shift = 0.0;             // the step of the bias, to be taken off with that of group 0')}
  ${only(sampled, 'var pair = normalPair(row.index, 0u, prior.key);')}
  for (var v = 0u; v < params.groups; v++) {
    let mine = lane == v % ${lanes}u;
    var p = vec4f(0.0);
    if (mine) { p = own[base + v]; }
    ${
      sampled
        ? `let weights = prior.columns[2u * v];
    var pull = vec4f(0.0);
    if (mine) { pull = weights * (p - ${rowMeans ? 'own[arrayLength(&own) / 2u + base + v]' : 'prior.columns[2u * v + 1u]'}); }`
        : `let weights = vec4f(row.reg);
    let pull = weights * p;`
    }
    ${
      implicit
        ? ''
        : `let biasWeight = ${sampled ? 'prior.biasWeight' : 'row.biasReg'};
    var bias = 0.0;
    var biasPull = 0.0;
    if (mine && v == 0u) {
      bias = ownBias[row.index];
      biasPull = biasWeight * ${sampled ? `(bias - ${rowMeans ? 'ownBias[arrayLength(&ownBias) / 2u + row.index]' : 'prior.biasMean'})` : 'bias'};
    }`
    }
    var g = vec4f(0.0);        // Σ e q_f
    var d = vec4f(0.0);        // Σ q_f²
    var c = vec4f(0.0);        // Σ q_0 q_1, q_0 q_2, q_0 q_3, q_1 q_2
    var h = vec4f(0.0);        // Σ q_1 q_3, q_2 q_3, e²; explicit: Σ e − what pulls the bias to 0
    var m = vec4f(0.0);        // explicit: Σ q_f; implicit: what pulls the group to 0
    for (var j = row.begin + lane; j < row.end; j += ${lanes}u) {
      let at = entries[j].x * params.groups + v;
      var e = ${residual('j')};
      if (v > 0u) {
        e -= dot(delta, otherAt(at - 1u))${only(!implicit, ' + shift')};
        ${residual('j')} = e;
      }
      let q = otherAt(at);
      ${
        implicit
          ? `let weight = bitcast<f32>(entries[j].y);
      let wq = weight * q;`
          : 'let wq = q;'
      }
      g += wq * e;
      d += wq * q;
      c += vec4f(wq.x * q.yzw, wq.y * q.z);
      h += vec4f(wq.y * q.w, wq.z * q.w, ${implicit ? 'weight * e * e, 0.0' : 'e * e, e'});
      ${only(!implicit, 'm += q;')}
    }
    ${
      implicit
        ? `m += pull;
    for (var u = lane; u < params.groups; u += ${lanes}u) {
      let x = params.unobserved * own[base + u];
      let at = 4u * v * params.groups + u;
      m += vec4f(
        dot(x, gram[at]),
        dot(x, gram[at + params.groups]),
        dot(x, gram[at + 2u * params.groups]),
        dot(x, gram[at + 3u * params.groups]),
      );
    }`
        : `g -= pull;
    h.w -= biasPull;`
    }
    ${addUpLanes(variant)}

    var squares = h.z;
    ${
      implicit
        ? `let observed = g;
    g -= m;`
        : `shift = 0.0;
    if (v == 0u) {
      shift = stepOf(h.w, count + biasWeight${only(sampled, ', pair.x')});
      squares += shift * (count * shift - 2.0 * (h.w + biasPull));
      g -= shift * m;
      if (mine && live) { ownBias[row.index] = ${emptyIsZero('0.0', 'bias + shift')}; }
    }
    let observed = g + pull;`
    }
    let d0 = d;
    let c0 = c;
    let h0 = h;
    ${only(
      implicit,
      `let corner = 4u * v * params.groups + v;
    let g0 = params.unobserved * gram[corner];
    let g1 = params.unobserved * gram[corner + params.groups];
    let g2 = params.unobserved * gram[corner + 2u * params.groups];
    let g3 = params.unobserved * gram[corner + 3u * params.groups];
    d += vec4f(g0.x, g1.y, g2.z, g3.w);
    c += vec4f(g0.yzw, g1.z);
    h += vec4f(g1.w, g2.w, 0.0, 0.0);`,
    )}
    ${
      sampled
        ? `// a coordinate behind the last factor has no prior: nothing moves it
    d += weights;
    let inner = normalPair(row.index, 2u * v + 1u, prior.key);
    let next = normalPair(row.index, 2u * v + 2u, prior.key);
    let noise = vec4f(pair.y, inner, next.x);
    pair = next;`
        : 'd += weights;'
    }
    ${step('x', 'g.x')}
    g -= delta.x * vec4f(0.0, c.xyz);
    ${step('y', 'g.y')}
    g -= delta.y * vec4f(0.0, 0.0, c.w, h.x);
    ${step('z', 'g.z')}
    ${step('w', 'g.w - delta.z * h.y')}

    if (mine && live) {
      own[base + v] = ${emptyIsZero('vec4f(0.0)', 'p + delta')};
      if (v == params.groups - 1u) {
        // Σ (e − δ·q)² from the sums that are there
        let mixed = delta.x * dot(delta.yzw, c0.xyz) + delta.y * (delta.z * c0.w + delta.w * h0.x) + delta.z * delta.w * h0.y;
        rowLoss[row.index] = max(0.0, squares - 2.0 * dot(delta, observed) + dot(delta * delta, d0) + 2.0 * mixed);
      }
    }
  }
}
`;
}
