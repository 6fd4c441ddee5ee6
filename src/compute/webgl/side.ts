import type { Csr } from '../../base/sparse.ts';
import type { GlContext, Texture } from './context.ts';
import { type Kind, residualGlsl, solveGlsl, squaresGlsl, sumsGlsl, updateGlsl } from './row-solve.glsl.ts';
import { sampledSolveGlsl } from './sampled-solve.glsl.ts';
import type { TextureSet } from './textures.ts';

/** Most entries one fragment sums: long rows are shared among many fragments. */
const SEGMENT = 128;

/** The entries of every row in runs of at most SEGMENT: (begin, end) of each run, (first run, runs) of each row. */
export function segmentRows(pointers: Uint32Array): { segments: Uint32Array; rowSegments: Uint32Array } {
  const rows = pointers.length - 1;
  const rowSegments = new Uint32Array(rows * 2);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    const runs = Math.ceil((pointers[row + 1] - pointers[row]) / SEGMENT);
    rowSegments[2 * row] = count;
    rowSegments[2 * row + 1] = runs;
    count += runs;
  }
  const segments = new Uint32Array(count * 2);
  for (let row = 0; row < rows; row++) {
    for (let run = 0; run < rowSegments[2 * row + 1]; run++) {
      const begin = pointers[row] + run * SEGMENT;
      const at = 2 * (rowSegments[2 * row] + run);
      segments[at] = begin;
      segments[at + 1] = Math.min(begin + SEGMENT, pointers[row + 1]);
    }
  }
  return { segments, rowSegments };
}

export interface SideProblem {
  readonly kind: Kind;
  readonly matrix: Csr;
  readonly groups: number;
  /** null for the sampler, whose weights belong to columns. */
  readonly factorReg: Float32Array | null;
  /** The weight on coordinate 0: biases where there are any. */
  readonly firstReg: Float32Array | null;
  readonly mean: number;
  readonly unobserved: number;
}

/** Textures the passes work on, created by the session that owns the factors. */
export interface SideTextures {
  readonly own: Texture;
  readonly other: Texture;
  /** The other side's Gram matrix (implicit only). */
  readonly gram?: Texture;
  /** A prior for every coordinate (sampled only): sampled-solve.glsl.ts. */
  readonly prior?: Texture;
  /** Means of every row, laid out as `own` (sampled only), in place of those of the prior. */
  readonly means?: Texture;
}

/** What the noise of one half sweep is made from (sampled only). */
export interface Noise {
  readonly key: number;
  readonly deviation: number;
}

/** The solve of all rows of one side, ready to be drawn again and again. */
export interface Side {
  /** Draws the solve of every row. */
  solve(noise?: Noise): void;
  /** Draws Σ e² (weighted) of each segment into `squares`. */
  measure(): void;
  readonly squares: Texture;
  readonly segments: number;
}

/** Uploads a side and compiles its passes. Call inside `allocate`. */
export function createSide(
  context: GlContext,
  textures: TextureSet,
  problem: SideProblem,
  { own, other, gram, prior, means }: SideTextures,
): Side {
  const { kind, matrix, groups, mean, unobserved } = problem;
  const { rows } = matrix;
  const count = matrix.indices.length;
  const table = segmentRows(matrix.pointers);
  const segmentCount = table.segments.length / 2;

  const entries = textures.run('integer2', count, entryTable(matrix));
  const values = textures.run('real', count, matrix.values);
  const segments = textures.run('integer2', segmentCount, table.segments);
  const rowSegments = textures.run('integer2', rows, table.rowSegments);
  const { firstReg, factorReg } = problem;
  const regs = firstReg && factorReg ? textures.run('real2', rows, interleave(firstReg, factorReg)) : null;
  const residuals = [textures.run('real', count), textures.run('real', count)];
  const residualTargets = residuals.map((texture) => textures.target([texture]));
  const sums = Array.from({ length: 4 }, () => textures.run('real4', segmentCount));
  const sumsTarget = textures.target(sums);
  const deltas = textures.run('real4', rows);
  const solveTarget = textures.target([textures.run('real4', rows), deltas]);
  const squares = textures.run('real', segmentCount);
  const squaresTarget = textures.target([squares]);
  const programs = {
    residual: context.program(residualGlsl(kind)),
    sums: context.program(sumsGlsl(kind)),
    solve: context.program(kind === 'sampled' ? sampledSolveGlsl(means !== undefined) : solveGlsl(kind)),
    update: context.program(updateGlsl(kind)),
    squares: context.program(squaresGlsl(kind)),
  };
  // which of the two residual textures is current
  let current = 0;

  return {
    squares,
    segments: segmentCount,
    solve(noise) {
      const { gl } = context;
      context.draw({
        program: programs.residual,
        textures: { entries, values, own, other },
        integers: { groups },
        reals: { mean },
        target: residualTargets[current],
      });
      for (let v = 0; v < groups; v++) {
        context.draw({
          program: programs.sums,
          textures: { segments, entries, values, residuals: residuals[current], other },
          integers: { v },
          target: sumsTarget,
        });
        const [sumG, sumD, sumC, sumH] = sums;
        context.draw({
          program: programs.solve,
          textures: {
            ...{ rowSegments, sumG, sumD, sumC, sumH, own },
            ...(regs ? { regs } : {}),
            ...(gram ? { gram } : {}),
            ...(prior ? { prior } : {}),
            ...(means ? { means } : {}),
          },
          integers: { v, groups, ...(noise ? { key: noise.key } : {}) },
          reals: { unobserved, ...(noise ? { deviation: noise.deviation } : {}) },
          target: solveTarget,
        });
        context.copyToLayer(solveTarget, own, v);
        context.draw({
          program: programs.update,
          textures: { entries, residuals: residuals[current], deltas, other },
          integers: { v },
          target: residualTargets[1 - current],
        });
        current = 1 - current;
        // work goes to the GPU in short pieces: no piece trips the watchdog
        gl.flush();
      }
    },
    measure() {
      context.draw({
        program: programs.squares,
        textures: { segments, values, residuals: residuals[current] },
        target: squaresTarget,
      });
    },
  };
}

/** (column, row) of every entry. */
function entryTable({ rows, pointers, indices }: Csr): Uint32Array {
  const entries = new Uint32Array(indices.length * 2);
  for (let row = 0; row < rows; row++) {
    for (let e = pointers[row]; e < pointers[row + 1]; e++) {
      entries[2 * e] = indices[e];
      entries[2 * e + 1] = row;
    }
  }
  return entries;
}

function interleave(first: Float32Array, second: Float32Array): Float32Array {
  const pairs = new Float32Array(first.length * 2);
  for (let at = 0; at < first.length; at++) {
    pairs[2 * at] = first[at];
    pairs[2 * at + 1] = second[at];
  }
  return pairs;
}
