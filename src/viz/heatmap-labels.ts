/** A label that wants to stand at `center` and is `height` pixels tall. */
export interface Wanted {
  readonly center: number;
  readonly height: number;
}

/**
 * Moves labels apart so that none overlaps another and all stay between `top` and `bottom`, each as
 * near to where it belongs as the others allow. Labels come and go in order. Where there is not
 * enough room they overlap evenly rather than leave the picture.
 *
 * @returns the top of each label
 */
export function spreadLabels(labels: readonly Wanted[], top: number, bottom: number, gap = 4): number[] {
  const tops = labels.map(({ center, height }) => center - height / 2);
  const needed = labels.reduce((sum, { height }) => sum + height, 0) + gap * Math.max(0, labels.length - 1);
  const space = needed > bottom - top ? gap - (needed - (bottom - top)) / Math.max(1, labels.length - 1) : gap;
  // Blocks of touching labels are moved as one, to the mean of what their members want.
  interface Block {
    readonly members: number[];
    start: number;
    length: number;
  }
  const blocks: Block[] = [];
  const settle = (block: Block) => {
    let offset = 0;
    let wish = 0;
    for (const member of block.members) {
      wish += tops[member] - offset;
      offset += labels[member].height + space;
    }
    block.length = offset - space;
    block.start = Math.max(top, Math.min(bottom - block.length, wish / block.members.length));
  };
  for (let at = 0; at < labels.length; at++) {
    let block: Block = { members: [at], start: 0, length: 0 };
    settle(block);
    for (
      let before = blocks.at(-1);
      before && before.start + before.length + space > block.start;
      before = blocks.at(-1)
    ) {
      blocks.pop();
      block = { members: [...before.members, ...block.members], start: 0, length: 0 };
      settle(block);
    }
    blocks.push(block);
  }
  const placed = new Array<number>(labels.length);
  for (const block of blocks) {
    let at = block.start;
    for (const member of block.members) {
      placed[member] = at;
      at += labels[member].height + space;
    }
  }
  return placed;
}
