import type { Solver, Timing } from '../kernel-page/requests.ts';
import { drawChart, type Hue, type Line, type Point } from '../plot.ts';
import type { Roof } from '../roofline.ts';
import { rowsOf } from './figures.ts';
import { middleMs, SOLVER_NAMES, timingsOf } from './kernel-figures.ts';
import type { Figures, Grid, Plot, Section } from './section.ts';

interface Cost {
  readonly bytes: number;
  readonly flops: number;
}

/**
 * What a round must move and compute for one rating. The sweep reads, from each side, an index, a value, the
 * other side's bias and its row, and does eight operations a factor: two for the residual, two for its update,
 * two for each of two sums. The sampler walks the same way; its draws are per row and not counted. An SGD step
 * reads 12 bytes of entry, reads and writes two rows, and does eight operations a factor: two for the product
 * of the rows, three for each update.
 */
export function costOf(solver: Solver, factors: number): Cost {
  return solver === 'stochastic'
    ? { bytes: 16 * factors + 12, flops: 8 * factors }
    : { bytes: 2 * (4 * factors + 12), flops: 2 * 8 * factors };
}

interface Reached extends Cost {
  readonly solver: Solver;
  readonly threads: number;
  readonly bytesPerSecond: number;
  readonly flopsPerSecond: number;
}

function reached(timings: readonly Timing[]): Reached[] {
  return timings.flatMap((timing) => {
    const ms = middleMs(timing);
    if (ms === null) return [];
    const { solver, threads, factors, ratings } = timing;
    const cost = costOf(solver, factors);
    const perSecond = ratings / (ms / 1000);
    const rates = { bytesPerSecond: cost.bytes * perSecond, flopsPerSecond: cost.flops * perSecond };
    return [{ ...cost, ...rates, solver, threads }];
  });
}

const roofsOf = (run: Figures | undefined) => (run?.['roofs'] as readonly Roof[] | undefined) ?? [];

/** The best copy over buffers of one size, or the best multiply–add (`bytes` 0) on so many threads. */
function best(roofs: readonly Roof[], bytes: number, threads: number): number {
  return roofs
    .filter((roof) => roof.bytes === bytes && roof.threads === threads)
    .reduce((most, { perSecond }) => Math.max(most, perSecond), 0);
}

const copySizes = (roofs: readonly Roof[]) =>
  [...new Set(roofs.map(({ bytes }) => bytes))].filter((bytes) => bytes > 0).sort((a, b) => a - b);

const giga = (perSecond: number) => (perSecond / 1e9).toFixed(perSecond < 1e10 ? 1 : 0);
const sized = (bytes: number) => (bytes < 1 << 20 ? `${bytes >> 10} KB` : `${bytes >> 20} MB`);
const share = (part: number, whole: number) => `${Math.round((100 * part) / whole)} %`;
const THREADS = [1, 2] as const;

function roofGrid(roofs: readonly Roof[]): Grid {
  const rows = [...copySizes(roofs), 0].map((bytes) => {
    const unit = bytes === 0 ? 'GFlop/s' : 'GB/s';
    const what = bytes === 0 ? 'Multiply–adds' : `Copying within ${sized(bytes)}`;
    return [what, ...THREADS.map((threads) => `${giga(best(roofs, bytes, threads))} ${unit}`)];
  });
  return { head: ['roof', '1 thread', '2 threads'], rows };
}

