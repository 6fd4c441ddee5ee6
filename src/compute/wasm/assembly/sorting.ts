/**
 * The counting sort of ../../stratify.ts over entries from … to − 1 of a matrix, which lie staged. Both passes give the
 * row to go on with.
 */

/** `../stratified-entries.ts` writes the fields in this order, 4 bytes each. */
@unmanaged
class Sorting {
  /** of the whole matrix */
  pointers: usize;
  /** by user: first cell of the tile, and label */
  userCells: usize;
  userLabels: usize;
  /** by item */
  itemTiles: usize;
  itemLabels: usize;
  /** sizes in the first pass, addresses of the next entry in the second */
  cells: usize;
  indices: usize;
  values: usize;
}

const ENTRY_BYTES: u32 = 12;

export function countCells(at: usize, row: u32, from: u32, to: u32): u32 {
  const sorting = changetype<Sorting>(at);
  let index = sorting.indices;
  for (let e = from; e < to; row++) {
    const end = min(load<u32>(sorting.pointers + (<usize>row << 2), 4), to);
    const cells = sorting.cells + (<usize>load<u32>(sorting.userCells + (<usize>row << 2)) << 2);
    for (; e < end; e++) {
      const tile = <usize>load<u32>(sorting.itemTiles + (<usize>load<u32>(index) << 2));
      const cell = cells + (tile << 2);
      store<u32>(cell, load<u32>(cell) + 1);
      index += 4;
    }
    // the row goes on in the next batch
    if (e == to) break;
  }
  return row;
}

export function placeEntries(at: usize, row: u32, from: u32, to: u32): u32 {
  const sorting = changetype<Sorting>(at);
  let index = sorting.indices;
  let value = sorting.values;
  for (let e = from; e < to; row++) {
    const end = min(load<u32>(sorting.pointers + (<usize>row << 2), 4), to);
    const cells = sorting.cells + (<usize>load<u32>(sorting.userCells + (<usize>row << 2)) << 2);
    const label = load<u32>(sorting.userLabels + (<usize>row << 2));
    for (; e < end; e++) {
      const item = <usize>load<u32>(index) << 2;
      const cell = cells + (<usize>load<u32>(sorting.itemTiles + item) << 2);
      const entry = load<u32>(cell);
      store<u32>(cell, entry + ENTRY_BYTES);
      store<u32>(entry, label);
      store<u32>(entry, load<u32>(sorting.itemLabels + item), 4);
      store<f32>(entry, load<f32>(value), 8);
      index += 4;
      value += 4;
    }
    if (e == to) break;
  }
  return row;
}
