import { type Lane, SOLVERS, type Solver, type Timing } from '../kernel-page/requests.ts';
import { adapterName, atLeast, type RowDraft, rowsOf, show, showMs } from './figures.ts';
import { findTiming, laneName, middleMs, SOLVER_NAMES, timingsOf } from './kernel-figures.ts';
import type { Section } from './section.ts';

const REFERENCE: Lane = { device: 'reference', threads: 1 };
const ONE: Lane = { device: 'wasm', threads: 1 };
const TWO: Lane = { device: 'wasm', threads: 2 };
const GPU: Lane = { device: 'webgpu', threads: 1 };
const HALVES: Lane = { ...GPU, halfReads: true };
const GPUS: readonly Lane[] = [GPU, { device: 'webgl', threads: 1 }];

/** Times the reference needs of what one thread of WASM needs; nothing is promised of the sampler. */
const LEAST: Readonly<Partial<Record<Solver, number>>> = { sweep: 6, stochastic: 3 };
const LEAST_OF_TWO = 1.7;
/** Largest relative difference of a training loss from the reference's. */
const SAME_LOSS = 1e-4;

const capital = (words: string) => words[0].toUpperCase() + words.slice(1);

function ratioRow(timings: readonly Timing[], solver: Solver, slow: Lane, fast: Lane, least?: number): RowDraft {
  const [of, by] = [findTiming(timings, solver, slow), findTiming(timings, solver, fast)];
  const [slowMs, fastMs] = [middleMs(of), middleMs(by)];
  const adapter = by?.adapter ? ` (${adapterName(by.adapter)})` : '';
  const ratio = slowMs === null || fastMs === null ? null : slowMs / fastMs;
  const why = [of, by].map((one) => one?.missing).find(Boolean) ?? '';
  return {
    what: `${capital(SOLVER_NAMES[solver])}: ${laneName(slow)} : ${laneName(fast)}${adapter}`,
    target: least === undefined ? '' : `≥ ${least.toFixed(1)}`,
    measured: ratio === null ? why : `${show(ratio, ratio < 10 ? 2 : 1)} (${showMs(slowMs)} : ${showMs(fastMs)})`,
    met: least === undefined ? null : atLeast(ratio, least),
  };
}

function lossRow(all: readonly Timing[]): RowDraft {
  const timings = all.filter(({ halfReads }) => !halfReads);
  const differences = timings.map(({ solver, loss }) => {
    const wanted = findTiming(timings, solver, REFERENCE)?.loss ?? null;
    return loss === null || wanted === null ? 0 : Math.abs(loss / wanted - 1);
  });
  const worst = timings.length > 0 ? Math.max(...differences) : null;
  return {
    what: 'Training loss after all rounds, every device against the reference',
    target: `within ${SAME_LOSS}`,
    measured: worst === null ? '–' : `apart by ${worst.toExponential(1)} at most`,
    met: worst === null ? null : worst <= SAME_LOSS,
  };
}

export const kernels: Section = {
  name: 'kernels',
  title: 'One round on every device, in turns',
  note:
    'The solvers alone in a page of their own, on made-up ratings with the size of MovieLens 1M (1,000,209 ratings of ' +
    '6,040 customers and 3,706 products, heavy tails), 32 factors. A round visits every rating: a sweep from both sides, ' +
    'a sampled sweep likewise, an SGD epoch once. Five rounds after one that warms up; in each round every device has ' +
    'its turn, and a ratio is one of medians. The textbook is further down.',
  commands: [{ id: 'devices', script: 'kernels', args: '--what devices', onGpu: true }],
  rows: (measured) =>
    rowsOf(measured, 'devices', ([run]) => {
      const timings = timingsOf(run);
      return [
        ...SOLVERS.flatMap((solver) => [
          ratioRow(timings, solver, REFERENCE, ONE, LEAST[solver]),
          ratioRow(timings, solver, ONE, TWO, solver in LEAST ? LEAST_OF_TWO : undefined),
          ...GPUS.map((gpu) => ratioRow(timings, solver, REFERENCE, gpu)),
          // it reads as it always does: both sides change in every step
          ...(solver === 'stochastic' ? [] : [ratioRow(timings, solver, GPU, HALVES)]),
        ]),
        lossRow(timings),
      ];
    }),
};
