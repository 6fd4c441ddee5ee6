/** Rows with at most this many entries keep their residuals in workgroup memory (2 KB). */
export const SHORT_ROW = 512;

/** Groups of four coordinates (512 bytes) that every variant has room for: the usual models share one shader. */
const USUAL_GROUPS = 32;

export interface RowSolveVariant {
  /** Most groups of four coordinates in a row; see `capacityFor`. */
  readonly capacity: number;
  /** Rows longer than SHORT_ROW: residuals live in a storage buffer. */
  readonly long: boolean;
  /** Lanes of a workgroup, a multiple of 4. */
  readonly lanes: number;
  /** `explicit`: mean and biases, weights 1. `implicit`: weights in the entries, targets 1, a Gram matrix. */
  readonly kind: 'explicit' | 'implicit';
}

/** Room for `groups` groups, in steps so that few shaders are ever compiled. */
export function capacityFor(groups: number): number {
  return Math.ceil(groups / USUAL_GROUPS) * USUAL_GROUPS;
}

/**
 * Solves rows of one side, a workgroup each, against the fixed other side; device.ts has the formulas, gpu-layout.ts
 * the layout of rows (explicit: coordinate 0 is the bias, opposite a column of ones).
 *
 * Residuals are computed once, then coordinates go four at a time: one pass over the entries takes the last group's
 * steps off the residuals and gathers Σ e·q (4 numbers) and Σ q·qᵀ (10 numbers) of the next group. With these the four
 * coordinates are stepped one after the other, exactly in the contract's order, because taking a step δ_f off all
 * residuals changes Σ e·q_g by −δ_f Σ q_f q_g. So a row costs a quarter of the barriers, and every read is a vec4.
 *
 * Sums run lane by lane and then through a tree of fixed shape: same input, same bits. One call of the tree only,
 * because compilers unroll it: the pass after the last group gathers Σ e² with the same code.
 *
 * Bindings: 0 params, 1 rows, 2 entries, 3 other factors, 4 own factors, 5 Σ e² by row, then the Gram matrix
 * (implicit), then the long rows' residuals (long): within the 8 storage buffers that every device has.
 */
