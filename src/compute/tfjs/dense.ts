/**
 * Dense layers with gradients written out. tfjs' own gradient of a matrix product asks for transposed
 * operands, which its wasm backend multiplies in a slow loop (8 to 10 times slower, measured), and
 * its gradient of a broadcast sum is a reduction over rows; here the small side is transposed and
 * every product is a plain one. Every operation a network differentiates through is in this file:
 * tfjs-core alone registers no gradients of its own. What a gradient needs is saved last, when nothing can throw any more:
 * it is kept until the gradient is taken.
 */
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Tf } from './backend.ts';
import { type AdamStep, adamScales, BETA1, BETA2, EPSILON } from './embedding.ts';

type GradSaveFunc = (tensors: Tensor[]) => void;

/** xᵀ·dy for x (B × n) and dy (B × m) as (dyᵀ·x)ᵀ: m is the smaller side in every layer here. */
function weightGradient(tf: Tf, x: Tensor2D, dyTransposed: Tensor2D): Tensor2D {
  return tf.transpose(tf.matMul(dyTransposed, x)) as Tensor2D;
}

/**
 * relu(Σ_j x_j·w_j + bias): a dense layer over the concatenation of its inputs, without making the
 * concatenation. x_j: B × n_j, w_j: n_j × m, bias: 1 × m, ones: 1 × B (a constant). Returns B × m.
 */
export function denseRelu(
  tf: Tf,
  inputs: readonly { readonly x: Tensor2D; readonly w: Tensor2D }[],
  bias: Tensor2D,
  ones: Tensor2D,
): Tensor2D {
  const count = inputs.length;
  const layer = tf.customGrad((...parts: (Tensor | GradSaveFunc)[]) => {
    const save = parts.pop() as GradSaveFunc;
    const tensors = parts as Tensor2D[];
    const b = tensors[2 * count];
    let y: Tensor2D = tf.fused.matMul({ a: tensors[0], b: tensors[1], bias: tf.reshape(b, [-1]) }) as Tensor2D;
    for (let j = 1; j < count; j++) y = tf.add(y, tf.matMul(tensors[2 * j], tensors[2 * j + 1]));
    const value = tf.relu(y);
    save([...tensors, value, ones]);
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const slope = tf.mul(dy, tf.step(saved[2 * count + 1])) as Tensor2D;
        const transposed = tf.transpose(slope) as Tensor2D;
        const gradients: Tensor[] = [];
        for (let j = 0; j < count; j++) {
          gradients.push(tf.matMul(slope, tf.transpose(saved[2 * j + 1] as Tensor2D)));
          gradients.push(weightGradient(tf, saved[2 * j] as Tensor2D, transposed));
        }
        gradients.push(tf.matMul(saved[2 * count + 2] as Tensor2D, slope));
        return gradients;
      },
    };
  });
  return layer(...inputs.flatMap(({ x, w }) => [x, w]), bias) as Tensor2D;
}

/** x·w for x (B × n) and a column w (n × 1). Returns B × 1. */
export function denseColumn(tf: Tf, x: Tensor2D, w: Tensor2D): Tensor2D {
  const layer = tf.customGrad((...parts: (Tensor | GradSaveFunc)[]) => {
    const save = parts.pop() as GradSaveFunc;
    const [a, b] = parts as Tensor2D[];
    const value = tf.matMul(a, b);
    save([a, b]);
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) => [
        tf.matMul(dy as Tensor2D, tf.reshape(saved[1], [1, -1]) as Tensor2D),
        tf.reshape(tf.matMul(tf.reshape(dy, [1, -1]) as Tensor2D, saved[0] as Tensor2D), [-1, 1]),
      ],
    };
  });
  return layer(x, w) as Tensor2D;
}

/** x ⊙ y, both B × n. */
export function hadamard(tf: Tf, x: Tensor2D, y: Tensor2D): Tensor2D {
  const layer = tf.customGrad((...parts: (Tensor | GradSaveFunc)[]) => {
    const save = parts.pop() as GradSaveFunc;
    const [a, b] = parts as Tensor2D[];
    const value = tf.mul(a, b);
    save([a, b]);
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) => [tf.mul(dy, saved[1]), tf.mul(dy, saved[0])],
    };
  });
  return layer(x, y) as Tensor2D;
}

