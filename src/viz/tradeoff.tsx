import { useFormat } from '../i18n/format.ts';
import { ChartFrame } from './chart-frame.tsx';
import { textWidth } from './label-fit.ts';
import { Plot, type PlotArea } from './plot.tsx';
import { niceTicks } from './ticks.ts';

export interface TradeoffPoint {
  readonly id: string;
  readonly label: string;
  /** Shares, 0…1. */
  readonly x: number;
  readonly y: number;
  readonly color: string;
}

interface TradeoffProps {
  readonly title: string;
  readonly points: readonly TradeoffPoint[];
  /** What the first column of the table holds. */
  readonly pointName: string;
  readonly xName: string;
  readonly yName: string;
  readonly height?: number;
}

/** Room beside the plot for the labels of points at its end, px. */
const LABEL_ROOM = 120;
const RADIUS = 6;
const FONT_SIZE = 12;
const LINE_HEIGHT = 15;
const GAP = 10;

interface Placed {
  readonly point: TradeoffPoint;
  readonly textX: number;
  readonly textY: number;
  readonly anchor: 'start' | 'end';
}

/** Each label beside its point, right of it or left of it, on the first of a few heights where it covers nothing; else none. */
function placeLabels(points: readonly TradeoffPoint[], area: PlotArea): Placed[] {
  const boxes = points.map((point) => {
    const [x, y] = [area.x(point.x), area.y(point.y)];
    return { left: x - RADIUS, right: x + RADIUS, top: y - RADIUS, bottom: y + RADIUS };
  });
  const placed: Placed[] = [];
  points.forEach((point, own) => {
    const width = textWidth(point.label, FONT_SIZE);
    const [x, y] = [area.x(point.x), area.y(point.y)];
    for (const shift of [0, -LINE_HEIGHT, LINE_HEIGHT]) {
      for (const anchor of ['start', 'end'] as const) {
        const left = anchor === 'start' ? x + GAP : x - GAP - width;
        const box = { left, right: left + width, top: y + shift - FONT_SIZE / 2, bottom: y + shift + FONT_SIZE / 2 };
        const outside =
          box.left < area.left || box.right > area.right + LABEL_ROOM || box.top < area.top || box.bottom > area.bottom;
        const covers = boxes.some(
          (other, at) =>
            at !== own &&
            box.left < other.right &&
            other.left < box.right &&
            box.top < other.bottom &&
            other.top < box.bottom,
        );
        if (outside || covers) continue;
        boxes.push(box);
        placed.push({ point, textX: anchor === 'start' ? x + GAP : x - GAP, textY: y + shift, anchor });
        return;
      }
    }
  });
  return placed;
}

/** Models as points: how much of the catalogue they show against how much they find. */
export function Tradeoff({ title, points, pointName, xName, yName, height = 260 }: TradeoffProps) {
  const format = useFormat();
  const ordered = points.toSorted((a, b) => a.x - b.x);
  const most = (values: readonly number[]) => Math.max(1e-6, ...values);
  const xTicks = niceTicks(0, most(points.map(({ x }) => x)), 4);
  const yTicks = niceTicks(0, most(points.map(({ y }) => y)), 4);
  const label = (at: number) => ({ at, label: format.percent(at) });
  return (
    <ChartFrame
      title={title}
      height={height}
      table={{
        columns: [{ label: pointName }, { label: xName, numeric: true }, { label: yName, numeric: true }],
        rows: ordered.map((point) => [point.label, format.percent(point.x, 1), format.percent(point.y, 1)]),
      }}
    >
      <Plot
        title={title}
        height={height}
        unit={yName}
        right={LABEL_ROOM}
        xName={xName}
        xDomain={[0, xTicks[xTicks.length - 1]]}
        yDomain={[0, yTicks[yTicks.length - 1]]}
        xTicks={xTicks.map(label)}
        yTicks={yTicks.map(label)}
        stops={ordered.map(({ x }) => x)}
        readOut={(i) => ({
          title: ordered[i].label,
          rows: [
            { label: yName, value: format.percent(ordered[i].y, 1) },
            { label: xName, value: format.percent(ordered[i].x, 1) },
          ],
        })}
      >
        {(area, at) => (
          <>
            {ordered.map((point, i) => (
              <circle
                key={point.id}
                cx={area.x(point.x)}
                cy={area.y(point.y)}
                r={i === at ? RADIUS + 2 : RADIUS}
                fill={point.color}
                stroke="var(--tm-surface)"
                strokeWidth={1.5}
              />
            ))}
            {placeLabels(ordered, area).map(({ point, textX, textY, anchor }) => (
              <text
                key={point.id}
                x={textX}
                y={textY}
                dy="0.35em"
                textAnchor={anchor}
                fontSize={FONT_SIZE}
                fill="var(--tm-ink-2)"
              >
                {point.label}
              </text>
            ))}
          </>
        )}
      </Plot>
    </ChartFrame>
  );
}