function reachedGrid(roofs: readonly Roof[], timings: readonly Timing[]): Grid {
  const farthest = copySizes(roofs).at(-1) ?? 0;
  return {
    head: [
      'solver',
      'bytes a rating',
      'operations a rating',
      'moved',
      'of the copy from memory',
      'computed',
      'of the peak',
    ],
    rows: reached(timings).map(({ solver, threads, bytes, flops, bytesPerSecond, flopsPerSecond }) => [
      `${SOLVER_NAMES[solver]}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
      bytes.toLocaleString('en'),
      flops.toLocaleString('en'),
      `${giga(bytesPerSecond)} GB/s`,
      share(bytesPerSecond, best(roofs, farthest, threads)),
      `${giga(flopsPerSecond)} GFlop/s`,
      share(flopsPerSecond, best(roofs, 0, threads)),
    ]),
  };
}

/** Operations per byte where the picture begins and ends. */
const PICTURED = [0.06, 8] as const;
/** The picture is of two threads alone: with both it would be a thicket. The tables have the other. */
const PICTURED_THREADS = 2;

function roofLines(roofs: readonly Roof[]): Line[] {
  const [first, last] = PICTURED;
  const sizes = copySizes(roofs);
  const farthest = sizes[sizes.length - 1];
  const peak = best(roofs, 0, PICTURED_THREADS);
  const ridge = (bytes: number) => Math.min(last, peak / best(roofs, bytes, PICTURED_THREADS));
  const slopes = sizes.map((bytes): Line => {
    const copy = best(roofs, bytes, PICTURED_THREADS);
    const points = [first, ridge(bytes)].map((x) => [x, (copy * x) / 1e9] as const);
    const label = `${bytes === farthest ? 'memory' : `within ${sized(bytes)}`}: ${giga(copy)} GB/s`;
    return { label, points, hue: bytes === farthest ? 1 : 0, labelled: 'along' };
  });
  const flat: Line = {
    label: `peak: ${giga(peak)} GFlop/s`,
    points: [Math.min(...sizes.map(ridge)), last].map((x) => [x, peak / 1e9] as const),
    hue: 1,
    labelled: 'end',
  };
  return [...slopes, flat];
}

const HUE_OF_SOLVER: Readonly<Record<Solver, Hue>> = { sweep: 2, stochastic: 3, sampled: 4 };

function plots([run]: readonly Figures[]): Plot[] {
  const [roofs, timings] = [roofsOf(run), timingsOf(run)];
  if (copySizes(roofs).length === 0 || reached(timings).length === 0) return [];
  const points = reached(timings)
    .filter(({ threads }) => threads === PICTURED_THREADS)
    .map(
      ({ solver, bytes, flops, flopsPerSecond }): Point => ({
        label: SOLVER_NAMES[solver],
        x: flops / bytes,
        y: flopsPerSecond / 1e9,
        hue: HUE_OF_SOLVER[solver],
      }),
    );
  return [
    {
      name: 'roofline',
      alt: 'Operations per second of the solvers on two threads, under what copying and multiplying allow',
      svg: drawChart({
        title: 'Under the roof',
        subtitle: 'What two threads could do, and what the solvers do: WASM, MovieLens 1M’s size, 32 factors',
        x: { title: 'operations per byte moved', format: String, ticks: [0.125, 0.25, 0.5, 1, 2, 4, 8] },
        y: { title: 'GFlop/s', format: String, ticks: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] },
        lines: roofLines(roofs),
        points,
      }),
    },
  ];
}

export const roofline: Section = {
  name: 'roofline',
  title: 'Roofline',
  note:
    'What the machine can do through the same compiler and the same 128-bit vectors, and what a round on MovieLens 1M’s ' +
    'size comes to beside it. Roofs are the best of five tries: copies (bytes read and written) over two buffers that ' +
    'lie in the nearest cache, in the second, and far beyond the last, by the better of `memory.copy` and vector loads ' +
    'and stores; multiply–adds on twelve independent vectors, fused where the browser has relaxed SIMD. Bytes and ' +
    `operations of a round are counted, not measured: for each rating a sweep reads an index, a value, a bias and a row ` +
    'from either side, 2 (4 k + 12) bytes, and does 16 k operations; an SGD epoch moves 16 k + 12 bytes and does 8 k. ' +
    'Scratch that stays in the nearest cache is not counted, and rows that are read again soon come from a cache: the ' +
    'copy from memory may be outrun.',
  commands: [{ id: 'roofline', script: 'roofline', args: '' }],
  rows: (measured) => rowsOf(measured, 'roofline', () => []),
  grids: (measured) => {
    const [run] = measured.get('roofline') ?? [];
    return roofsOf(run).length === 0 ? [] : [roofGrid(roofsOf(run)), reachedGrid(roofsOf(run), timingsOf(run))];
  },
  plots: (measured) => plots(measured.get('roofline') ?? []),
};
