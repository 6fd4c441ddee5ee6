/**
 * The passes over one batch of an autoencoder (formulas: ../autoencoder.ts). A fragment makes four hidden units of a
 * row, or one number of an entry or customer, in a loop over entries. Nothing is written in place: every trained
 * texture has a twin, customers the batch does not touch are carried over.
 */

const common = `
uniform int groups;
vec4 sigmoid(vec4 z) { return 1.0 / (1.0 + exp(-z)); }
`;

const adam = `
uniform float scale;
uniform float correction;
/** The number after a gradient; first and second become its moments. */
vec4 adam(vec4 value, vec4 gradient, inout vec4 first, inout vec4 second) {
  first = 0.9 * first + 0.1 * gradient;
  second = 0.999 * second + 0.001 * gradient * gradient;
  return value - scale * first / (sqrt(second * correction) + 1e-8);
}
`;

/** z of a batch's rows, or σ(z). Fragment: row · groups + g. */
export const encodeGlsl = (curved: boolean) => `${common}
uniform usampler2D pointers;
uniform usampler2D entries;      // customer, row in the batch
uniform sampler2D inputs;        // y, x
uniform sampler2D encoder;
uniform sampler2D hidden;
uniform int firstPlace;
out vec4 code;
void main() {
  int row = self() / groups;
  int g = self() % groups;
  code = texelFetch(hidden, place(g), 0);
  int end = int(texelFetch(pointers, place(firstPlace + row + 1), 0).x);
  for (int e = int(texelFetch(pointers, place(firstPlace + row), 0).x); e < end; e++) {
    int user = int(texelFetch(entries, place(e), 0).x);
    code += texelFetch(inputs, place(e), 0).y * texelFetch(encoder, place(user * groups + g), 0);
  }
  ${curved ? 'code = sigmoid(code);' : ''}
}
`;

/** e of every entry of a batch. Fragment: entry − firstEntry. */
export const errorsGlsl = `${common}
uniform usampler2D entries;
uniform sampler2D inputs;
uniform sampler2D encoder;
uniform sampler2D decoder;
uniform sampler2D bias;
uniform sampler2D codes;
uniform int firstEntry;
uniform int count;
out float error;
void main() {
  error = 0.0;
  if (self() >= count) return;
  ivec2 entry = ivec2(texelFetch(entries, place(firstEntry + self()), 0).xy);
  vec2 own = texelFetch(inputs, place(firstEntry + self()), 0).xy;
  vec4 guess = vec4(0.0);
  for (int g = 0; g < groups; g++) {
    ivec2 at = place(entry.x * groups + g);
    vec4 h = sigmoid(texelFetch(codes, place(entry.y * groups + g), 0) - own.y * texelFetch(encoder, at, 0));
    guess += texelFetch(decoder, at, 0) * h;
  }
  error = texelFetch(bias, place(entry.x), 0).x + dot(guess, vec4(1.0)) - own.x;
}
`;

/** Slopes of a batch's rows. Fragment: row · groups + g. */
export const slopesGlsl = `${common}
uniform usampler2D pointers;
uniform usampler2D entries;
uniform sampler2D inputs;
uniform sampler2D encoder;
uniform sampler2D decoder;
uniform sampler2D codes;
uniform sampler2D errors;
uniform int firstPlace;
uniform int firstEntry;
out vec4 slopes;
void main() {
  int row = self() / groups;
  int g = self() % groups;
  vec4 z = texelFetch(codes, place(self()), 0);
  slopes = vec4(0.0);
  int end = int(texelFetch(pointers, place(firstPlace + row + 1), 0).x);
  for (int e = int(texelFetch(pointers, place(firstPlace + row), 0).x); e < end; e++) {
    ivec2 at = place(int(texelFetch(entries, place(e), 0).x) * groups + g);
    vec4 h = sigmoid(z - texelFetch(inputs, place(e), 0).y * texelFetch(encoder, at, 0));
    slopes += texelFetch(errors, place(e - firstEntry), 0).x * texelFetch(decoder, at, 0) * h * (1.0 - h);
  }
}
`;

