import { TOUCHED_WORDS } from './autoencoder-parts.ts';

/**
 * The passes over one batch of an autoencoder (formulas: ../autoencoder.ts). Every invocation makes one group of
 * four hidden units of one row, or one number of one entry or customer, in a loop over entries: nobody waits for
 * anybody, and sums have one order. The curve is computed anew in every pass; keeping it would take a number for
 * every rating and hidden unit.
 */
export const LANES = 64;

const common = /* wgsl */ `
struct Batch {
  firstPlace: u32, rows: u32, firstEntry: u32, entries: u32,
  firstTouched: u32, touched: u32, groups: u32, users: u32,
}
struct Step { scale: f32, correction: f32, a: f32, b: f32 }

fn sigmoid(z: vec4f) -> vec4f { return 1.0 / (1.0 + exp(-z)); }

/** Adam: the moments after a gradient, and how far the number goes. */
struct Moved { first: vec4f, second: vec4f, way: vec4f }
fn adam(first: vec4f, second: vec4f, gradient: vec4f, step: Step) -> Moved {
  let m = 0.9 * first + 0.1 * gradient;
  let v = 0.999 * second + 0.001 * gradient * gradient;
  return Moved(m, v, step.scale * m / (sqrt(v * step.correction) + vec4f(1e-8)));
}
`;

const main = (count: string) => /* wgsl */ `
@compute @workgroup_size(${LANES})
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) across: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let at = (group.x + group.y * across.x) * ${LANES}u + lane;
  if (at >= ${count}) { return; }
`;

/** z of a batch's rows (or σ(z), for the codes). Entries are (customer, row, y, x). */
export const encodeWgsl = (curved: boolean) => /* wgsl */ `${common}
@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(1) var<storage, read> pointers: array<u32>;
@group(0) @binding(2) var<storage, read> entries: array<vec4u>;
@group(0) @binding(3) var<storage, read> model: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> codes: array<vec4f>;
${main('batch.rows * batch.groups')}
  let place = batch.firstPlace + at / batch.groups;
  let g = at % batch.groups;
  var z = model[2u * batch.users * batch.groups + g];
  for (var e = pointers[place]; e < pointers[place + 1u]; e++) {
    z += bitcast<f32>(entries[e].w) * model[entries[e].x * batch.groups + g];
  }
  codes[at] = ${curved ? 'sigmoid(z)' : 'z'};
}
`;

/** e of every entry of a batch. */
export const errorsWgsl = /* wgsl */ `${common}
@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(1) var<storage, read> entries: array<vec4u>;
@group(0) @binding(2) var<storage, read> model: array<vec4f>;
@group(0) @binding(3) var<storage, read> bias: array<vec4f>;
@group(0) @binding(4) var<storage, read> codes: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> errors: array<f32>;
${main('batch.entries')}
  let e = batch.firstEntry + at;
  let entry = entries[e];
  let x = bitcast<f32>(entry.w);
  let v = entry.x * batch.groups;
  let w = v + batch.users * batch.groups;
  let z = entry.y * batch.groups;
  var guess = vec4f(0.0);
  for (var g = 0u; g < batch.groups; g++) { guess += model[w + g] * sigmoid(codes[z + g] - x * model[v + g]); }
  errors[e] = bias[entry.x].x + dot(guess, vec4f(1.0)) - bitcast<f32>(entry.z);
}
`;

/** Slopes of a batch's rows, behind their z. */
export const slopesWgsl = /* wgsl */ `${common}
@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(1) var<storage, read> pointers: array<u32>;
@group(0) @binding(2) var<storage, read> entries: array<vec4u>;
@group(0) @binding(3) var<storage, read> model: array<vec4f>;
@group(0) @binding(4) var<storage, read> errors: array<f32>;
@group(0) @binding(5) var<storage, read_write> codes: array<vec4f>;
${main('batch.rows * batch.groups')}
  let place = batch.firstPlace + at / batch.groups;
  let g = at % batch.groups;
  let z = codes[at];
  var slopes = vec4f(0.0);
  for (var e = pointers[place]; e < pointers[place + 1u]; e++) {
    let v = entries[e].x * batch.groups + g;
    let h = sigmoid(z - bitcast<f32>(entries[e].w) * model[v]);
    slopes += errors[e] * model[v + batch.users * batch.groups] * h * (1.0 - h);
  }
  codes[batch.rows * batch.groups + at] = slopes;
}
`;

