import type { Csr } from '../../base/sparse.ts';
import { type Cut, ENTRY_WORDS, placeCells } from '../stratify.ts';
import { type ArenaPlan, floatsAt, wordsAt } from './arena.ts';
import type { LabelledRows } from './labelled-rows.ts';
import type { Workspace } from './workspace.ts';

/** Entries of the matrix on their way in at a time. */
const ENTRIES_PER_BATCH = 32_768;
/** Fields of `Sorting` in assembly/sorting.ts. */
const FIELDS = 8;

/**
 * The ratings in the order of their updates, sorted by kernels: a fit sorts once, and JavaScript that runs once is not
 * compiled in time (112 to 202 ms for 900,000 ratings in the product, against 17 once it is; kernels are there at once).
 */
export class StratifiedEntries {
  /** Address of the first entry. */
  readonly at: number;
  /** Address of where every block begins, and of the end. */
  readonly blocks: number;
  readonly #matrix: Csr;
  readonly #cut: Cut;
  readonly #pointers: number;
  readonly #userCells: number;
  readonly #itemTiles: number;
  readonly #cells: number;
  readonly #indices: number;
  readonly #values: number;
  readonly #task: number;

  constructor(plan: ArenaPlan, matrix: Csr, cut: Cut) {
    this.#matrix = matrix;
    this.#cut = cut;
    this.at = plan.words(ENTRY_WORDS * matrix.indices.length);
    this.blocks = plan.words(cut.grid * cut.grid + 1);
    this.#pointers = plan.words(matrix.rows + 1);
    this.#userCells = plan.words(matrix.rows);
    this.#itemTiles = plan.words(matrix.columns);
    this.#cells = plan.words(cut.cells);
    this.#indices = plan.words(ENTRIES_PER_BATCH);
    this.#values = plan.words(ENTRIES_PER_BATCH);
    this.#task = plan.words(FIELDS);
  }

  /** Sorts the ratings in; both sides' labels are in the arena by then, and cells are zero. */
  fill({ memory, kernels }: Workspace, users: LabelledRows, items: LabelledRows): void {
    const { rows, columns, pointers } = this.#matrix;
    const { user, item, cellsPerUserTile, cells, grid } = this.#cut;
    wordsAt(memory, this.#pointers, rows + 1).set(pointers);
    wordsAt(memory, this.#userCells, rows).set(user.tiles.map((tile) => tile * cellsPerUserTile));
    wordsAt(memory, this.#itemTiles, columns).set(item.tiles);
    wordsAt(memory, this.#task, FIELDS).set([
      ...[this.#pointers, this.#userCells, users.labelsAt, this.#itemTiles, items.labelsAt],
      ...[this.#cells, this.#indices, this.#values],
    ]);
    this.#pass(memory, kernels.countCells);
    const sizes = wordsAt(memory, this.#cells, cells);
    const { starts, blocks } = placeCells(this.#cut, sizes);
    sizes.set(starts.map((start) => this.at + 4 * ENTRY_WORDS * start));
    this.#pass(memory, kernels.placeEntries);
    wordsAt(memory, this.blocks, grid * grid + 1).set(blocks);
  }

  #pass(memory: WebAssembly.Memory, kernel: (task: number, row: number, from: number, to: number) => number): void {
    const { indices, values } = this.#matrix;
    let row = 0;
    for (let from = 0; from < indices.length; from += ENTRIES_PER_BATCH) {
      const to = Math.min(indices.length, from + ENTRIES_PER_BATCH);
      wordsAt(memory, this.#indices, to - from).set(indices.subarray(from, to));
      floatsAt(memory, this.#values, to - from).set(values.subarray(from, to));
      row = kernel(this.#task, row, from, to);
    }
  }
}
