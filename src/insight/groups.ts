import type { Dendrogram } from './heatmap-types.ts';

export interface GroupSpan {
  /** First row and one past the last, in display order. */
  readonly from: number;
  readonly to: number;
}

/** More names than this cannot be kept in mind. */
const MOST_GROUPS = 9;
/** A group is at least this many rows, and at least this share of the map: smaller ones cannot be seen or named. */
const SMALLEST_GROUP = 3;
const SMALLEST_SHARE = 1 / 30;
/** What one more group has to add, as a share of the best total, to be worth a name. */
const WORTH_A_NAME = 0.05;

/**
 * The groups that show as blocks: disjoint subtrees, each in one piece of the display order, that
 * together have the largest Σ s(n − s)/n · (mean similarity inside − mean similarity to everything
 * else) for groups of s rows. The weight, as in Ward's criterion, keeps "everything but two strangers"
 * from being a group.
 * Cutting a true block in two makes each half's surroundings more alike, so the sum falls: it finds
 * the number of groups by itself, nine at most. Subtrees need not be cut at one height, because real
 * trees chain. Rows outside every group stay unnamed.
 *
 * @param values n × n in display order; NaN counts as 0
 * @returns spans in display order; empty where nothing stands out
 */
export function findGroups(values: Float32Array, n: number, tree: Dendrogram): GroupSpan[] {
  const clusters = Math.max(0, 2 * n - 1);
  const from = Uint32Array.from({ length: clusters }, (_, cluster) => cluster);
  const size = new Float64Array(clusters).fill(1);
  const inside = new Float64Array(clusters);
  const total = new Float64Array(clusters);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      const value = values[row * n + column];
      if (column !== row && value === value) total[row] += value;
    }
  }
  const smallest = Math.max(Math.min(SMALLEST_GROUP, Math.floor(n / 3)), Math.ceil(n * SMALLEST_SHARE));
  const table: Choice[] = Array.from({ length: n }, () => NO_CHOICE);

  for (let merge = 0; merge < n - 1; merge++) {
    const cluster = n + merge;
    const left = tree.left[merge];
    const right = tree.right[merge];
    from[cluster] = from[left];
    size[cluster] = size[left] + size[right];
    total[cluster] = total[left] + total[right];
    // The height of an average-linkage merge is the mean distance across it.
    const across = (1 - tree.height[merge]) * size[left] * size[right];
    inside[cluster] = inside[left] + inside[right] + across;
    let alone = Number.NEGATIVE_INFINITY;
    if (cluster < clusters - 1 && size[cluster] >= smallest && size[cluster] >= 2) {
      const within = inside[cluster] / ((size[cluster] * (size[cluster] - 1)) / 2);
      const outside = (total[cluster] - 2 * inside[cluster]) / (size[cluster] * (n - size[cluster]));
      alone = ((size[cluster] * (n - size[cluster])) / n) * (within - outside);
    }
    table.push(combine(table[left], table[right], cluster, alone));
  }
  if (n < 2) return [];
  return pick(table[clusters - 1])
    .map((cluster) => ({ from: from[cluster], to: from[cluster] + size[cluster] }))
    .sort((x, y) => x.from - y.from);
}

/** Best total with exactly k groups in a subtree (index k), and which clusters they are. */
interface Choice {
  readonly score: readonly number[];
  readonly groups: readonly (readonly number[])[];
}

const NO_CHOICE: Choice = { score: [0], groups: [[]] };

function combine(left: Choice, right: Choice, cluster: number, alone: number): Choice {
  const score: number[] = [0];
  const groups: (readonly number[])[] = [[]];
  for (let k = 1; k <= MOST_GROUPS; k++) {
    let best = k === 1 && alone > 0 ? alone : Number.NEGATIVE_INFINITY;
    let chosen: readonly number[] | null = best > 0 ? [cluster] : null;
    for (let x = 0; x <= k; x++) {
      if (x >= left.score.length || k - x >= right.score.length) continue;
      const sum = left.score[x] + right.score[k - x];
      if (sum > best) {
        best = sum;
        chosen = [...left.groups[x], ...right.groups[k - x]];
      }
    }
    if (!chosen) break;
    score.push(best);
    groups.push(chosen);
  }
  return { score, groups };
}

/** The best number of groups, each of them paying for its name. */
function pick({ score, groups }: Choice): readonly number[] {
  const price = WORTH_A_NAME * Math.max(...score);
  let best = 0;
  for (let k = 1; k < score.length; k++) {
    if (score[k] - price * k > score[best] - price * best) best = k;
  }
  return groups[best];
}
