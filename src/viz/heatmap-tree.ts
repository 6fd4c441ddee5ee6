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
  const lowest = merges > 0 ? height[0] : 0;
  const span = merges > 0 ? height[merges - 1] - lowest : 0;
  for (let merge = 0; merge < merges; merge++) {
    y[n + merge] = (y[left[merge]] + y[right[merge]]) / 2;
    const share = span > 0 ? (height[merge] - lowest) / span : 1;
    depth[n + merge] = FIRST_JOINT + (1 - FIRST_JOINT) * share;
  }
  return { left, right, height, y, depth };
}

/** A bracket of the tree in pixels: two arms reach from `joint` to the clusters they join. */
export interface Bracket {
  readonly joint: number;
  readonly upperX: number;
  readonly lowerX: number;
  readonly upperY: number;
  readonly lowerY: number;
}

/** Brackets lower than this many pixels are not drawn: they would only be a smear. */
const SMALLEST_BRACKET = 1.5;

/**
 * The brackets on screen, at most about one for every pixel.
 *
 * @param toY cells from the top → pixels
 */
export function visibleBrackets(
  tree: PlacedTree,
  width: number,
  height: number,
  toY: (cells: number) => number,
): Bracket[] {
  const n = tree.height.length + 1;
  const toX = (cluster: number) => width - tree.depth[cluster] * width;
  const brackets: Bracket[] = [];
  for (let merge = 0; merge < tree.height.length; merge++) {
    const upperY = toY(tree.y[tree.left[merge]]);
    const lowerY = toY(tree.y[tree.right[merge]]);
    if (lowerY - upperY < SMALLEST_BRACKET || lowerY < 0 || upperY > height) continue;
    brackets.push({
      joint: toX(n + merge),
      upperX: toX(tree.left[merge]),
      lowerX: toX(tree.right[merge]),
      upperY,
      lowerY,
    });
  }
  return brackets;
}
