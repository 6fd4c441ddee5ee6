import type { LaneSum } from './row-solve.wgsl.ts';
import type { BlockSteps } from './stochastic.wgsl.ts';

/** How rows of up to so many entries share workgroups. */
export interface RowClass {
  readonly upTo: number;
  /** Lanes of one row, a power of two: 1, or at least 4. */
  readonly lanes: number;
  /** Rows of one workgroup. */
  readonly rows: number;
  /** Whether their residuals fit in workgroup memory; in a storage buffer otherwise. */
  readonly inWorkgroup: boolean;
}

/** Sizes of workgroups, which depend on what the adapter is made of. */
export interface Workgroups {
  /** By length of rows, the last without an end. */
  readonly rowClasses: readonly RowClass[];
  /** Most lanes that share a step of stochastic descent where there are no subgroups. */
  readonly stepLanes: number;
  /** Lanes that look for the best keys of one query. */
  readonly selection: number;
}

/**
 * Hardware: 64 lanes hold rows of about the same length, so that every lane has some entries and short rows (most of
 * all in a shop) do not leave half of the lanes without any; residuals take 2 to 4 KB of workgroup memory.
 */
export const WIDE: Workgroups = {
  rowClasses: [
    { upTo: 32, lanes: 4, rows: 16, inWorkgroup: true },
    { upTo: 128, lanes: 16, rows: 4, inWorkgroup: true },
    { upTo: 512, lanes: 32, rows: 2, inWorkgroup: true },
    { upTo: Number.POSITIVE_INFINITY, lanes: 128, rows: 1, inWorkgroup: false },
  ],
  stepLanes: 32,
  selection: 128,
};

/**
 * Software runs four lanes at a time whatever they do, and switches stacks at every barrier: a lane for each row and no
 * barrier at all took a sweep over MovieLens 100K from 280 to 95 ms. Only rows that would keep one lane busy for long
 * are shared by four.
 */
export const NARROW: Workgroups = {
  rowClasses: [
    { upTo: 2048, lanes: 1, rows: 16, inWorkgroup: false },
    { upTo: Number.POSITIVE_INFINITY, lanes: 4, rows: 1, inWorkgroup: false },
  ],
  stepLanes: 1,
  selection: 8,
};

/** How the lanes of a row add up: without waiting wherever they are in one subgroup. 0: no subgroups. */
export function laneSum({ lanes }: RowClass, subgroupSize: number): LaneSum {
  if (lanes === 1) return 'alone';
  return lanes <= subgroupSize ? 'subgroup' : 'workgroup';
}

/** How lanes share a rating of `groups` groups of four factors: one group each where there are lanes enough. */
export function stepLanes(
  groups: number,
  { workgroups, subgroupSize }: { readonly workgroups: Workgroups; readonly subgroupSize: number },
): BlockSteps {
  const lanes = Math.min(subgroupSize || workgroups.stepLanes, 2 ** Math.ceil(Math.log2(groups)));
  const sum = lanes === 1 ? 'alone' : subgroupSize > 0 ? 'subgroup' : 'workgroup';
  return { lanes, perLane: Math.ceil(groups / lanes), sum };
}
