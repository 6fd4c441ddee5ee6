/** The device in use, as the engine card shows it. */
import type { DeviceFinding, DeviceInfo, SweepTiming } from '../../compute/device.ts';

export interface EngineReport {
  /** In order of preference. */
  readonly findings: readonly DeviceFinding[];
  readonly chosen: DeviceInfo;
  /** Set when the choice was made by hand or by ?device=. */
  readonly byHand: boolean;
  readonly isolated: boolean;
  readonly cores: number;
  /** What the chosen device's last sweep of a training took by its own clock; null where there was none, or it has none. */
  readonly timing: SweepTiming | null;
}
