/** The normal numbers of counter-normal.ts in a shader. */
import { COS_POLYNOMIAL, LOG_POLYNOMIAL, ROOT_HALF_BITS, SIN_POLYNOMIAL } from '../counter-normal.ts';

/** ((c₀ x + c₁) x + c₂) … */
const horner = (x: string, coefficients: readonly number[]) =>
  coefficients.slice(1).reduce((sum, c) => `(${sum} * ${x} + (${c}))`, `(${coefficients[0]})`);

/** `normalPair(row, pair, key)`: the numbers of columns 2·pair and 2·pair + 1 of a row. */
export const normalsWgsl = /* wgsl */ `
// ln u, 0 < u ≤ 1
fn logarithm(u: f32) -> f32 {
  let bits = bitcast<i32>(u);
  let e = (bits - ${ROOT_HALF_BITS}) >> 23u;
  let f = bitcast<f32>(bits - (e << 23u)) - 1.0;
  let z = f * f;
  let low = ${horner('f', LOG_POLYNOMIAL)} * f * z - 2.1219444e-4 * f32(e) - 0.5 * z;
  return f + low + 0.693359375 * f32(e);
}

fn normalPair(row: u32, pair: u32, key: u32) -> vec2f {
  var x = row * 1664525u + 1013904223u;
  var y = pair * 1664525u + 1013904223u;
  var z = key * 1664525u + 1013904223u;
  x += y * z;
  y += z * x;
  z += x * y;
  x ^= x >> 16u;
  y ^= y >> 16u;
  z ^= z >> 16u;
  x += y * z;
  y += z * x;
  let radius = sqrt(-2.0 * logarithm(f32((x >> 8u) + 1u) * ${2 ** -24}));
  let angle = (f32((y >> 8u) & 0x3fffffu) - ${2 ** 21 - 0.5}) * ${Math.PI / 2 ** 23};
  let square = angle * angle;
  let sine = angle + angle * square * ${horner('square', SIN_POLYNOMIAL)};
  let cosine = 1.0 - 0.5 * square + square * square * ${horner('square', COS_POLYNOMIAL)};
  let quadrant = y >> 30u;
  let turned = select(vec2f(cosine, sine), vec2f(sine, cosine), (quadrant & 1u) == 1u);
  let negative = vec2<bool>(((quadrant + 1u) & 2u) == 2u, (quadrant & 2u) == 2u);
  return radius * select(turned, -turned, negative);
}
`;