/** One of the two matrices after the batch, with its moments. Fragment: customer · groups + g. */
export const usersGlsl = (side: 'encoder' | 'decoder') => `${common}${adam}
uniform usampler2D ranges;       // begin, end of the customer's run in this batch
uniform sampler2D shares;        // share · encoderReg, share · decoderReg
uniform usampler2D runs;         // entry, row in the batch
uniform sampler2D inputs;
uniform sampler2D errors;
uniform sampler2D codes;
uniform sampler2D slopes;
uniform sampler2D encoder;
uniform sampler2D decoder;
uniform sampler2D first;
uniform sampler2D second;
uniform int firstRange;
uniform int firstEntry;
uniform int users;
layout(location = 0) out vec4 value;
layout(location = 1) out vec4 firstOut;
layout(location = 2) out vec4 secondOut;
void main() {
  int user = self() / groups;
  int g = self() % groups;
  ivec2 at = place(self());
  vec4 v = texelFetch(encoder, at, 0);
  vec4 w = texelFetch(decoder, at, 0);
  value = ${side === 'encoder' ? 'v' : 'w'};
  firstOut = texelFetch(first, at, 0);
  secondOut = texelFetch(second, at, 0);
  if (user >= users) return;
  ivec2 range = ivec2(texelFetch(ranges, place(firstRange + user), 0).xy);
  if (range.x == range.y) return;
  vec4 gradient = texelFetch(shares, place(firstRange + user), 0).${side === 'encoder' ? 'x' : 'y'} * value;
  for (int a = range.x; a < range.y; a++) {
    ivec2 run = ivec2(texelFetch(runs, place(a), 0).xy);
    float x = texelFetch(inputs, place(run.x), 0).y;
    ivec2 row = place(run.y * groups + g);
    vec4 h = sigmoid(texelFetch(codes, row, 0) - x * v);
    vec4 eh = texelFetch(errors, place(run.x - firstEntry), 0).x * h;
    gradient += ${side === 'encoder' ? 'x * (texelFetch(slopes, row, 0) - w * eh * (1.0 - h))' : 'eh'};
  }
  value = adam(value, gradient, firstOut, secondOut);
}
`;

/** (b, first, second) of every customer after the batch. */
export const biasGlsl = `${adam}
uniform usampler2D ranges;
uniform usampler2D runs;
uniform sampler2D errors;
uniform sampler2D bias;
uniform int firstRange;
uniform int firstEntry;
uniform int users;
out vec4 own;
void main() {
  own = texelFetch(bias, place(self()), 0);
  if (self() >= users) return;
  ivec2 range = ivec2(texelFetch(ranges, place(firstRange + self()), 0).xy);
  if (range.x == range.y) return;
  float gradient = 0.0;
  for (int a = range.x; a < range.y; a++) {
    gradient += texelFetch(errors, place(int(texelFetch(runs, place(a), 0).x) - firstEntry), 0).x;
  }
  vec4 first = vec4(own.y);
  vec4 second = vec4(own.z);
  vec4 value = adam(vec4(own.x), vec4(gradient), first, second);
  own = vec4(value.x, first.x, second.x, 0.0);
}
`;

/** The hidden bias after the batch, with its moments. Fragment: g. */
export const hiddenGlsl = `${common}${adam}
uniform sampler2D slopes;
uniform sampler2D hidden;
uniform sampler2D first;
uniform sampler2D second;
uniform int rows;
layout(location = 0) out vec4 value;
layout(location = 1) out vec4 firstOut;
layout(location = 2) out vec4 secondOut;
void main() {
  vec4 gradient = vec4(0.0);
  for (int row = 0; row < rows; row++) gradient += texelFetch(slopes, place(row * groups + self()), 0);
  firstOut = texelFetch(first, place(self()), 0);
  secondOut = texelFetch(second, place(self()), 0);
  value = adam(texelFetch(hidden, place(self()), 0), gradient, firstOut, secondOut);
}
`;

/** Lanes of the running Σ e² of an epoch. */
export const LOSS_LANES = 256;

/** Adds a batch's Σ e², lane by lane, to what the epoch has so far (nothing, where it begins). */
export const lossGlsl = `
uniform sampler2D errors;
uniform sampler2D before;
uniform int count;
uniform int begins;
out float sum;
void main() {
  sum = begins == 1 ? 0.0 : texelFetch(before, place(self()), 0).x;
  for (int e = self(); e < count; e += ${LOSS_LANES}) {
    float error = texelFetch(errors, place(e), 0).x;
    sum += error * error;
  }
}
`;
