import { type ColorScale, lightness, scaleIndex } from './color-scales.ts';
import { type PlacedTree, visibleBrackets } from './heatmap-tree.ts';
import { type Cell, type Viewport, type ViewportFrame, visibleSpan } from './viewport.ts';

/** Cells at least this tall carry the names of their rows and columns. */
export const NAMED_CELL = 15;
/** Cells at least this wide carry their value. */
const VALUED_CELL = 38;
/** Blocks smaller than this many pixels are not framed: the frame would hide them. */
const SMALLEST_FRAME = 12;
/** Pixels at the top that the names of columns take. */
export const COLUMN_NAMES = 104;

/** Where things stand on the canvas, in CSS pixels. */
export interface HeatmapLayout {
  /** Width of the dendrogram, and where the matrix begins. */
  readonly treeWidth: number;
  /** Where the matrix begins from the top: room for the names of columns when they always show. */
  readonly top: number;
  /** Side of the matrix. */
  readonly size: number;
  /** Width of the names to the right. */
  readonly namesWidth: number;
}

/** The tokens the canvas draws with, read from the page's style. */
export interface HeatmapInk {
  readonly surface: string;
  readonly line: string;
  readonly ink: string;
  readonly ink2: string;
  readonly font: string;
}

export function readInk(element: Element): HeatmapInk {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(`--tm-${name}`).trim();
  return {
    surface: token('surface'),
    line: token('line-strong'),
    ink: token('ink'),
    ink2: token('ink-2'),
    font: style.fontFamily,
  };
}

export interface HeatmapScene {
  readonly n: number;
  readonly values: Float32Array;
  readonly labels: readonly string[];
  readonly domain: readonly [number, number];
  readonly scale: ColorScale;
  /** A pixel per cell. */
  readonly image: CanvasImageSource;
  readonly tree: PlacedTree;
  readonly groups: readonly { readonly from: number; readonly to: number }[];
  /** A value as it is written in a cell. */
  readonly write: (value: number) => string;
}

/** Whether rows and columns carry names at this zoom. */
export function showsNames(view: Viewport): boolean {
  return view.scale >= NAMED_CELL;
}

