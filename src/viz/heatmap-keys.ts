import type { KeyboardEvent } from 'react';
import type { Cell } from './viewport.ts';

export interface HeatmapKeys {
  readonly n: number;
  readonly cursor: Cell | null;
  readonly move: (cell: Cell) => void;
  readonly pin: (cell: Cell) => void;
  readonly zoom: (direction: 1 | -1) => void;
  readonly showAll: () => void;
}

/** Rows a page key moves. */
const PAGE = 10;

/** The cell a key leads to from another; null for a key that does not move. */
export function moveCell(key: string, { row, column }: Cell, n: number): Cell | null {
  const at = (nextRow: number, nextColumn: number): Cell => ({
    row: Math.max(0, Math.min(n - 1, nextRow)),
    column: Math.max(0, Math.min(n - 1, nextColumn)),
  });
  switch (key) {
    case 'ArrowUp':
      return at(row - 1, column);
    case 'ArrowDown':
      return at(row + 1, column);
    case 'ArrowLeft':
      return at(row, column - 1);
    case 'ArrowRight':
      return at(row, column + 1);
    case 'PageUp':
      return at(row - PAGE, column);
    case 'PageDown':
      return at(row + PAGE, column);
    case 'Home':
      return at(row, 0);
    case 'End':
      return at(row, n - 1);
    default:
      return null;
  }
}

/** Arrows move the cursor, + and − zoom, 0 shows all, Enter or space pins. */
export function useHeatmapKeys({ n, cursor, move, pin, zoom, showAll }: HeatmapKeys): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || n === 0) return;
    const next = moveCell(event.key, cursor ?? { row: 0, column: 0 }, n);
    if (next) move(cursor ? next : { row: 0, column: Math.min(1, n - 1) });
    else if (event.key === '+' || event.key === '=') zoom(1);
    else if (event.key === '-') zoom(-1);
    else if (event.key === '0') showAll();
    else if ((event.key === 'Enter' || event.key === ' ') && cursor) pin(cursor);
    else return;
    event.preventDefault();
  };
}
