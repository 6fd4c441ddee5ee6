/** How every axis looks. */
export const TICK_STYLE = { fill: 'var(--tm-ink-3)', fontSize: 12 } as const;

/** Spread into an axis: no lines of its own, quiet ticks. */
export const QUIET_AXIS = { tick: TICK_STYLE, tickLine: false, axisLine: false } as const;

/** For grids without upright lines: the usual generator measures every label in the page to place lines nobody sees. */
export const NO_LINES = (): number[] => [];
