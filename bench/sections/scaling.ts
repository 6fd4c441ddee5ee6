import { SOLVERS, type Solver, type Timing } from '../kernel-page/requests.ts';
import { drawChart, type Hue, type Line } from '../plot.ts';
import { rowsOf, show, showMs } from './figures.ts';
import { findTiming, middleMs, SOLVER_NAMES, timingsOf } from './kernel-figures.ts';
import type { Figures, Grid, Plot, Section } from './section.ts';

const THREADS = [1, 2] as const;
const HUES: Readonly<Record<Solver, Hue>> = { sweep: 1, stochastic: 2, sampled: 3 };
const wasm = (threads: number) => ({ device: 'wasm', threads }) as const;

type Key = 'ratings' | 'factors';

const stepsOf = (timings: readonly Timing[], key: Key) => [...new Set(timings.map((timing) => timing[key]))];
const present = (timings: readonly Timing[]) =>
  SOLVERS.filter((solver) => timings.some((timing) => timing.solver === solver && timing.ms.length > 0));

/** ns per rating and factor of a round. */
const perRatingAndFactor = (timing: Timing | undefined) => {
  const ms = middleMs(timing);
  return timing && ms !== null ? (ms * 1e6) / timing.ratings / timing.factors : null;
};

function grid(timings: readonly Timing[], key: Key): Grid {
  const solvers = present(timings);
  return {
    head: [
      key,
      ...solvers.flatMap((solver) => [
        ...THREADS.map((threads) => `${SOLVER_NAMES[solver]}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`),
        'ns per rating and factor',
      ]),
    ],
    rows: stepsOf(timings, key).map((step) => {
      const own = timings.filter((timing) => timing[key] === step);
      return [
        step.toLocaleString('en'),
        ...solvers.flatMap((solver) => {
          const both = THREADS.map((threads) => findTiming(own, solver, wasm(threads)));
          return [
            ...both.map((timing) => showMs(middleMs(timing))),
            both.map((timing) => show(perRatingAndFactor(timing), 2)).join(' · '),
          ];
        }),
      ];
    }),
  };
}

/** 3 ms, 0.3 s, 12 s: as people say it. */
const spoken = (ms: number) =>
  ms < 1000 ? `${Number(ms.toPrecision(3))} ms` : `${Number((ms / 1000).toPrecision(3))} s`;
const counted = (count: number) => (count < 1e6 ? `${count / 1000} k` : `${count / 1e6} M`);

function lines(timings: readonly Timing[], key: Key): Line[] {
  return present(timings).flatMap((solver) =>
    THREADS.map((threads): Line => {
      const points = stepsOf(timings, key).flatMap((step) => {
        const own = timings.filter((timing) => timing[key] === step);
        const ms = middleMs(findTiming(own, solver, wasm(threads)));
        return ms === null ? [] : [[step, ms] as const];
      });
      const name = `${SOLVER_NAMES[solver]}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
      return { label: name, points, hue: HUES[solver], dashed: threads === 1, dots: true, labelled: 'end' };
    }),
  );
}

function plots([run]: readonly Figures[]): Plot[] {
  const [ratings, factors] = [timingsOf(run, 'overRatings'), timingsOf(run, 'overFactors')];
  if (present(ratings).length === 0 || present(factors).length === 0) return [];
  const time = { title: 'time of one round', format: spoken };
  return [
    {
      name: 'scaling-ratings',
      alt: 'Time of one round over the number of ratings, on one thread and on two',
      svg: drawChart({
        title: 'One round over the number of ratings',
        subtitle: `WASM, ${ratings[0].factors} factors; both axes logarithmic, dotted on one thread`,
        x: { title: 'ratings', format: counted, ticks: [1e4, 3e4, 1e5, 3e5, 1e6, 3e6, 1e7, 2.5e7] },
        y: time,
        lines: lines(ratings, 'ratings'),
      }),
    },
    {
      name: 'scaling-factors',
      alt: 'Time of one round over the number of factors, on one thread and on two',
      svg: drawChart({
        title: 'One round over the number of factors',
        subtitle: `WASM, ${factors[0].ratings.toLocaleString('en')} ratings; both axes logarithmic, dotted on one thread`,
        x: { title: 'factors', format: String, ticks: [8, 16, 32, 64, 128] },
        y: time,
        lines: lines(factors, 'factors'),
      }),
    },
  ];
}

export const scaling: Section = {
  name: 'scaling',
  title: 'Scaling',
  note:
    'The same rounds on WASM alone. Over ratings: customers grow with the ratings and products with their square root, ' +
    'up to 160,000 and 60,000, with 32 factors. Over factors: a million ratings. Medians of five rounds after one that ' +
    'warms up, of three from ten million ratings on. ns per rating and factor: on one thread · on two.',
  commands: [{ id: 'scaling', script: 'kernels', args: '--what scaling' }],
  rows: (measured) => rowsOf(measured, 'scaling', () => []),
  grids: (measured) => {
    const [run] = measured.get('scaling') ?? [];
    return (['ratings', 'factors'] as const)
      .map((key) => grid(timingsOf(run, key === 'ratings' ? 'overRatings' : 'overFactors'), key))
      .filter(({ rows }) => rows.length > 0);
  },
  plots: (measured) => plots(measured.get('scaling') ?? []),
};
