/** Times the solvers of several devices on one problem, turn by turn. */

import { openDevice } from '../../src/compute/detect.ts';
import type { ColumnPriors, ComputeDevice, SampledDescent } from '../../src/compute/device.ts';
import { type Data, madeUp, sampledProblem, stochasticProblem, sweepProblem } from './problem.ts';
import type { Lane, Solver, Timing, TimingRequest } from './requests.ts';

/** One round, with the loss after it. */
interface Session {
  round(): Promise<number>;
  destroy(): void;
}

type Make = (problem: ReturnType<typeof problemsOf>) => Promise<Session>;

/** Precision of the noise of ratings that the sampler is given; it does not change what a draw costs. */
const NOISE_PRECISION = 1.3;

function samplingSession(descent: SampledDescent, factors: number, ratings: number): Session {
  const columns = factors + 1;
  const priors: ColumnPriors = {
    means: new Float32Array(columns),
    precisions: new Float32Array(columns).fill(10),
  };
  let sweep = 0;
  return {
    async round() {
      sweep++;
      await descent.moments('user');
      await descent.draw('user', priors, NOISE_PRECISION, sweep);
      await descent.moments('item');
      const { squares } = await descent.draw('item', priors, NOISE_PRECISION, sweep);
      return squares / ratings;
    },
    destroy: () => descent.destroy(),
  };
}

/** Made when asked for: at 25 million ratings a second set of starting factors is 30 MB more. */
const problemsOf = (data: Data, factors: number) => ({
  sweep: () => sweepProblem(data, factors),
  stochastic: () => stochasticProblem(data, factors),
  sampled: () => sampledProblem(data, factors),
  factors,
  ratings: data.plan.ratings,
});

/** How a device runs a solver; null where it cannot. */
function makerOf(device: ComputeDevice, solver: Solver): Make | null {
  const sweeping = (descent: { sweep(): Promise<{ loss: number }>; destroy(): void }): Session => ({
    round: async () => (await descent.sweep()).loss,
    destroy: () => descent.destroy(),
  });
  switch (solver) {
    case 'sweep':
      return async ({ sweep }) => sweeping(await device.explicitDescent(sweep()));
    case 'stochastic': {
      const { stochasticDescent } = device;
      return stochasticDescent ? async ({ stochastic }) => sweeping(await stochasticDescent(stochastic())) : null;
    }
    case 'sampled': {
      const { sampledDescent } = device;
      return sampledDescent
        ? async ({ sampled, factors, ratings }) => samplingSession(await sampledDescent(sampled()), factors, ratings)
        : null;
    }
    default:
      return solver satisfies never;
  }
}

const opened = new Map<string, Promise<ComputeDevice>>();

async function open({ device, threads, halfReads = false }: Lane): Promise<ComputeDevice> {
  const key = `${device} ${threads} ${halfReads}`;
  const found = opened.get(key) ?? openDevice(device, { threads });
  opened.set(key, found);
  if (halfReads) (await found).setHalfReads?.(true);
  return found;
}

let data: Data | null = null;

function dataFor(plan: TimingRequest['plan']): Data {
  if (JSON.stringify(data?.plan) !== JSON.stringify(plan)) {
    // Let go of first: two of the largest do not fit.
    data = null;
    data = madeUp(plan);
  }
  return data as Data;
}

interface Runner {
  readonly lane: Lane;
  readonly adapter: string;
  readonly session: Session | null;
  readonly missing: string;
  readonly ms: number[];
  loss: number | null;
}

async function enter(lane: Lane, solver: Solver, problems: ReturnType<typeof problemsOf>): Promise<Runner> {
  const runner = { lane, adapter: '', session: null, missing: '', ms: [], loss: null };
  try {
    const device = await open(lane);
    const { adapter, threads } = device.info;
    if (threads !== lane.threads)
      return { ...runner, adapter, missing: `${threads} threads instead of ${lane.threads}` };
    const make = makerOf(device, solver);
    if (!make) return { ...runner, adapter, missing: 'not on this device' };
    return { ...runner, adapter, session: await make(problems) };
  } catch (thrown) {
    return { ...runner, missing: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

/** Solver by solver: everybody one round that compiles and warms, then round by round, lane after lane. */
export async function time(request: TimingRequest): Promise<Timing[]> {
  const { plan, factors, lanes, solvers, rounds } = request;
  const problems = problemsOf(dataFor(plan), factors);
  const timings: Timing[] = [];
  for (const solver of solvers) {
    const runners: Runner[] = [];
    for (const lane of lanes) runners.push(await enter(lane, solver, problems));
    for (const { session } of runners) await session?.round();
    for (let round = 0; round < rounds; round++) {
      for (const runner of runners) {
        if (!runner.session) continue;
        const begin = performance.now();
        runner.loss = await runner.session.round();
        runner.ms.push(performance.now() - begin);
      }
    }
    for (const { lane, adapter, session, missing, ms, loss } of runners) {
      session?.destroy();
      timings.push({ ...lane, solver, factors, ratings: plan.ratings, adapter, ms, loss, missing });
    }
  }
  return timings;
}
