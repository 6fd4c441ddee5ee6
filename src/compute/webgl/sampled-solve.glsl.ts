/**
 * The solve pass of the sampler: like `solveGlsl` of row-solve.glsl.ts, with a prior per coordinate instead of a weight
 * per row, and noise. Formulas: device.ts; normal numbers and their polynomials: counter-normal.ts.
 */
import { COS_POLYNOMIAL, LOG_POLYNOMIAL, ROOT_HALF_BITS, SIN_POLYNOMIAL } from '../counter-normal.ts';

const real = (value: number) => (Number.isInteger(value) ? `${value}.0` : `${value}`);
/** ((c₀ x + c₁) x + c₂) … */
const horner = (x: string, coefficients: readonly number[]) =>
  coefficients.slice(1).reduce((sum, c) => `(${sum} * ${x} + (${real(c)}))`, `(${real(coefficients[0])})`);

const normalsGlsl = `
// ln of both, each in (0, 1]
vec2 logarithm(vec2 u) {
  ivec2 bits = floatBitsToInt(u);
  ivec2 e = (bits - ${ROOT_HALF_BITS}) >> 23;
  vec2 f = intBitsToFloat(bits - (e << 23)) - 1.0;
  vec2 z = f * f;
  vec2 low = ${horner('f', LOG_POLYNOMIAL)} * f * z - 2.1219444e-4 * vec2(e) - 0.5 * z;
  return f + low + 0.693359375 * vec2(e);
}

// the numbers of coordinates 4v … 4v + 3 of a row: two pairs
vec4 normals(int row, int v, int key) {
  uvec2 x = uvec2(uint(row) * 1664525u + 1013904223u);
  uvec2 y = uvec2(2 * v, 2 * v + 1) * 1664525u + 1013904223u;
  uvec2 z = uvec2(uint(key) * 1664525u + 1013904223u);
  x += y * z;
  y += z * x;
  z += x * y;
  x ^= x >> 16u;
  y ^= y >> 16u;
  z ^= z >> 16u;
  x += y * z;
  y += z * x;
  vec2 radius = sqrt(-2.0 * logarithm(vec2((x >> 8u) + 1u) * ${2 ** -24}));
  vec2 angle = (vec2((y >> 8u) & 0x3fffffu) - ${2 ** 21 - 0.5}) * ${Math.PI / 2 ** 23};
  vec2 square = angle * angle;
  vec2 sine = angle + angle * square * ${horner('square', SIN_POLYNOMIAL)};
  vec2 cosine = 1.0 - 0.5 * square + square * square * ${horner('square', COS_POLYNOMIAL)};
  vec4 four = vec4(0.0);
  for (int at = 0; at < 2; at++) {
    uint quadrant = y[at] >> 30u;
    float even = (quadrant & 1u) == 1u ? sine[at] : cosine[at];
    float odd = (quadrant & 1u) == 1u ? cosine[at] : sine[at];
    even = ((quadrant + 1u) & 2u) == 2u ? -even : even;
    odd = (quadrant & 2u) == 2u ? -odd : odd;
    if (at == 0) four.xy = radius.x * vec2(even, odd);
    else four.zw = radius.y * vec2(even, odd);
  }
  return four;
}
`;

/** A fragment per row: group v of the row after its four draws, and the steps to them. */
export const sampledSolveGlsl = (rowMeans: boolean) => `
uniform usampler2D rowSegments;  // first, count
uniform sampler2D prior;         // of group v: precisions over that of the noise, means
${rowMeans ? 'uniform sampler2DArray means;     // of every row, laid out as the rows' : ''}
uniform sampler2D sumG;
uniform sampler2D sumD;
uniform sampler2D sumC;
uniform sampler2D sumH;
uniform sampler2DArray own;
uniform int v;
uniform int key;
uniform float deviation;         // of the noise of ratings
layout(location = 0) out vec4 solved;
layout(location = 1) out vec4 delta;
${normalsGlsl}
// coordinates behind the last factor have no prior and stay where they are
float stepOf(float pull, float curvature, float normal) {
  return curvature > 0.0 ? pull / curvature + deviation * normal * inversesqrt(curvature) : 0.0;
}

void main() {
  int row = self();
  ivec2 segment = ivec2(texelFetch(rowSegments, place(row), 0).xy);
  solved = delta = vec4(0.0);
  vec4 g = vec4(0.0), d = vec4(0.0), c = vec4(0.0), h = vec4(0.0);
  for (int s = segment.x; s < segment.x + segment.y; s++) {
    ivec2 at = place(s);
    g += texelFetch(sumG, at, 0);
    d += texelFetch(sumD, at, 0);
    c += texelFetch(sumC, at, 0);
    h += texelFetch(sumH, at, 0);
  }
  vec4 p = texelFetch(own, ivec3(place(row), v), 0);
  vec4 weights = texelFetch(prior, ivec2(0, v), 0);
  vec4 z = normals(row, v, key);
  g -= weights * (p - ${rowMeans ? 'texelFetch(means, ivec3(place(row), v), 0)' : 'texelFetch(prior, ivec2(1, v), 0)'});
  // a column of ones or of zeros stands opposite coordinates that are no factors: without a prior nothing moves them
  d = mix(vec4(0.0), d + weights, greaterThan(weights, vec4(0.0)));
  delta.x = stepOf(g.x, d.x, z.x);
  g -= delta.x * vec4(0.0, c.xyz);
  delta.y = stepOf(g.y, d.y, z.y);
  g -= delta.y * vec4(0.0, 0.0, c.w, h.x);
  delta.z = stepOf(g.z, d.z, z.z);
  delta.w = stepOf(g.w - delta.z * h.y, d.w, z.w);
  solved = p + delta;
}
`;

/** Rows one fragment adds up. */
export const MOMENT_ROWS = 128;

/** A fragment per group and run of rows: Σ x and Σ x² of its four coordinates. */
export const momentsGlsl = `
uniform sampler2DArray own;
uniform int groups;
uniform int rows;
layout(location = 0) out vec4 sums;
layout(location = 1) out vec4 squares;
void main() {
  int v = self() % groups;
  int begin = (self() / groups) * ${MOMENT_ROWS};
  sums = squares = vec4(0.0);
  for (int row = begin; row < min(begin + ${MOMENT_ROWS}, rows); row++) {
    vec4 x = texelFetch(own, ivec3(place(row), v), 0);
    sums += x;
    squares += x * x;
  }
}
`;
