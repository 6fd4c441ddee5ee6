import { type KeyboardEvent, type PointerEvent, type ReactNode, useState } from 'react';
import { TooltipBox, type TooltipRow } from './chart-frame.tsx';
import { type AxisTick, textWidth, thinned } from './label-fit.ts';
import styles from './plot.module.css';
import { useWidth } from './use-width.ts';

/** Where the plot's own rectangle lies in the drawing, px, and how values map into it. */
export interface PlotArea {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  x(value: number): number;
  y(value: number): number;
}

interface PlotProps {
  /** Read by screen readers. */
  readonly title: string;
  readonly height: number;
  /** What the vertical axis counts; stands above it. */
  readonly unit: string;
  /** The name of the horizontal axis, under its right end. */
  readonly xName?: string;
  readonly xDomain: readonly [number, number];
  readonly yDomain: readonly [number, number];
  /** 'log' for a logarithmic vertical axis, whose domain is positive. */
  readonly yScale?: 'linear' | 'log';
  /** Room kept free beside the plot for labels of its own, px. */
  readonly right?: number;
  readonly xTicks: readonly AxisTick[];
  readonly yTicks: readonly AxisTick[];
  /** Places along x that can be read out, ascending. */
  readonly stops: readonly number[];
  readonly readOut: (stop: number) => { readonly title: string; readonly rows: readonly TooltipRow[] };
  /** Draws behind (`back`) and over the grid. `at` is the stop under the pointer. */
  readonly children: (area: PlotArea, at: number | null) => ReactNode;
}

const FONT_SIZE = 12;
const LEFT = 44;
const LEAST_RIGHT = 8;
const TOP = 8;
const TICKS_HEIGHT = 26;
const NAME_HEIGHT = 20;
const UNIT_HEIGHT = 18;
/** Between two labels of the horizontal axis. */
const LABEL_GAP = 8;

/** The stop nearest to a value. */
function nearest(stops: readonly number[], value: number): number | null {
  let best: number | null = null;
  stops.forEach((stop, i) => {
    if (best === null || Math.abs(stop - value) < Math.abs(stops[best] - value)) best = i;
  });
  return best;
}

/**
 * Axes, grid and the reading out of a small chart, drawn at once: no text is measured and no layout forced, so
 * that mounting one takes about a millisecond (a recharts chart of the same content took 60–180 ms in the same
 * browser, most of it in re-renders from its own store).
 */
export function Plot(props: PlotProps) {
  const { title, height, unit, xName, xDomain, yDomain, yScale, xTicks, yTicks, stops, readOut } = props;
  const { ref, width } = useWidth<HTMLDivElement>();
  const [at, setAt] = useState<number | null>(null);

  const drawn = height - UNIT_HEIGHT;
  // The last label may stand under the very end of the axis.
  const right = Math.max(props.right ?? LEAST_RIGHT, textWidth(xTicks.at(-1)?.label ?? '', FONT_SIZE) / 2 + 2);
  const scale =
    ([low, high]: readonly [number, number], from: number, to: number) =>
    (value: number) =>
      from + (high === low ? 0.5 : (value - low) / (high - low)) * (to - from);
  const edges = {
    left: LEFT,
    top: TOP,
    right: Math.max(LEFT + 1, width - right),
    bottom: drawn - TICKS_HEIGHT - (xName ? NAME_HEIGHT : 0),
  };
  const x = scale(xDomain, edges.left, edges.right);
  const bend = yScale === 'log' ? Math.log : (value: number) => value;
  const straight = scale([bend(yDomain[0]), bend(yDomain[1])], edges.bottom, edges.top);
  const y = (value: number) => straight(bend(value));
  const area: PlotArea = { ...edges, x, y };

  const follow = (event: PointerEvent<SVGSVGElement>) => {
    const inside = (event.nativeEvent.offsetX - edges.left) / (edges.right - edges.left);
    setAt(nearest(stops, xDomain[0] + inside * (xDomain[1] - xDomain[0])));
  };
  const walk = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined || stops.length === 0) return;
    event.preventDefault();
    setAt((from) =>
      from === null ? (step > 0 ? 0 : stops.length - 1) : Math.min(stops.length - 1, Math.max(0, from + step)),
    );
  };
  const read = at !== null && at < stops.length ? readOut(at) : null;

  return (
    <div className={styles.plot} ref={ref}>
      <div className={styles.unit}>{unit}</div>
      {width > 0 ? (
        <svg
          width={width}
          height={drawn}
          role="img"
          aria-label={title}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys read the values out, as the pointer does
          tabIndex={0}
          onPointerMove={follow}
          onPointerLeave={() => setAt(null)}
          onKeyDown={walk}
          onBlur={() => setAt(null)}
        >
          {yTicks.map((tick) => (
            <g key={tick.at}>
              <line x1={edges.left} x2={edges.right} y1={y(tick.at)} y2={y(tick.at)} stroke="var(--tm-hairline)" />
              <text x={edges.left - 6} y={y(tick.at)} dy="0.35em" textAnchor="end" className={styles.label}>
                {tick.label}
              </text>
            </g>
          ))}
          {thinned(xTicks, x, FONT_SIZE, LABEL_GAP).map((tick) => (
            <text key={tick.at} x={x(tick.at)} y={edges.bottom + 18} textAnchor="middle" className={styles.label}>
              {tick.label}
            </text>
          ))}
          {xName ? (
            <text x={edges.right} y={drawn - 3} textAnchor="end" className={styles.label}>
              {xName}
            </text>
          ) : null}
          {props.children(area, at)}
        </svg>
      ) : null}
      {read && at !== null ? (
        <div
          className={styles.readOut}
          data-side={x(stops[at]) > width / 2 ? 'left' : 'right'}
          style={{ left: x(stops[at]) }}
          role="status"
        >
          <TooltipBox title={read.title} rows={read.rows} />
        </div>
      ) : null}
    </div>
  );
}
