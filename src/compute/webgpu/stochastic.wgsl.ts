import type { LaneSum } from './row-solve.wgsl.ts';

export interface BlockSteps {
  /** Lanes that share a rating, a power of two. */
  readonly lanes: number;
  /** Groups of four factors that a lane holds. */
  readonly perLane: number;
  readonly sum: LaneSum;
}

/**
 * The steps of one block of ratings (device.ts, StochasticProblem), one rating after the other, a workgroup for each
 * block of a diagonal. A lane holds groups `lane`, `lane + lanes` … of both rows and alone reads and writes them in the
 * whole block, so that nothing but the prediction passes between lanes; the first lane has the biases too.
 *
 * Bindings: 0 params, 1 rates, 2 where blocks begin, 3 ratings, 4 and 5 factors, 6 and 7 biases, 8 Σ e² by block.
 */
export function blockStepsWgsl({ lanes, perLane, sum }: BlockSteps): string {
  const each = (code: (at: number) => string) => Array.from({ length: perLane }, (_, at) => code(at)).join('\n    ');
  const addUp: Record<LaneSum, string> = {
    alone: '',
    subgroup: `for (var distance = 1u; distance < ${lanes}u; distance *= 2u) { sum += subgroupShuffleXor(sum, distance); }`,
    // two sets of numbers in turns: the next rating's are written while slow lanes still read these
    workgroup: `let turn = (at & 1u) * ${lanes}u;
    partial[turn + lane] = sum;
    workgroupBarrier();
    sum = 0.0;
    for (var l = 0u; l < ${lanes}u; l++) { sum += partial[turn + l]; }`,
  };
  return /* wgsl */ `
${sum === 'subgroup' ? 'enable subgroups;' : ''}
struct Params { blocks: u32, base: u32, skip: u32, count: u32, groups: u32, mean: f32 }
struct Rates { step: f32, factorReg: f32, biasReg: f32 }
struct Rating { user: u32, item: u32, value: f32 }

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> rates: Rates;
@group(0) @binding(2) var<storage, read> blocks: array<u32>;
@group(0) @binding(3) var<storage, read> ratings: array<Rating>;
@group(0) @binding(4) var<storage, read_write> users: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> items: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> userBias: array<f32>;
@group(0) @binding(7) var<storage, read_write> itemBias: array<f32>;
@group(0) @binding(8) var<storage, read_write> losses: array<f32>;
${sum === 'workgroup' ? `var<workgroup> partial: array<f32, ${2 * lanes}>;` : ''}

@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let block = params.blocks + group.x;
  let begin = blocks[block] - params.base + params.skip;
  let end = min(begin + params.count, blocks[block + 1u] - params.base);
  var squares = 0.0;
  for (var at = begin; at < end; at++) {
    let rating = ratings[at];
    let user = rating.user * params.groups;
    let item = rating.item * params.groups;
    var sum = 0.0;
    var biases = vec2f(0.0);
    if (lane == 0u) {
      biases = vec2f(userBias[rating.user], itemBias[rating.item]);
      sum = biases.x + biases.y;
    }
    ${each(
      (v) => `let v${v} = lane + ${v * lanes}u;
    var p${v} = vec4f(0.0);
    var q${v} = vec4f(0.0);
    if (v${v} < params.groups) {
      p${v} = users[user + v${v}];
      q${v} = items[item + v${v}];
      sum += dot(p${v}, q${v});
    }`,
    )}
    ${addUp[sum]}
    let e = rating.value - params.mean - sum;
    squares += e * e;
    ${each(
      (v) => `if (v${v} < params.groups) {
      users[user + v${v}] = p${v} + rates.step * (e * q${v} - rates.factorReg * p${v});
      items[item + v${v}] = q${v} + rates.step * (e * p${v} - rates.factorReg * q${v});
    }`,
    )}
    if (lane == 0u) {
      let moved = biases + rates.step * (e - rates.biasReg * biases);
      userBias[rating.user] = moved.x;
      itemBias[rating.item] = moved.y;
    }
  }
  if (lane == 0u) { losses[block] += squares; }
}
`;
}
