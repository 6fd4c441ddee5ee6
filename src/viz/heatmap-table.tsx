import { useMemo } from 'react';
import styles from './heatmap.module.css';
import { strongestPairs } from './heatmap-image.ts';
import type { HeatmapTexts } from './heatmap-legend.tsx';
import type { Cell } from './viewport.ts';

interface HeatmapTableProps {
  readonly n: number;
  readonly values: Float32Array;
  readonly labels: readonly string[];
  readonly texts: HeatmapTexts;
  readonly write: (value: number) => string;
  readonly onPin: (cell: Cell) => void;
}

/** Pairs listed; further down they say little. */
const PAIRS = 50;

/** The same numbers without a picture: the pairs most alike, best first. */
export function HeatmapTable({ n, values, labels, texts, write, onPin }: HeatmapTableProps) {
  const pairs = useMemo(() => strongestPairs(values, n, PAIRS), [values, n]);
  return (
    <div className={styles.tableHolder}>
      <table className={styles.table}>
        <caption>{texts.tableTitle}</caption>
        <thead>
          <tr>
            <th scope="col">{texts.first}</th>
            <th scope="col">{texts.second}</th>
            <th scope="col">{texts.value}</th>
          </tr>
        </thead>
        <tbody>
          {pairs.map(({ row, column, value }) => (
            <tr key={row * n + column}>
              <td>
                <button type="button" className={styles.pair} onClick={() => onPin({ row, column })}>
                  {labels[row]}
                </button>
              </td>
              <td>{labels[column]}</td>
              <td>{write(value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