/** Columns (B × 1 each) added up, plus one number (1 × 1). `ones` as in `denseRelu`. */
export function addColumns(tf: Tf, columns: readonly Tensor2D[], bias: Tensor2D, ones: Tensor2D): Tensor2D {
  const layer = tf.customGrad((...parts: (Tensor | GradSaveFunc)[]) => {
    const save = parts.pop() as GradSaveFunc;
    const value = (parts as Tensor[]).reduce((sum, part) => tf.add(sum, part));
    save([ones]);
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) => [
        ...columns.map(() => tf.clone(dy)),
        tf.matMul(saved[0] as Tensor2D, dy as Tensor2D),
      ],
    };
  });
  return layer(...columns, bias) as Tensor2D;
}

/** Σ weights·(y − targets)²; all B × 1. */
export function squaredLoss(tf: Tf, y: Tensor2D, targets: Tensor2D, weights: Tensor2D): Scalar {
  const loss = tf.customGrad((...parts: (Tensor | GradSaveFunc)[]) => {
    const save = parts.pop() as GradSaveFunc;
    const error = tf.mul(weights, tf.sub(parts[0] as Tensor, targets));
    // Weights are 0 or 1, so they may be squared too.
    const value = tf.sum(tf.square(error));
    save([error]);
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) => tf.mul(tf.mul(dy, 2), saved[0]),
    };
  });
  return loss(y) as Scalar;
}

/** Σ weights·(ln(1 + eʸ) − targets·y), the binary cross-entropy of logits y; all B × 1. */
export function logisticLoss(tf: Tf, y: Tensor2D, targets: Tensor2D, weights: Tensor2D): Scalar {
  const loss = tf.customGrad((...parts: (Tensor | GradSaveFunc)[]) => {
    const save = parts.pop() as GradSaveFunc;
    const logits = parts[0] as Tensor;
    const slope = tf.mul(weights, tf.sub(tf.sigmoid(logits), targets));
    const value = tf.sum(tf.mul(weights, tf.sub(tf.softplus(logits), tf.mul(targets, logits))));
    save([slope]);
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) => tf.mul(dy, saved[0]),
    };
  });
  return loss(y) as Scalar;
}

/** Adam over one flat array of dense parameters (Kingma & Ba 2015), as ordinary tensor operations. */
export class DenseAdam {
  values: Tensor1D;
  first: Tensor1D;
  second: Tensor1D;
  readonly #tf: Tf;

  constructor(tf: Tf, values: Float32Array) {
    this.#tf = tf;
    this.values = tf.tensor1d(values.slice());
    this.first = tf.zeros([values.length]);
    this.second = tf.zeros([values.length]);
  }

  /** Values and moments as they were read before. */
  restore(values: Float32Array, first: Float32Array, second: Float32Array): void {
    this.destroy();
    this.values = this.#tf.tensor1d(values.slice());
    this.first = this.#tf.tensor1d(first.slice());
    this.second = this.#tf.tensor1d(second.slice());
  }

  /**
   * One step from a gradient of the same length; of what `gradientOf` makes nothing stays. `weightDecay`: what the values lose beside it, as a multiple of the
   * learning rate (Loshchilov & Hutter 2019).
   */
  update(gradientOf: () => Tensor1D, step: AdamStep, weightDecay = 0): void {
    const tf = this.#tf;
    const { scale, correction } = adamScales(step);
    const [values, first, second] = tf.tidy(() => {
      const gradient = gradientOf();
      const m = tf.add(tf.mul(this.first, BETA1), tf.mul(gradient, 1 - BETA1));
      const v = tf.add(tf.mul(this.second, BETA2), tf.mul(tf.square(gradient), 1 - BETA2));
      const move = tf.div(tf.mul(m, scale), tf.add(tf.sqrt(tf.mul(v, correction)), EPSILON));
      const kept = weightDecay > 0 ? tf.mul(this.values, 1 - step.learningRate * weightDecay) : this.values;
      return [tf.sub(kept, move), m, v];
    }) as [Tensor1D, Tensor1D, Tensor1D];
    this.destroy();
    this.values = values;
    this.first = first;
    this.second = second;
  }

  destroy(): void {
    for (const tensor of [this.values, this.first, this.second]) tensor.dispose();
  }
}
