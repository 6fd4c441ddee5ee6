/** A dendrogram: leaves 0…n−1 from top to bottom, merge m is n + m, in ascending height. */
export interface Tree {
  readonly left: Uint32Array;
  readonly right: Uint32Array;
  readonly height: Float32Array;
}

/** Where each cluster stands: y in cells from the top, depth 0 at the leaves and 1 at the root. */
export interface PlacedTree extends Tree {
  readonly y: Float32Array;
  readonly depth: Float32Array;
  /** Leaves below. */
  readonly leaves: Uint32Array;
}

/** Depth a merge has at least, so that even identical rows are seen to join. */
const FIRST_JOINT = 0.08;

/** Puts every joint halfway between the two it joins, at a depth that grows with its height. */
export function placeTree({ left, right, height }: Tree): PlacedTree {
  const merges = height.length;
  const n = merges + 1;
  const y = new Float32Array(n + merges);
  const depth = new Float32Array(n + merges);
  for (let leaf = 0; leaf < n; leaf++) y[leaf] = leaf + 0.5;
  const leaves = new Uint32Array(n + merges).fill(1);
  const lowest = merges > 0 ? height[0] : 0;
  const span = merges > 0 ? height[merges - 1] - lowest : 0;
  for (let merge = 0; merge < merges; merge++) {
    y[n + merge] = (y[left[merge]] + y[right[merge]]) / 2;
    leaves[n + merge] = leaves[left[merge]] + leaves[right[merge]];
    const share = span > 0 ? (height[merge] - lowest) / span : 1;
    depth[n + merge] = FIRST_JOINT + (1 - FIRST_JOINT) * share;
  }
  return { left, right, height, y, depth, leaves };
}

/** A bracket of the tree in pixels: two arms reach from `joint` to the clusters they join. */
export interface Bracket {
  readonly joint: number;
  readonly upperX: number;
  readonly lowerX: number;
  readonly upperY: number;
  readonly lowerY: number;
}

/** Clusters shorter than this many pixels are drawn as if they were one row. */
const SMALLEST_CLUSTER = 3;

/**
 * The brackets on screen, at most about one for every few pixels. A merge with something too small
 * to see is passed over: its larger part stands for the whole, so that what is drawn stays one tree.
 *
 * @param toY cells from the top → pixels
 */
export function visibleBrackets(
  tree: PlacedTree,
  width: number,
  height: number,
  toY: (cells: number) => number,
): Bracket[] {
  const { left, right, y, depth, leaves } = tree;
  const n = tree.height.length + 1;
  const pixelsPerLeaf = toY(1) - toY(0);
  const drawnY = Float64Array.from({ length: y.length }, (_, cluster) => (cluster < n ? toY(y[cluster]) : 0));
  const drawnX = new Float64Array(y.length).fill(width);
  const brackets: Bracket[] = [];
  for (let merge = 0; merge < n - 1; merge++) {
    const cluster = n + merge;
    const upper = left[merge];
    const lower = right[merge];
    const larger = leaves[upper] >= leaves[lower] ? upper : lower;
    const smaller = larger === upper ? lower : upper;
    if (leaves[smaller] * pixelsPerLeaf < SMALLEST_CLUSTER) {
      drawnY[cluster] = drawnY[larger];
      drawnX[cluster] = drawnX[larger];
      continue;
    }
    drawnY[cluster] = (drawnY[upper] + drawnY[lower]) / 2;
    drawnX[cluster] = width - depth[cluster] * width;
    if (drawnY[lower] < 0 || drawnY[upper] > height) continue;
    brackets.push({
      joint: drawnX[cluster],
      upperX: drawnX[upper],
      lowerX: drawnX[lower],
      upperY: drawnY[upper],
      lowerY: drawnY[lower],
    });
  }
  return brackets;
}