export function rowSolveWgsl({ capacity, long, lanes, kind }: RowSolveVariant): string {
  const implicit = kind === 'implicit';
  const only = (condition: boolean, code: string) => (condition ? code : '');
  const residual = long ? 'longResiduals[row.slot + j - row.begin]' : 'residuals[j - row.begin]';

  return /* wgsl */ `
const LANES = ${lanes}u;

struct Params {
  first: u32, count: u32, across: u32, withLoss: u32, groups: u32,
  mean: f32, unobserved: f32,
}
struct Row { index: u32, begin: u32, end: u32, slot: u32, firstReg: f32, reg: f32 }

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> rows: array<Row>;
@group(0) @binding(2) var<storage, read> entries: array<vec2u>;       // column, value
@group(0) @binding(3) var<storage, read> other: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> own: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> rowLoss: array<f32>;
${only(implicit, '@group(0) @binding(6) var<storage, read> gram: array<vec4f>;')}
${
  long
    ? `@group(0) @binding(${implicit ? 7 : 6}) var<storage, read_write> longResiduals: array<f32>;`
    : `var<workgroup> residuals: array<f32, ${SHORT_ROW}>;`
}
var<workgroup> current: array<vec4f, ${capacity}>;          // the row being solved
var<workgroup> leaves: array<vec4f, LANES * 4u>;       // four sums of each lane
var<workgroup> roots: array<vec4f, 16>;                // four quarters of each sum

// Group v of the other side's row.
fn otherGroup(column: u32, v: u32) -> vec4f {
  ${
    implicit
      ? 'return other[column * params.groups + v];'
      : `let q = other[column * params.groups + v];
  return vec4f(select(q.x, 1.0, v == 0u), q.yzw);`
  }
}

// A coordinate without any weight stays where it is.
fn stepOf(numerator: f32, denominator: f32) -> f32 {
  if (denominator > 0.0) { return numerator / denominator; }
  return 0.0;
}

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let place = group.x + group.y * params.across;
  if (place >= params.count) { return; }
  let row = rows[params.first + place];
  let base = row.index * params.groups;

  if (row.begin == row.end) {
    for (var v = lane; v < params.groups; v += LANES) { own[base + v] = vec4f(0.0); }
    if (lane == 0u) { rowLoss[row.index] = 0.0; }
    return;
  }

  for (var v = lane; v < params.groups; v += LANES) { current[v] = own[base + v]; }
  workgroupBarrier();

  // residuals before anything moves
  for (var j = row.begin + lane; j < row.end; j += LANES) {
    let entry = entries[j];
    var e = ${implicit ? '1.0' : 'bitcast<f32>(entry.y) - params.mean - other[entry.x * params.groups].x'};
    for (var v = 0u; v < params.groups; v++) { e -= dot(current[v], otherGroup(entry.x, v)); }
    ${residual} = e;
  }

  var delta = vec4f(0.0);
  for (var v = 0u; v < params.groups + params.withLoss; v++) {
    let here = min(v, params.groups - 1u);
    let p = current[here];
    var g = vec4f(0.0);        // Σ e q_f
    var d = vec4f(0.0);        // Σ q_f²
    var c = vec4f(0.0);        // Σ q_0 q_1, q_0 q_2, q_0 q_3, q_1 q_2
    var h = vec4f(0.0);        // Σ q_1 q_3, q_2 q_3, e²
    for (var j = row.begin + lane; j < row.end; j += LANES) {
      let entry = entries[j];
      var e = ${residual};
      if (v > 0u) {
        e -= dot(delta, otherGroup(entry.x, v - 1u));
        ${residual} = e;
      }
      let q = otherGroup(entry.x, here);
      let weight = ${implicit ? 'bitcast<f32>(entry.y)' : '1.0'};
      let wq = weight * q;
      g += wq * e;
      d += wq * q;
      c += vec4f(wq.x * q.yzw, wq.y * q.z);
      h += vec4f(wq.y * q.w, wq.z * q.w, weight * e * e, 0.0);
    }
    ${only(
      implicit,
      `for (var f = lane; f < params.groups * 4u; f += LANES) {
      g -= params.unobserved * current[f / 4u][f % 4u] * gram[f * params.groups + here];
    }`,
    )}

    leaves[lane] = g;
    leaves[LANES + lane] = d;
    leaves[2u * LANES + lane] = c;
    leaves[3u * LANES + lane] = h;
    workgroupBarrier();
    for (var root = lane; root < 16u; root += LANES) {
      var sum = vec4f(0.0);
      for (var at = root * (LANES / 4u); at < (root + 1u) * (LANES / 4u); at++) { sum += leaves[at]; }
      roots[root] = sum;
    }
    workgroupBarrier();
    g = (roots[0] + roots[1]) + (roots[2] + roots[3]);
    d = (roots[4] + roots[5]) + (roots[6] + roots[7]);
    c = (roots[8] + roots[9]) + (roots[10] + roots[11]);
    h = (roots[12] + roots[13]) + (roots[14] + roots[15]);

    if (v == params.groups) {
      if (lane == 0u) { rowLoss[row.index] = h.z; }
      break;
    }
    ${only(
      implicit,
      `let corner = v * 4u * params.groups + v;
    let g0 = params.unobserved * gram[corner];
    let g1 = params.unobserved * gram[corner + params.groups];
    let g2 = params.unobserved * gram[corner + 2u * params.groups];
    let g3 = params.unobserved * gram[corner + 3u * params.groups];
    d += vec4f(g0.x, g1.y, g2.z, g3.w);
    c += vec4f(g0.yzw, g1.z);
    h += vec4f(g1.w, g2.w, 0.0, 0.0);`,
    )}

    let reg = vec4f(select(row.reg, row.firstReg, v == 0u), vec3f(row.reg));
    g -= reg * p;
    d += reg;
    delta.x = stepOf(g.x, d.x);
    g -= delta.x * vec4f(0.0, c.xyz);
    delta.y = stepOf(g.y, d.y);
    g -= delta.y * vec4f(0.0, 0.0, c.w, h.x);
    delta.z = stepOf(g.z, d.z);
    delta.w = stepOf(g.w - delta.z * h.y, d.w);

    // every lane has read current[v] before the barriers above
    if (lane == 0u) { current[v] = p + delta; }
    ${only(implicit, 'workgroupBarrier();')}
  }
  workgroupBarrier();
  for (var v = lane; v < params.groups; v += LANES) { own[base + v] = current[v]; }
}
`;
}
