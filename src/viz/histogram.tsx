import {
  Bar,
  BarChart,
  CartesianGrid,
  Rectangle,
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
import { niceTicks } from './ticks.ts';

interface HistogramProps {
  readonly title: string;
  readonly bars: readonly { readonly label: string; readonly count: number }[];
  /** What the bars are: "rating". */
  readonly xName: string;
  /** What is counted: "ratings". */
  readonly yName: string;
  readonly color?: string;
  readonly height?: number;
}

/** How many of each. The tallest bar, which the title speaks of, stands out. */
export function Histogram({ title, bars, xName, yName, color = 'var(--tm-accent)', height = 220 }: HistogramProps) {
  const format = useFormat();
  const total = bars.reduce((sum, bar) => sum + bar.count, 0);
  const highest = Math.max(1, ...bars.map((bar) => bar.count));
  const ticks = niceTicks(0, highest, 3);
  const tooltip = ({ active, label }: TooltipContentProps) => {
    const bar = bars.find((one) => one.label === label);
    if (!active || !bar) return null;
    return (
      <TooltipBox
        title={`${xName} ${bar.label}`}
        rows={[{ label: yName, value: `${format.number(bar.count)} · ${format.percent(bar.count / total)}` }]}
      />
    );
  };
  return (
    <ChartFrame
      title={title}
      height={height}
      table={{
        columns: [{ label: xName }, { label: yName, numeric: true }, { label: '%', numeric: true }],
        rows: bars.map((bar) => [
          bar.label,
          format.number(bar.count),
          total > 0 ? format.percent(bar.count / total) : '',
        ]),
      }}
    >
      <div className={styles.unit}>{yName}</div>
      <div className={styles.box}>
        <ResponsiveContainer width="100%" height="100%">
          <BarChart
            data={[...bars]}
            margin={{ top: 8, right: 4, bottom: 0, left: 0 }}
            title={title}
            barCategoryGap="22%"
          >
            <CartesianGrid vertical={false} verticalCoordinatesGenerator={NO_LINES} stroke="var(--tm-hairline)" />
            <XAxis
              dataKey="label"
              {...QUIET_AXIS}
              tickMargin={6}
              label={nameBelow(xName)}
              height={NAMED_AXIS_HEIGHT}
              minTickGap={2}
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
            <Tooltip content={tooltip} cursor={{ fill: 'var(--tm-sunken)' }} isAnimationActive={false} />
            <Bar
              dataKey="count"
              isAnimationActive={false}
              maxBarSize={64}
              shape={(bar) => (
                <Rectangle
                  {...bar}
                  radius={[4, 4, 0, 0]}
                  fill={color}
                  fillOpacity={bars[bar.index]?.count === highest ? 1 : 0.5}
                />
              )}
            />
          </BarChart>
        </ResponsiveContainer>
      </div>
    </ChartFrame>
  );
}
