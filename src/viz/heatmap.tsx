import { memo, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { colorScale } from './color-scales.ts';
import styles from './heatmap.module.css';
import {
  COLUMN_NAMES,
  drawMarks,
  drawScene,
  type HeatmapInk,
  type HeatmapLayout,
  type HeatmapScene,
  NAMED_CELL,
  prepareCanvas,
  readInk,
  showsNames,
} from './heatmap-draw.ts';
import { touchAction, useHeatmapGestures } from './heatmap-gestures.ts';
import { type HeatmapGroupLabel, HeatmapGroups } from './heatmap-groups.tsx';
import { colorDomain, paintValues } from './heatmap-image.ts';
import { useHeatmapKeys } from './heatmap-keys.ts';
import { HeatmapLegend, type HeatmapTexts } from './heatmap-legend.tsx';
import { HeatmapTable } from './heatmap-table.tsx';
import { placeTree, type Tree } from './heatmap-tree.ts';
import { useWidth } from './use-width.ts';
import { useWindowHeight } from './use-window-height.ts';
import {
  type Cell,
  clampViewport,
  fitScale,
  fitViewport,
  reveal,
  type Viewport,
  type ViewportFrame,
  zoomAt,
  zoomToSpan,
} from './viewport.ts';

export interface HeatmapProps {
  /** Rows along a side. */
  readonly n: number;
  /** n × n, row-major, symmetric; NaN is undefined. */
  readonly values: Float32Array;
  readonly labels: readonly string[];
  readonly groups: readonly HeatmapGroupLabel[];
  readonly dendrogram: Tree;
  /** Whether values can be negative: then 0 is the middle of the colours. */
  readonly signed: boolean;
  readonly dark: boolean;
  readonly pinned: Cell | null;
  readonly onHover: (cell: Cell | null) => void;
  readonly onPin: (cell: Cell | null) => void;
  /** What a screen reader says of a cell. */
  readonly describe: (cell: Cell) => string;
  /** A value as people read it. */
  readonly write: (value: number) => string;
  readonly texts: HeatmapTexts;
}

/** Below this width there is no room for tree and names beside the matrix; groups are listed below it. */
const NARROW = 560;
const TREE_WIDTH = 72;
const NAMES_WIDTH = 158;
/** Screen height left to everything above and below the matrix. */
const OTHER_HEIGHT = 330;
const SMALLEST_SIDE = 360;
const LARGEST_SIDE = 860;
/** One press of a zoom button or key. */
const ZOOM_STEP = 1.5;

/**
 * The similarity of everything with everything, as a picture that can be read: an overview in which
 * groups stand as blocks, down to named cells with their values. Two canvases: one for what stays,
 * one for what follows the pointer, so that moving it never draws the matrix again.
 */
export const Heatmap = memo(function Heatmap(props: HeatmapProps) {
  const { n, values, labels, groups, dendrogram, signed, dark, pinned, onHover, onPin, describe, write, texts } = props;
  const { ref: holder, width } = useWidth<HTMLDivElement>();
  const stage = useRef<HTMLDivElement>(null);
  const base = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  // Until the browser has laid the page out the room is kept, and nothing is drawn.
  const measured = width > 0;
  const windowHeight = useWindowHeight();
  const shown = useRef<Cell | null>(null);
  const [asTable, setAsTable] = useState(false);
  const [hover, setHover] = useState<Cell | null>(null);
  const [spoken, setSpoken] = useState('');
  const [wanted, setWanted] = useState<Viewport | null>(null);

  const tallest = Math.max(SMALLEST_SIDE, Math.min(LARGEST_SIDE, windowHeight - OTHER_HEIGHT));
  const layout = useMemo<HeatmapLayout>(() => {
    const narrow = width < NARROW;
    const treeWidth = narrow ? 0 : TREE_WIDTH;
    const namesWidth = narrow ? 0 : NAMES_WIDTH;
    const size = Math.max(120, Math.min(width - treeWidth - namesWidth, narrow ? width : tallest));
    return { treeWidth, namesWidth, size, top: size / Math.max(1, n) >= NAMED_CELL ? COLUMN_NAMES : 0 };
  }, [width, tallest, n]);

  const uncovered = useMemo<ViewportFrame>(() => ({ n, size: layout.size }), [n, layout.size]);
  const { frame, view } = useMemo(() => {
    const asked = wanted ?? fitViewport(uncovered);
    const covered = layout.top === 0 && asked.scale >= NAMED_CELL;
    const frame: ViewportFrame = covered ? { ...uncovered, coveredTop: COLUMN_NAMES } : uncovered;
    return { frame, view: clampViewport(asked, frame) };
  }, [wanted, uncovered, layout.top]);
  const height = layout.top + layout.size;
  const fullWidth = layout.treeWidth + layout.size + layout.namesWidth;

  const scale = colorScale(signed, dark);
  const domain = useMemo(() => colorDomain(values, n, signed), [values, n, signed]);
  const scene = useMemo<HeatmapScene>(() => {
    const image = document.createElement('canvas');
    image.width = Math.max(1, n);
    image.height = Math.max(1, n);
    if (n > 0) image.getContext('2d')?.putImageData(new ImageData(paintValues(values, domain, scale), n, n), 0, 0);
    return { n, values, labels, domain, scale, image, tree: placeTree(dendrogram), groups, write };
  }, [n, values, labels, domain, scale, dendrogram, groups, write]);

  const ink = useRef<HeatmapInk | null>(null);
  // The tokens change with the scheme, which `dark` stands for.
  useLayoutEffect(() => {
    if (stage.current && measured) ink.current = readInk(stage.current);
  }, [dark, measured]);

  // Moving the pointer changes only the marks: the matrix is drawn again when the view or the data change.
  useLayoutEffect(() => {
    if (!base.current || !ink.current || !measured) return;
    drawScene(prepareCanvas(base.current, fullWidth, height), scene, layout, frame, view, ink.current);
  }, [scene, layout, frame, view, measured, fullWidth, height, dark]);
  // A canvas nobody has drawn on yet has no pixels: putting up those of the marks takes as long as the matrix.
  const marked = useRef(false);
  useLayoutEffect(() => {
    if (!overlay.current || !ink.current || !measured) return;
    marked.current ||= hover !== null || pinned !== null;
    if (!marked.current) return;
    drawMarks(prepareCanvas(overlay.current, fullWidth, height), { hover, pinned }, layout, frame, view, ink.current);
  }, [hover, pinned, layout, frame, view, measured, fullWidth, height, dark]);

  // A new picture begins with all of it in view.
  useEffect(() => {
    setWanted(null);
    setHover(null);
    setSpoken('');
    shown.current = null;
  }, [values]);

  const point = useCallback(
    (cell: Cell | null) => {
      if (shown.current?.row === cell?.row && shown.current?.column === cell?.column) return;
      shown.current = cell;
      setHover(cell);
      onHover(cell);
    },
    [onHover],
  );
  const pin = (cell: Cell) => onPin(pinned?.row === cell.row && pinned.column === cell.column ? null : cell);
  const zoom = (factor: number) => setWanted(zoomAt(view, frame, factor, layout.size / 2, layout.size / 2));
  const showSpan = (from: number, to: number) => {
    const target = zoomToSpan(uncovered, from, to);
    const covered = layout.top === 0 && showsNames(target) ? COLUMN_NAMES : 0;
    setWanted(zoomToSpan({ ...uncovered, coveredTop: covered }, from, to));
  };
  const showGroupOf = (cell: Cell, px: number, py: number) => {
    const group = groups.find(
      ({ from, to }) => cell.row >= from && cell.row < to && cell.column >= from && cell.column < to,
    );
    if (view.scale > fitScale(uncovered) * 1.5) setWanted(null);
    else if (group) showSpan(group.from, group.to);
    else setWanted(zoomAt(view, frame, ZOOM_STEP * ZOOM_STEP, px, py));
  };

  useHeatmapGestures(stage, {
    view,
    frame,
    left: layout.treeWidth,
    top: layout.top,
    setView: setWanted,
    onHover: point,
    onClick: pin,
    onDoubleClick: showGroupOf,
  });
  const onKeyDown = useHeatmapKeys({
    n,
    cursor: hover ?? pinned,
    move: (cell) => {
      point(cell);
      setSpoken(describe(cell));
      setWanted(reveal(view, frame, cell.row, cell.column));
    },
    pin,
    zoom: (direction) => zoom(direction > 0 ? ZOOM_STEP : 1 / ZOOM_STEP),
    showAll: () => setWanted(null),
  });

  return (
    <div ref={holder} className={styles.holder} style={measured ? undefined : { minHeight: tallest }}>
      {asTable ? (
        <HeatmapTable n={n} values={values} labels={labels} texts={texts} write={write} onPin={onPin} />
      ) : null}
      <div className={styles.scene} hidden={asTable || !measured} style={{ width: fullWidth, height }}>
        <div
          ref={stage}
          className={styles.stage}
          role="application"
          aria-roledescription={texts.kind}
          aria-label={texts.reading}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: an application is a widget with its own keys
          tabIndex={0}
          onKeyDown={onKeyDown}
          style={{ touchAction: touchAction(view, uncovered), width: fullWidth, height }}
        >
          <canvas ref={base} className={styles.canvas} style={{ width: fullWidth, height }} />
          <canvas ref={overlay} className={styles.canvas} style={{ width: fullWidth, height }} />
        </div>
        {layout.namesWidth > 0 && !showsNames(view) ? (
          <HeatmapGroups groups={groups} layout={layout} view={view} onShow={showSpan} texts={texts} />
        ) : null}
      </div>
      {measured && layout.namesWidth === 0 && !asTable ? (
        <HeatmapGroups groups={groups} layout={null} view={view} onShow={showSpan} texts={texts} />
      ) : null}
      <HeatmapLegend
        scale={scale}
        domain={domain}
        indent={layout.treeWidth}
        width={layout.size}
        texts={texts}
        write={write}
        asTable={asTable}
        onTable={setAsTable}
        onZoom={(direction) => (direction === 0 ? setWanted(null) : zoom(direction > 0 ? ZOOM_STEP : 1 / ZOOM_STEP))}
      />
      <output className={styles.spoken}>{spoken}</output>
    </div>
  );
});