/** The gradient and the step of every touched customer, four units of both matrices at a time. */
export const usersWgsl = /* wgsl */ `${common}
@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(1) var<uniform> step: Step;
@group(0) @binding(2) var<storage, read> touched: array<u32>;
@group(0) @binding(3) var<storage, read> runs: array<vec2u>;
@group(0) @binding(4) var<storage, read> entries: array<vec4u>;
@group(0) @binding(5) var<storage, read> errors: array<f32>;
@group(0) @binding(6) var<storage, read> codes: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> model: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> moments: array<vec4f>;
${main('batch.touched * batch.groups')}
  let t = (batch.firstTouched + at / batch.groups) * ${TOUCHED_WORDS}u;
  let g = at % batch.groups;
  let half = batch.users * batch.groups;
  let v = touched[t] * batch.groups + g;
  let encoder = model[v];
  let decoder = model[half + v];
  var towardsEncoder = bitcast<f32>(touched[t + 3u]) * encoder;
  var towardsDecoder = bitcast<f32>(touched[t + 4u]) * decoder;
  for (var a = touched[t + 1u]; a < touched[t + 2u]; a++) {
    let run = runs[a];
    let x = bitcast<f32>(entries[run.x].w);
    let row = run.y * batch.groups + g;
    let h = sigmoid(codes[row] - x * encoder);
    let eh = errors[run.x] * h;
    towardsDecoder += eh;
    towardsEncoder += x * (codes[batch.rows * batch.groups + row] - decoder * eh * (1.0 - h));
  }
  let second = 2u * half + batch.groups;
  let e = adam(moments[v], moments[second + v], towardsEncoder, step);
  moments[v] = e.first;
  moments[second + v] = e.second;
  model[v] = encoder - e.way;
  let d = adam(moments[half + v], moments[second + half + v], towardsDecoder, step);
  moments[half + v] = d.first;
  moments[second + half + v] = d.second;
  model[half + v] = decoder - d.way;
}
`;

/** The step of every touched customer's own number: (b, first, second). */
export const biasWgsl = /* wgsl */ `${common}
@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(1) var<uniform> step: Step;
@group(0) @binding(2) var<storage, read> touched: array<u32>;
@group(0) @binding(3) var<storage, read> runs: array<vec2u>;
@group(0) @binding(4) var<storage, read> errors: array<f32>;
@group(0) @binding(5) var<storage, read_write> bias: array<vec4f>;
${main('batch.touched')}
  let t = (batch.firstTouched + at) * ${TOUCHED_WORDS}u;
  var gradient = 0.0;
  for (var a = touched[t + 1u]; a < touched[t + 2u]; a++) { gradient += errors[runs[a].x]; }
  let own = bias[touched[t]];
  let moved = adam(vec4f(own.y), vec4f(own.z), vec4f(gradient), step);
  bias[touched[t]] = vec4f(own.x - moved.way.x, moved.first.x, moved.second.x, 0.0);
}
`;

/** The step of the hidden bias: its gradient is the sum of all slopes. */
export const hiddenWgsl = /* wgsl */ `${common}
@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(1) var<uniform> step: Step;
@group(0) @binding(2) var<storage, read> codes: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> model: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> moments: array<vec4f>;
${main('batch.groups')}
  var gradient = vec4f(0.0);
  for (var row = 0u; row < batch.rows; row++) { gradient += codes[(batch.rows + row) * batch.groups + at]; }
  let c = 2u * batch.users * batch.groups + at;
  let second = 2u * batch.users * batch.groups + batch.groups + c;
  let moved = adam(moments[c], moments[second], gradient, step);
  moments[c] = moved.first;
  moments[second] = moved.second;
  model[c] -= moved.way;
}
`;
