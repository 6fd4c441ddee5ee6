/** What one dispatch may take, so that the desktop stays fluid and no watchdog wakes. */
const DISPATCH_MS = 10;
/** A new size must differ by this much: cutting launches anew costs a little, and one slow sweep says nothing. */
const SLACK = 1.25;

/** How much work a dispatch gets on this device, learned from the sweeps of all its sessions. */
export class Pace {
  /**
   * `perDispatch` is the work of a dispatch before anything was measured, a power of two like all that follow, in any
   * unit that time is proportional to. It never gets less than `fewest` or more than `most`.
   */
  constructor(
    public perDispatch: number,
    readonly fewest: number,
    readonly most: number,
  ) {}

  /** `work` took `ms`. */
  learn(work: number, ms: number): void {
    if (!(work > 0) || !(ms > 0)) return;
    const fitting = (work / ms) * DISPATCH_MS;
    const now = this.perDispatch;
    if (fitting > now / SLACK && fitting < 2 * SLACK * now) return;
    this.perDispatch = Math.min(this.most, Math.max(this.fewest, 2 ** Math.floor(Math.log2(fitting))));
  }
}
