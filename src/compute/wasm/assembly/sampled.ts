/** The Gibbs sampler: the rows of one chunk of one side, drawn instead of solved (formula: ../../device.ts). */
import { ExplicitSide, walkRow } from './explicit';

export function sampledRows(sideAt: usize, chunk: u32, scratch: usize): void {
  const side = changetype<ExplicitSide>(sideAt);
  const range = side.chunks + ((<usize>chunk) << 3);
  const last = <usize>load<u32>(range, 4);
  let squares: f64 = 0;
  for (let row = <usize>load<u32>(range); row < last; row++) squares += walkRow(side, row, scratch, true);
  store<f64>(side.partials + ((<usize>chunk) << 3), squares);
}
