import {
  Area,
  AreaChart,
  CartesianGrid,
  ResponsiveContainer,
  Tooltip,
  type TooltipContentProps,
  XAxis,
  YAxis,
} from 'recharts';
import { type DateDetail, useFormat } from '../i18n/format.ts';
import { NO_LINES, QUIET_AXIS } from './axis.ts';
import { ChartFrame, TooltipBox } from './chart-frame.tsx';
import styles from './loss-chart.module.css';
import { niceTicks } from './ticks.ts';

interface OverTimeProps {
  readonly title: string;
  /** ms since 1970, ascending */
  readonly starts: readonly number[];
  readonly counts: readonly number[];
  readonly detail: DateDetail;
  readonly xName: string;
  readonly yName: string;
  readonly height?: number;
}

/** Activity per day, month or year. */
export function OverTime({ title, starts, counts, detail, xName, yName, height = 220 }: OverTimeProps) {
  const format = useFormat();
  const data = starts.map((start, i) => ({ start, count: counts[i] }));
  const ticks = niceTicks(0, Math.max(1, ...counts), 3);
  const tooltip = ({ active, payload }: TooltipContentProps) => {
    const point = payload?.[0]?.payload as { start: number; count: number } | undefined;
    if (!active || !point) return null;
    return (
      <TooltipBox
        title={format.date(point.start, detail)}
        rows={[{ label: yName, value: format.number(point.count) }]}
      />
    );
  };
  return (
    <ChartFrame
      title={title}
      height={height}
      table={{
        columns: [{ label: xName }, { label: yName, numeric: true }],
        rows: data.map((point) => [format.date(point.start, detail), format.number(point.count)]),
      }}
    >
      <div className={styles.unit}>{yName}</div>
      <div className={styles.box}>
        <ResponsiveContainer width="100%" height="100%">
          <AreaChart data={data} margin={{ top: 8, right: 12, bottom: 2, left: 0 }} title={title}>
            <CartesianGrid vertical={false} verticalCoordinatesGenerator={NO_LINES} stroke="var(--tm-hairline)" />
            <XAxis
              {...QUIET_AXIS}
              dataKey="start"
              type="number"
              scale="time"
              domain={['dataMin', 'dataMax']}
              tickFormatter={(start: number) => format.date(start, detail)}
              tickMargin={6}
              minTickGap={48}
            />
            <YAxis
              interval={0}
              {...QUIET_AXIS}
              domain={[0, ticks[ticks.length - 1]]}
              ticks={ticks}
              tickFormatter={(value: number) => format.compact(value)}
              width={44}
              tickMargin={5}
            />
            <Tooltip content={tooltip} cursor={{ stroke: 'var(--tm-line-strong)' }} isAnimationActive={false} />
            <Area
              dataKey="count"
              type="monotone"
              stroke="var(--tm-accent)"
              strokeWidth={2}
              fill="var(--tm-accent)"
              fillOpacity={0.1}
              isAnimationActive={false}
              dot={data.length === 1 ? { r: 3 } : false}
              activeDot={{ r: 4, stroke: 'var(--tm-surface)', strokeWidth: 2 }}
            />
          </AreaChart>
        </ResponsiveContainer>
      </div>
    </ChartFrame>
  );
}
