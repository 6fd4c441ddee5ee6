import type { GlContext, Target, Texture } from './context.ts';
import type { TextureSet } from './textures.ts';

/** Numbers one fragment adds up, and how few are left for the CPU to add in 64 bits. */
const FAN_IN = 64;
const LEFT = 1024;

const glsl = `
uniform sampler2D numbers;
uniform int count;
out float sum;
void main() {
  int begin = self() * ${FAN_IN};
  sum = 0.0;
  for (int i = begin; i < min(begin + ${FAN_IN}, count); i++) sum += texelFetch(numbers, place(i), 0).x;
}
`;

/** The sum of a run, in passes of fixed shape. */
export interface Reduction {
  draw(): void;
  /** Holds the last few sums, to be read and given to `addUp`. */
  readonly target: Target;
}

/** Prepares the sum of the first `count` texels of a run of single numbers. */
export function createReduction(context: GlContext, textures: TextureSet, numbers: Texture, count: number): Reduction {
  const program = context.program(glsl);
  const passes: { numbers: Texture; count: number; target: Target }[] = [];
  let source = numbers;
  let left = count;
  do {
    const fewer = Math.max(1, Math.ceil(left / FAN_IN));
    const sums = textures.run('real', fewer);
    passes.push({ numbers: source, count: left, target: textures.target([sums]) });
    source = sums;
    left = fewer;
  } while (left > LEFT);
  return {
    draw() {
      for (const pass of passes) {
        context.draw({
          program,
          textures: { numbers: pass.numbers },
          integers: { count: pass.count },
          target: pass.target,
        });
      }
    },
    target: passes[passes.length - 1].target,
  };
}

/** The last step of a reduction, in 64 bits: the first of every four numbers read. */
export function addUp(texels: Float32Array): number {
  let total = 0;
  for (let at = 0; at < texels.length; at += 4) total += texels[at];
  return total;
}
