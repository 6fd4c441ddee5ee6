/** What one dispatch may take, so that the desktop stays fluid and no watchdog wakes. */
const DISPATCH_MS = 10;
/** Entry visits of a dispatch before anything was measured: 10 ms where a GPU is a tenth as fast as an integrated one. */
const FIRST_VISITS = 1 << 21;
const FEWEST_VISITS = 1 << 17;
const MOST_VISITS = 1 << 28;
/** A new size must differ by this much: cutting launches anew costs a little, and one slow sweep says nothing. */
const SLACK = 1.25;

/** Times that a GPU took, milliseconds. */
export interface GpuTiming {
  /** All timed dispatches of the last sweep together. */
  readonly sweepMs: number;
  readonly longestDispatchMs: number;
}

/** How much work a dispatch gets on this device, learned from the sweeps of all its sessions. */
export class Pace {
  /** Entry visits (entries × groups of four), a power of two. */
  visitsPerDispatch = FIRST_VISITS;
  /** Of the last sweep; null where the device has no timestamps or no sweep was run. */
  timing: GpuTiming | null = null;

  /** `visits` took `ms`. */
  learn(visits: number, ms: number): void {
    if (!(visits > 0) || !(ms > 0)) return;
    const fitting = (visits / ms) * DISPATCH_MS;
    const now = this.visitsPerDispatch;
    if (fitting > now / SLACK && fitting < 2 * SLACK * now) return;
    this.visitsPerDispatch = Math.min(MOST_VISITS, Math.max(FEWEST_VISITS, 2 ** Math.floor(Math.log2(fitting))));
  }
}