/** Sets a canvas to a size in CSS pixels, sharp on this screen, and clears it. */
export function prepareCanvas(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  const ratio = window.devicePixelRatio || 1;
  const pixelWidth = Math.round(width * ratio);
  const pixelHeight = Math.round(height * ratio);
  if (canvas.width !== pixelWidth) canvas.width = pixelWidth;
  if (canvas.height !== pixelHeight) canvas.height = pixelHeight;
  const context = canvas.getContext('2d');
  if (!context) throw new TypeError('no 2d context');
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/** Everything that stays while the pointer moves: matrix, tree, brackets of groups, names. */
export function drawScene(
  context: CanvasRenderingContext2D,
  scene: HeatmapScene,
  layout: HeatmapLayout,
  frame: ViewportFrame,
  view: Viewport,
  ink: HeatmapInk,
): void {
  const { treeWidth, top, size } = layout;
  context.save();
  context.beginPath();
  context.rect(treeWidth, top, size, size);
  context.clip();
  drawHatch(context, treeWidth, top, size, ink);
  // Enlarged cells keep their edges; when there are more cells than pixels, pixels show their mean.
  context.imageSmoothingEnabled = view.scale * (window.devicePixelRatio || 1) < 1;
  context.imageSmoothingQuality = 'high';
  const side = scene.n * view.scale;
  context.drawImage(scene.image, treeWidth - view.x * view.scale, top - view.y * view.scale, side, side);
  outlineGroups(context, scene.groups, layout, view, ink);
  if (view.scale >= VALUED_CELL) drawValues(context, scene, layout, frame, view, ink);
  context.restore();
  if (treeWidth > 0) drawTree(context, scene.tree, layout, view, ink);
  drawGroups(context, scene.groups, layout, view, ink);
  if (showsNames(view)) {
    if (layout.namesWidth > 0) drawRowNames(context, scene, layout, frame, view, ink);
    drawColumnNames(context, scene, layout, frame, view, ink);
  }
}

/** Thin diagonals: what shows through where a value is undefined. */
function drawHatch(context: CanvasRenderingContext2D, left: number, top: number, size: number, ink: HeatmapInk): void {
  context.fillStyle = ink.surface;
  context.fillRect(left, top, size, size);
  context.beginPath();
  for (let at = -size; at < size; at += 6) {
    context.moveTo(left + at, top + size);
    context.lineTo(left + at + size, top);
  }
  context.strokeStyle = ink.line;
  context.lineWidth = 0.75;
  context.stroke();
}

function drawValues(
  context: CanvasRenderingContext2D,
  { n, values, domain, scale, write }: HeatmapScene,
  { treeWidth, top }: HeatmapLayout,
  frame: ViewportFrame,
  view: Viewport,
  ink: HeatmapInk,
): void {
  const [fromRow, toRow] = visibleSpan(view.y, view, frame);
  const [fromColumn, toColumn] = visibleSpan(view.x, view, frame);
  context.font = `12px ${ink.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (let row = fromRow; row < toRow; row++) {
    for (let column = fromColumn; column < toColumn; column++) {
      const value = values[row * n + column];
      if (value !== value || row === column) continue;
      const at = 3 * scaleIndex(value, domain);
      const light = lightness(scale.table[at], scale.table[at + 1], scale.table[at + 2]) > 0.62;
      context.fillStyle = light ? '#1c1a17' : '#ffffff';
      context.fillText(
        write(value),
        treeWidth + (column + 0.5 - view.x) * view.scale,
        top + (row + 0.5 - view.y) * view.scale,
      );
    }
  }
}

function drawTree(
  context: CanvasRenderingContext2D,
  tree: PlacedTree,
  { treeWidth, top, size }: HeatmapLayout,
  view: Viewport,
  ink: HeatmapInk,
): void {
  // Lines stand on half pixels, or one-pixel lines would be two grey ones.
  const sharp = (value: number) => Math.round(value) + 0.5;
  context.save();
  context.beginPath();
  context.rect(0, top, treeWidth, size);
  context.clip();
  context.beginPath();
  for (const { joint, upperX, lowerX, upperY, lowerY } of visibleBrackets(
    tree,
    treeWidth - 2,
    size,
    (y) => (y - view.y) * view.scale,
  )) {
    context.moveTo(upperX, sharp(top + upperY));
    context.lineTo(sharp(joint), sharp(top + upperY));
    context.lineTo(sharp(joint), sharp(top + lowerY));
    context.lineTo(lowerX, sharp(top + lowerY));
  }
  context.strokeStyle = ink.line;
  context.lineWidth = 1;
  context.stroke();
  context.restore();
}

/** A thin frame about every block on the diagonal: real blocks have soft edges. */
function outlineGroups(
  context: CanvasRenderingContext2D,
  groups: HeatmapScene['groups'],
  { treeWidth, top }: HeatmapLayout,
  view: Viewport,
  ink: HeatmapInk,
): void {
  context.save();
  context.globalAlpha = 0.45;
  context.strokeStyle = ink.ink;
  context.lineWidth = 1;
  for (const { from, to } of groups) {
    const side = (to - from) * view.scale;
    if (side < SMALLEST_FRAME) continue;
    const x = Math.round(treeWidth + (from - view.x) * view.scale) + 0.5;
    const y = Math.round(top + (from - view.y) * view.scale) + 0.5;
    context.strokeRect(x, y, Math.round(side) - 1, Math.round(side) - 1);
  }
  context.restore();
}

/** A bar along the right edge for every group, so that its name has something to stand by. */
function drawGroups(
  context: CanvasRenderingContext2D,
  groups: HeatmapScene['groups'],
  { treeWidth, top, size, namesWidth }: HeatmapLayout,
  view: Viewport,
  ink: HeatmapInk,
): void {
  if (namesWidth === 0) return;
  context.fillStyle = ink.line;
  for (const { from, to } of groups) {
    const start = Math.max(0, (from - view.y) * view.scale + 1);
    const end = Math.min(size, (to - view.y) * view.scale - 1);
    if (end > start) context.fillRect(treeWidth + size + 4, top + start, 2, end - start);
  }
}

function drawRowNames(
  context: CanvasRenderingContext2D,
  { labels }: HeatmapScene,
  { treeWidth, top, size, namesWidth }: HeatmapLayout,
  frame: ViewportFrame,
  view: Viewport,
  ink: HeatmapInk,
): void {
  const left = treeWidth + size + 12;
  context.save();
  context.beginPath();
  context.rect(left, top + (frame.coveredTop ?? 0), namesWidth, size);
  context.clip();
  context.font = `12px ${ink.font}`;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillStyle = ink.ink2;
  const [from, to] = visibleSpan(view.y, view, frame);
  for (let row = from; row < to; row++) {
    context.fillText(fitText(context, labels[row], namesWidth - 14), left, top + (row + 0.5 - view.y) * view.scale);
  }
  context.restore();
}

/** The names of columns, upwards, on a strip over the top of the matrix (or above it where it has its own room). */
function drawColumnNames(
  context: CanvasRenderingContext2D,
  { labels }: HeatmapScene,
  { treeWidth, top, size }: HeatmapLayout,
  frame: ViewportFrame,
  view: Viewport,
  ink: HeatmapInk,
): void {
  const bottom = top + (frame.coveredTop ?? 0);
  context.save();
  context.beginPath();
  context.rect(treeWidth, bottom - COLUMN_NAMES, size, COLUMN_NAMES);
  context.clip();
  context.fillStyle = ink.surface;
  context.fillRect(treeWidth, bottom - COLUMN_NAMES, size, COLUMN_NAMES);
  context.font = `12px ${ink.font}`;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillStyle = ink.ink2;
  const [from, to] = visibleSpan(view.x, view, frame);
  for (let column = from; column < to; column++) {
    context.save();
    context.translate(treeWidth + (column + 0.5 - view.x) * view.scale, bottom - 6);
    context.rotate(-Math.PI / 2);
    context.fillText(fitText(context, labels[column], COLUMN_NAMES - 12), 0, 0);
    context.restore();
  }
  context.restore();
}

/** The text, or as much of its beginning as fits with an ellipsis. */
function fitText(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (context.measureText(`${text.slice(0, middle)}…`).width <= width) low = middle;
    else high = middle - 1;
  }
  return `${text.slice(0, low).trimEnd()}…`;
}

/** What moves with the pointer: the cell under it with its row and column, the cursor, the pinned cell. */
export function drawMarks(
  context: CanvasRenderingContext2D,
  marks: { readonly hover: Cell | null; readonly pinned: Cell | null },
  { treeWidth, top, size }: HeatmapLayout,
  frame: ViewportFrame,
  view: Viewport,
  ink: HeatmapInk,
): void {
  const covered = frame.coveredTop ?? 0;
  context.save();
  context.beginPath();
  context.rect(treeWidth, top + covered, size, size - covered);
  context.clip();
  const outline = ({ row, column }: Cell, thickness: number) => {
    // A cell of less than a few pixels is marked by a box that can be seen.
    const box = Math.max(view.scale, 7);
    const x = treeWidth + (column + 0.5 - view.x) * view.scale - box / 2;
    const y = top + (row + 0.5 - view.y) * view.scale - box / 2;
    // Ink on a halo of paper: seen on every colour of the scale.
    context.lineWidth = thickness + 2.5;
    context.strokeStyle = ink.surface;
    context.strokeRect(x, y, box, box);
    context.lineWidth = thickness;
    context.strokeStyle = ink.ink;
    context.strokeRect(x, y, box, box);
  };
  if (marks.pinned) {
    outline({ row: marks.pinned.column, column: marks.pinned.row }, 1);
    outline(marks.pinned, 2.5);
  }
  if (marks.hover) outline(marks.hover, 1.5);
  context.restore();
}
