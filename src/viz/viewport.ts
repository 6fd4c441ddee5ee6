/**
 * Which part of a square of n × n cells is on screen. Pure arithmetic: x and y are the cell
 * coordinates of the window's top left corner, scale is pixels per cell.
 */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

/** What does not change while zooming. */
export interface ViewportFrame {
  /** Cells along a side. */
  readonly n: number;
  /** Pixels along a side of the window. */
  readonly size: number;
  /** Pixels at the top of the window covered by names: cells may be moved down from under them. */
  readonly coveredTop?: number;
}

/** Pixels per cell beyond which zooming in shows nothing more. */
export const LARGEST_CELL = 64;

export function fitScale({ n, size }: ViewportFrame): number {
  return size / Math.max(1, n);
}

/** Everything on screen. */
export function fitViewport(frame: ViewportFrame): Viewport {
  return { x: 0, y: 0, scale: fitScale(frame) };
}

export function isFit(view: Viewport, frame: ViewportFrame): boolean {
  return view.scale <= fitScale(frame) * 1.001;
}

/** The nearest viewport that shows no more than there is. */
export function clampViewport(view: Viewport, frame: ViewportFrame): Viewport {
  const smallest = fitScale(frame);
  const scale = Math.max(smallest, Math.min(Math.max(smallest, LARGEST_CELL), view.scale));
  const last = frame.n - frame.size / scale;
  const first = frame.coveredTop ? -frame.coveredTop / scale : 0;
  return {
    x: Math.max(0, Math.min(last, view.x)),
    y: Math.max(first, Math.min(last, view.y)),
    scale,
  };
}

/** Zooms by a factor; what is under the pixel (px, py) stays there. */
export function zoomAt(view: Viewport, frame: ViewportFrame, factor: number, px: number, py: number): Viewport {
  const smallest = fitScale(frame);
  const scale = Math.max(smallest, Math.min(Math.max(smallest, LARGEST_CELL), view.scale * factor));
  const x = view.x + px / view.scale - px / scale;
  const y = view.y + py / view.scale - py / scale;
  return clampViewport({ x, y, scale }, frame);
}

/** Moves the picture by pixels. */
export function panBy(view: Viewport, frame: ViewportFrame, dx: number, dy: number): Viewport {
  return clampViewport({ ...view, x: view.x - dx / view.scale, y: view.y - dy / view.scale }, frame);
}

/** Shows rows and columns from … to − 1 as large as they go, with a little of what is around them. */
export function zoomToSpan(frame: ViewportFrame, from: number, to: number): Viewport {
  const margin = Math.max(1, (to - from) * 0.08);
  const covered = frame.coveredTop ?? 0;
  const scale = Math.min(LARGEST_CELL, Math.max(fitScale(frame), (frame.size - covered) / (to - from + 2 * margin)));
  const middle = (from + to) / 2;
  const x = middle - frame.size / scale / 2;
  const y = middle - (frame.size + covered) / scale / 2;
  return clampViewport({ x, y, scale }, frame);
}

/** The least move that brings a cell wholly on screen. */
export function reveal(view: Viewport, frame: ViewportFrame, row: number, column: number): Viewport {
  const span = frame.size / view.scale;
  const covered = (frame.coveredTop ?? 0) / view.scale;
  const x = Math.min(Math.max(view.x, column + 1 - span), column);
  const y = Math.min(Math.max(view.y, row + 1 - span), row - covered);
  return clampViewport({ ...view, x, y }, frame);
}

export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** The cell under a pixel of the window; null outside. */
export function cellAt(view: Viewport, frame: ViewportFrame, px: number, py: number): Cell | null {
  if (px < 0 || py < (frame.coveredTop ?? 0) || px >= frame.size || py >= frame.size) return null;
  const column = Math.floor(view.x + px / view.scale);
  const row = Math.floor(view.y + py / view.scale);
  return row >= 0 && column >= 0 && row < frame.n && column < frame.n ? { row, column } : null;
}

/** First and one past the last of the cells from `start` that are at least partly on screen. */
export function visibleSpan(start: number, view: Viewport, frame: ViewportFrame): [number, number] {
  return [Math.max(0, Math.floor(start)), Math.min(frame.n, Math.ceil(start + frame.size / view.scale))];
}
