/** Round numbers for axes. */

/** A step of 1, 2, 2.5 or 5 times a power of ten that cuts the span into about `count` parts. */
export function niceStep(span: number, count: number): number {
  if (!(span > 0)) throw new RangeError(`span must be positive, got ${span}`);
  const raw = span / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const fraction = raw / power;
  const nice = fraction <= 1 ? 1 : fraction <= 2 ? 2 : fraction <= 2.5 ? 2.5 : fraction <= 5 ? 5 : 10;
  return nice * power;
}

/** Round ticks that enclose [low, high]; equal ends are opened to a span of one tenth around them. */
export function niceTicks(low: number, high: number, count = 5): number[] {
  if (!Number.isFinite(low) || !Number.isFinite(high)) throw new RangeError(`no ticks from ${low} to ${high}`);
  if (low === high) {
    const room = Math.abs(low) * 0.05 || 0.5;
    return niceTicks(low - room, high + room, count);
  }
  const step = niceStep(high - low, count);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  const digits = Math.max(0, 1 - Math.floor(Math.log10(step)));
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toFixed(digits)));
}

/** Ticks for a logarithmic axis over [low, high], both positive: round numbers, each about equally far apart. */
export function logTicks(low: number, high: number, count = 6): number[] {
  if (!(low > 0) || !(high >= low)) throw new RangeError(`no logarithmic ticks from ${low} to ${high}`);
  // Over less than a factor of four the logarithm is nearly straight: plain ticks read better.
  if (high / low < 4) return niceTicks(low, high, count).filter((tick) => tick > 0);
  const ticks: number[] = [];
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const mantissas = last - first > count ? [1] : last - first > 2 ? [1, 3] : [1, 2, 5];
  for (let power = first; power <= last; power++) {
    for (const mantissa of mantissas) {
      ticks.push(Number((mantissa * 10 ** power).toPrecision(2)));
    }
  }
  const from = ticks.findLastIndex((tick) => tick <= low);
  const to = ticks.findIndex((tick) => tick >= high);
  return ticks.slice(Math.max(0, from), to < 0 ? undefined : to + 1);
}

/** Decimals needed to tell neighbouring ticks apart. */
export function tickDigits(ticks: readonly number[]): number {
  const gaps = ticks.slice(1).map((tick, i) => Math.abs(tick - ticks[i]));
  const smallest = Math.min(...gaps);
  if (!(smallest > 0) || !Number.isFinite(smallest)) return 0;
  for (let digits = 0; digits < 6; digits++) {
    const scale = 10 ** digits;
    if (ticks.every((tick) => Math.abs(Math.round(tick * scale) / scale - tick) < smallest / 100)) return digits;
  }
  return 6;
}

/**
 * Moves labels apart so that no two are closer than `gap`, as little as possible and within
 * [top, bottom]. Takes and returns positions in the same order.
 */
export function spread(positions: readonly number[], gap: number, top: number, bottom: number): number[] {
  const order = positions.map((_, i) => i).sort((a, b) => positions[a] - positions[b]);
  const placed = positions.slice();
  let floor = top;
  for (const i of order) {
    placed[i] = Math.max(placed[i], floor);
    floor = placed[i] + gap;
  }
  let ceiling = bottom;
  for (const i of order.reverse()) {
    placed[i] = Math.min(placed[i], ceiling);
    ceiling = placed[i] - gap;
  }
  return placed;
}
