import {
  Area,
  AreaChart,
  CartesianGrid,
  ReferenceDot,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  type TooltipContentProps,
  XAxis,
  YAxis,
} from 'recharts';
import { useFormat } from '../i18n/format.ts';
import { NAMED_AXIS_HEIGHT, NO_LINES, nameBelow, QUIET_AXIS } from './axis.ts';
import { ChartFrame, TooltipBox } from './chart-frame.tsx';
import styles from './loss-chart.module.css';

interface LongTailProps {
  readonly title: string;
  /** Shares 0…1, ascending, from (0, 0) to (1, 1). */
  readonly curve: { readonly x: readonly number[]; readonly y: readonly number[] };
  /** The point the title speaks of: this share of things … */
  readonly markX: number;
  /** … holds this share of the activity. */
  readonly markY: number;
  readonly xName: string;
  readonly yName: string;
  /** Names the diagonal: "if all were equally popular". */
  readonly evenName: string;
  readonly height?: number;
}

const QUARTERS = [0, 0.25, 0.5, 0.75, 1];

/** How much of the activity the most popular things hold (a Lorenz curve from the top). */
export function LongTail({ title, curve, markX, markY, xName, yName, evenName, height = 220 }: LongTailProps) {
  const format = useFormat();
  const data = curve.x.map((x, i) => ({ x, y: curve.y[i] }));
  const tooltip = ({ active, payload }: TooltipContentProps) => {
    const point = payload?.[0]?.payload as { x: number; y: number } | undefined;
    if (!active || !point) return null;
    return (
      <TooltipBox
        title={`${format.percent(point.x)} · ${xName}`}
        rows={[{ label: yName, value: format.percent(point.y) }]}
      />
    );
  };
  // The table shows every tenth; the curve itself has up to 200 points.
  const tenths = Array.from({ length: 11 }, (_, i) => {
    const at = data.findIndex((point) => point.x >= i / 10 - 1e-9);
    return data[at < 0 ? data.length - 1 : at];
  });
  return (
    <ChartFrame
      title={title}
      height={height}
      table={{
        columns: [
          { label: xName, numeric: true },
          { label: yName, numeric: true },
        ],
        rows: tenths.map((point) => [format.percent(point.x), format.percent(point.y)]),
      }}
    >
      <div className={styles.unit}>{yName}</div>
      <div className={styles.box}>
        <ResponsiveContainer width="100%" height="100%">
          <AreaChart data={data} margin={{ top: 8, right: 10, bottom: 0, left: 0 }} title={title}>
            <CartesianGrid vertical={false} verticalCoordinatesGenerator={NO_LINES} stroke="var(--tm-hairline)" />
            <XAxis
              {...QUIET_AXIS}
              dataKey="x"
              type="number"
              domain={[0, 1]}
              ticks={QUARTERS}
              tickFormatter={(value: number) => format.percent(value)}
              tickMargin={6}
              label={nameBelow(xName)}
              height={NAMED_AXIS_HEIGHT}
            />
            <YAxis
              interval={0}
              {...QUIET_AXIS}
              type="number"
              domain={[0, 1]}
              ticks={QUARTERS}
              tickFormatter={(value: number) => format.percent(value)}
              width={44}
              tickMargin={5}
            />
            <ReferenceLine
              segment={[
                { x: 0, y: 0 },
                { x: 1, y: 1 },
              ]}
              stroke="var(--tm-series-baseline)"
              strokeDasharray="4 4"
              label={{
                value: evenName,
                position: 'insideBottomRight',
                offset: 26,
                fill: 'var(--tm-ink-3)',
                fontSize: 12,
              }}
            />
            <Tooltip content={tooltip} cursor={{ stroke: 'var(--tm-line-strong)' }} isAnimationActive={false} />
            <Area
              dataKey="y"
              type="linear"
              stroke="var(--tm-accent)"
              strokeWidth={2.6}
              fill="var(--tm-accent)"
              fillOpacity={0.1}
              isAnimationActive={false}
              activeDot={{ r: 4, stroke: 'var(--tm-surface)', strokeWidth: 2 }}
            />
            <ReferenceLine x={markX} stroke="var(--tm-ink)" strokeWidth={1} />
            <ReferenceDot
              x={markX}
              y={markY}
              r={5}
              fill="var(--tm-surface)"
              stroke="var(--tm-accent)"
              strokeWidth={2.4}
              label={{
                value: format.percent(markY),
                position: 'right',
                fill: 'var(--tm-ink)',
                fontSize: 13,
                fontWeight: 600,
              }}
            />
          </AreaChart>
        </ResponsiveContainer>
      </div>
    </ChartFrame>
  );
}
