import { GROUP } from '../gpu-layout.ts';
import type { GlContext, Target, Texture } from './context.ts';
import type { TextureSet } from './textures.ts';

/** Rows one fragment sums before the slices are added up, and the most slices there are. */
const ROWS_PER_SLICE = 256;
const MAX_SLICES = 64;

/** Fragment (slice · groups + v, f): Σ q_f q_{4v…4v+3} over a slice of rows. */
const sliceGlsl = `
uniform sampler2DArray factors;
uniform int groups;
uniform int rows;
uniform int rowsPerSlice;
out vec4 sum;
void main() {
  int x = int(gl_FragCoord.x);
  int f = int(gl_FragCoord.y);
  int v = x % groups;
  int begin = (x / groups) * rowsPerSlice;
  sum = vec4(0.0);
  for (int row = begin; row < min(begin + rowsPerSlice, rows); row++) {
    float q = texelFetch(factors, ivec3(place(row), f >> 2), 0)[f & 3];
    sum += q * texelFetch(factors, ivec3(place(row), v), 0);
  }
}
`;

/** Fragment (v, f): the slices added up in order. */
const sumGlsl = `
uniform sampler2D slices;
uniform int groups;
uniform int sliceCount;
out vec4 sum;
void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
  sum = vec4(0.0);
  for (int slice = 0; slice < sliceCount; slice++) {
    sum += texelFetch(slices, ivec2(slice * groups + at.x, at.y), 0);
  }
}
`;

/** Fragment f: Σ_g A[f][g] B[f][g] of two Gram matrices. */
const productGlsl = `
uniform sampler2D a;
uniform sampler2D b;
uniform int groups;
out float sum;
void main() {
  int f = int(gl_FragCoord.x);
  sum = 0.0;
  for (int v = 0; v < groups; v++) sum += dot(texelFetch(a, ivec2(v, f), 0), texelFetch(b, ivec2(v, f), 0));
}
`;

/** FᵀF of a side: texel (v, f) holds G[f][4v … 4v + 3]. */
export interface Gram {
  readonly texture: Texture;
  draw(): void;
}

export function createGram(
  context: GlContext,
  textures: TextureSet,
  factors: Texture,
  rows: number,
  groups: number,
): Gram {
  const fits = Math.max(1, Math.floor(context.maxSize / groups));
  const sliceCount = Math.max(1, Math.min(MAX_SLICES, fits, Math.ceil(rows / ROWS_PER_SLICE)));
  const rowsPerSlice = Math.ceil(rows / sliceCount);
  const slices = textures.rectangle('real4', groups * sliceCount, groups * GROUP);
  const sliceTarget = textures.target([slices]);
  const texture = textures.rectangle('real4', groups, groups * GROUP);
  const target = textures.target([texture]);
  const sliceProgram = context.program(sliceGlsl);
  const sumProgram = context.program(sumGlsl);
  return {
    texture,
    draw() {
      context.draw({
        program: sliceProgram,
        textures: { factors },
        integers: { groups, rows, rowsPerSlice },
        target: sliceTarget,
      });
      context.draw({ program: sumProgram, textures: { slices }, integers: { groups, sliceCount }, target });
    },
  };
}

/** Σ_fg A_fg B_fg as 4·groups sums for the CPU to add up. */
export function createGramProduct(
  context: GlContext,
  textures: TextureSet,
  a: Texture,
  b: Texture,
  groups: number,
): { draw(): void; readonly target: Target } {
  const target = textures.target([textures.rectangle('real', groups * GROUP, 1)]);
  const program = context.program(productGlsl);
  return {
    target,
    draw: () => context.draw({ program, textures: { a, b }, integers: { groups }, target }),
  };
}
