/** Where the axes of parallel coordinates stand, and which line is under the pointer. Pure. */

/** Side by side where each has this much room, px; below that one under the other. */
const LEAST_APART = 92;

export interface ParallelArea {
  /** `side`: axes stand upright side by side. `stack`: they lie one under the other, on phones. */
  readonly kind: 'side' | 'stack';
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Margins {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** How a drawing of this size is laid out; the margins are those of the way it lies. */
export function parallelArea(
  width: number,
  height: number,
  axes: number,
  margins: Readonly<Record<ParallelArea['kind'], Margins>>,
): ParallelArea {
  const room = width - margins.side.left - margins.side.right;
  const kind = room / Math.max(1, axes - 1) >= LEAST_APART ? 'side' : 'stack';
  const { left, right, top, bottom } = margins[kind];
  return { kind, left, top, right: Math.max(left + 1, width - right), bottom: Math.max(top + 1, height - bottom) };
}

/** The point of a line on axis `axis` of `axes`, `share` of the way along it: from the bottom up, or from left to right. */
export function pointOn(
  area: ParallelArea,
  axis: number,
  axes: number,
  share: number,
): { readonly x: number; readonly y: number } {
  const across = axes > 1 ? axis / (axes - 1) : 0.5;
  return area.kind === 'side'
    ? { x: area.left + across * (area.right - area.left), y: area.bottom - share * (area.bottom - area.top) }
    : { x: area.left + share * (area.right - area.left), y: area.top + across * (area.bottom - area.top) };
}

/** A line through its axes as the `d` of a path; axes where it has no value end it. */
export function pathOf(area: ParallelArea, shares: readonly (number | null)[]): string {
  const steps: string[] = [];
  for (const [axis, share] of shares.entries()) {
    if (share === null) break;
    const { x, y } = pointOn(area, axis, shares.length, share);
    steps.push(`${steps.length === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`);
  }
  return steps.join('');
}

/** The line that passes nearest to a place, measured along the axes; null where none is within `reach` px. */
export function nearestLine(
  area: ParallelArea,
  lines: readonly (readonly (number | null)[])[],
  place: { readonly x: number; readonly y: number },
  reach: number,
): number | null {
  let best: number | null = null;
  let least = reach;
  const upright = area.kind === 'side';
  const from = upright ? area.left : area.top;
  const to = upright ? area.right : area.bottom;
  const along = upright ? place.x : place.y;
  lines.forEach((shares, line) => {
    const axes = shares.length;
    const at = Math.min(axes - 1, Math.max(0, ((along - from) / Math.max(1e-9, to - from)) * (axes - 1)));
    const axis = Math.min(axes - 2, Math.floor(at));
    const [one, other] = axes > 1 ? [shares[axis], shares[axis + 1]] : [shares[0], shares[0]];
    if (one === null || other === null) return;
    const share = one + (axes > 1 ? at - axis : 0) * (other - one);
    const { x, y } = pointOn(area, 0, axes, share);
    const distance = upright ? Math.abs(y - place.y) : Math.abs(x - place.x);
    if (distance < least) [best, least] = [line, distance];
  });
  return best;
}
