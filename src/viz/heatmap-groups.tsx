import { useEffect, useRef, useState } from 'react';
import styles from './heatmap.module.css';
import type { HeatmapLayout } from './heatmap-draw.ts';
import { spreadLabels } from './heatmap-labels.ts';
import type { HeatmapTexts } from './heatmap-legend.tsx';
import type { Viewport } from './viewport.ts';

export interface HeatmapGroupLabel {
  readonly from: number;
  readonly to: number;
  readonly name: string;
}

interface HeatmapGroupsProps {
  readonly groups: readonly HeatmapGroupLabel[];
  /** null: no room beside the matrix, a list below it. */
  readonly layout: HeatmapLayout | null;
  readonly view: Viewport;
  readonly onShow: (from: number, to: number) => void;
  readonly texts: HeatmapTexts;
}

/** A name measured before it is placed; a line and a half is a good first guess. */
const GUESSED_HEIGHT = 18;

/** The names of the groups beside their blocks, each a button that shows its block large. */
export function HeatmapGroups({ groups, layout, view, onShow, texts }: HeatmapGroupsProps) {
  const list = useRef<HTMLUListElement>(null);
  const [heights, setHeights] = useState<readonly number[]>([]);
  // Heights change with the names and with the width they have. Told by the browser once it has laid the page out:
  // asking for them sooner makes it do so at once, 35 ms in the task that draws the map.
  useEffect(() => {
    const names = Array.from(list.current?.children ?? []) as HTMLElement[];
    const observer = new ResizeObserver(() => setHeights(names.map((name) => name.offsetHeight)));
    for (const name of names) observer.observe(name);
    return () => observer.disconnect();
  }, [groups, layout === null]);
  if (groups.length === 0) return null;

  if (!layout) {
    return (
      <ul ref={list} className={styles.groupList} aria-label={texts.groups}>
        {groups.map(({ from, to, name }) => (
          <li key={from}>
            <button type="button" className={styles.group} onClick={() => onShow(from, to)}>
              {name}
            </button>
          </li>
        ))}
      </ul>
    );
  }
  const visible = groups
    .map((group, at) => ({
      group,
      height: heights[at] ?? GUESSED_HEIGHT,
      start: Math.max(0, (group.from - view.y) * view.scale),
      end: Math.min(layout.size, (group.to - view.y) * view.scale),
    }))
    .map((each) => ({ ...each, center: (each.start + each.end) / 2, shown: each.end > each.start }));
  const tops = spreadLabels(
    visible.filter(({ shown }) => shown),
    0,
    layout.size,
  );
  let next = 0;
  return (
    <ul
      ref={list}
      className={styles.groups}
      aria-label={texts.groups}
      style={{ left: layout.treeWidth + layout.size + 12, top: layout.top, width: layout.namesWidth - 12 }}
    >
      {visible.map(({ group, shown }) => (
        <li
          key={group.from}
          className={styles.placed}
          style={shown ? { top: tops[next++] } : { top: 0, visibility: 'hidden' }}
        >
          <button
            type="button"
            className={styles.group}
            onClick={() => onShow(group.from, group.to)}
            title={group.name}
          >
            {group.name}
          </button>
        </li>
      ))}
    </ul>
  );
}
