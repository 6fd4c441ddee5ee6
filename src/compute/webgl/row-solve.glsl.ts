/**
 * The passes that solve one side; row-solve.wgsl.ts has the idea (four coordinates at a time, bias as coordinate 0
 * opposite a column of ones), device.ts the formulas. A fragment shader cannot share sums, so they take two steps:
 * a fragment per segment of a row's entries, then a fragment per row over its segments, each in a fixed order.
 */
export type Kind = 'explicit' | 'implicit' | 'sampled';

const otherGroup = (kind: Kind) => `
uniform sampler2DArray other;
vec4 otherGroup(int column, int v) {
  vec4 q = texelFetch(other, ivec3(place(column), v), 0);
  ${kind === 'implicit' ? '' : 'if (v == 0) q.x = 1.0;'}
  return q;
}
`;

/** A fragment per entry: its residual before anything moves. */
export const residualGlsl = (kind: Kind) => `
uniform usampler2D entries;      // column, row
uniform sampler2D values;
uniform sampler2DArray own;
uniform int groups;
uniform float mean;
${otherGroup(kind)}
out float residual;
void main() {
  int j = self();
  ivec2 entry = ivec2(texelFetch(entries, place(j), 0).xy);
  ${
    kind === 'implicit'
      ? 'residual = 1.0;'
      : `residual = texelFetch(values, place(j), 0).x - mean - texelFetch(other, ivec3(place(entry.x), 0), 0).x;`
  }
  for (int v = 0; v < groups; v++) {
    residual -= dot(texelFetch(own, ivec3(place(entry.y), v), 0), otherGroup(entry.x, v));
  }
}
`;

/** A fragment per segment: Σ e q_f, Σ q_f², Σ q_0q_1 q_0q_2 q_0q_3 q_1q_2, Σ q_1q_3 q_2q_3 over its entries. */
export const sumsGlsl = (kind: Kind) => `
uniform usampler2D segments;     // begin, end
uniform usampler2D entries;
uniform sampler2D values;
uniform sampler2D residuals;
uniform int v;
${otherGroup(kind)}
layout(location = 0) out vec4 g;
layout(location = 1) out vec4 d;
layout(location = 2) out vec4 c;
layout(location = 3) out vec4 h;
void main() {
  ivec2 segment = ivec2(texelFetch(segments, place(self()), 0).xy);
  g = d = c = h = vec4(0.0);
  for (int j = segment.x; j < segment.y; j++) {
    vec4 q = otherGroup(int(texelFetch(entries, place(j), 0).x), v);
    vec4 wq = ${kind === 'implicit' ? 'texelFetch(values, place(j), 0).x * q' : 'q'};
    g += texelFetch(residuals, place(j), 0).x * wq;
    d += wq * q;
    c += vec4(wq.x * q.yzw, wq.y * q.z);
    h += vec4(wq.y * q.w, wq.z * q.w, 0.0, 0.0);
  }
}
`;

/** A fragment per row: group v of the row after its four steps, and the steps. The sampler's is sampled-solve.glsl.ts. */
export const solveGlsl = (kind: Exclude<Kind, 'sampled'>) => `
uniform usampler2D rowSegments;  // first, count
uniform sampler2D regs;          // of coordinate 0, of the others
uniform sampler2D sumG;
uniform sampler2D sumD;
uniform sampler2D sumC;
uniform sampler2D sumH;
uniform sampler2DArray own;
uniform int v;
${
  kind === 'implicit'
    ? `uniform sampler2D gram;          // (v, f) holds G[f][4v … 4v + 3]
uniform int groups;
uniform float unobserved;`
    : ''
}
layout(location = 0) out vec4 solved;
layout(location = 1) out vec4 delta;

// a coordinate without any weight stays where it is
float stepOf(float numerator, float denominator) { return denominator > 0.0 ? numerator / denominator : 0.0; }

void main() {
  int row = self();
  ivec2 segment = ivec2(texelFetch(rowSegments, place(row), 0).xy);
  solved = delta = vec4(0.0);
  if (segment.y == 0) return;
  vec4 g = vec4(0.0), d = vec4(0.0), c = vec4(0.0), h = vec4(0.0);
  for (int s = segment.x; s < segment.x + segment.y; s++) {
    ivec2 at = place(s);
    g += texelFetch(sumG, at, 0);
    d += texelFetch(sumD, at, 0);
    c += texelFetch(sumC, at, 0);
    h += texelFetch(sumH, at, 0);
  }
  ${
    kind === 'implicit'
      ? `for (int u = 0; u < groups; u++) {
    vec4 p = unobserved * texelFetch(own, ivec3(place(row), u), 0);
    g -= p.x * texelFetch(gram, ivec2(v, 4 * u), 0) + p.y * texelFetch(gram, ivec2(v, 4 * u + 1), 0)
       + p.z * texelFetch(gram, ivec2(v, 4 * u + 2), 0) + p.w * texelFetch(gram, ivec2(v, 4 * u + 3), 0);
  }
  vec4 g0 = unobserved * texelFetch(gram, ivec2(v, 4 * v), 0);
  vec4 g1 = unobserved * texelFetch(gram, ivec2(v, 4 * v + 1), 0);
  vec4 g2 = unobserved * texelFetch(gram, ivec2(v, 4 * v + 2), 0);
  vec4 g3 = unobserved * texelFetch(gram, ivec2(v, 4 * v + 3), 0);
  d += vec4(g0.x, g1.y, g2.z, g3.w);
  c += vec4(g0.yzw, g1.z);
  h += vec4(g1.w, g2.w, 0.0, 0.0);`
      : ''
  }
  vec4 p = texelFetch(own, ivec3(place(row), v), 0);
  vec2 weights = texelFetch(regs, place(row), 0).xy;
  vec4 reg = vec4(v == 0 ? weights.x : weights.y, weights.yyy);
  g -= reg * p;
  d += reg;
  delta.x = stepOf(g.x, d.x);
  g -= delta.x * vec4(0.0, c.xyz);
  delta.y = stepOf(g.y, d.y);
  g -= delta.y * vec4(0.0, 0.0, c.w, h.x);
  delta.z = stepOf(g.z, d.z);
  delta.w = stepOf(g.w - delta.z * h.y, d.w);
  solved = p + delta;
}
`;

/** A fragment per entry: its residual after the row's steps on group v. */
export const updateGlsl = (kind: Kind) => `
uniform usampler2D entries;
uniform sampler2D residuals;
uniform sampler2D deltas;
uniform int v;
${otherGroup(kind)}
out float residual;
void main() {
  int j = self();
  ivec2 entry = ivec2(texelFetch(entries, place(j), 0).xy);
  residual = texelFetch(residuals, place(j), 0).x
    - dot(texelFetch(deltas, place(entry.y), 0), otherGroup(entry.x, v));
}
`;

/** A fragment per segment: Σ e² (weighted) of its entries. */
export const squaresGlsl = (kind: Kind) => `
uniform usampler2D segments;
uniform sampler2D values;
uniform sampler2D residuals;
out float squares;
void main() {
  ivec2 segment = ivec2(texelFetch(segments, place(self()), 0).xy);
  squares = 0.0;
  for (int j = segment.x; j < segment.y; j++) {
    float e = texelFetch(residuals, place(j), 0).x;
    squares += ${kind === 'implicit' ? 'texelFetch(values, place(j), 0).x * ' : ''}e * e;
  }
}
`;
