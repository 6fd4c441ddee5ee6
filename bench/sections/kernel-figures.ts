/** What the scripts of the kernels print, read. */
import type { Lane, Solver, Timing } from '../kernel-page/requests.ts';
import { median } from '../median.ts';
import type { Figures } from './section.ts';

export const SOLVER_NAMES: Readonly<Record<Solver, string>> = {
  sweep: 'sweep',
  stochastic: 'SGD epoch',
  sampled: 'sampled sweep',
};

export const timingsOf = (run: Figures | undefined, key = 'timings') =>
  (run?.[key] as readonly Timing[] | undefined) ?? [];

export const findTiming = (timings: readonly Timing[], solver: Solver, { device, threads, halfReads }: Lane) =>
  timings.find(
    (one) => one.solver === solver && one.device === device && one.threads === threads && one.halfReads === halfReads,
  );

/** The middle round; null where there was none. */
export const middleMs = (timing: Timing | undefined) => (timing && timing.ms.length > 0 ? median(timing.ms) : null);

export const laneName = ({ device, threads, halfReads }: Lane) =>
  device === 'wasm'
    ? `WASM, ${threads} ${threads === 1 ? 'thread' : 'threads'}`
    : halfReads
      ? `${device} reading 16 bits`
      : device;
