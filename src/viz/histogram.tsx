import { useFormat } from '../i18n/format.ts';
import { ChartFrame } from './chart-frame.tsx';
import { Plot, type PlotArea } from './plot.tsx';
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

/** Of the room each bar has, px and share. */
const WIDEST_BAR = 64;
const FILLED = 0.78;
const CORNER = 4;

/** A bar from `top` down to `bottom`, its upper corners rounded. */
function roundedBar(left: number, width: number, top: number, bottom: number): string {
  const r = Math.max(0, Math.min(CORNER, width / 2, bottom - top));
  return `M${left},${bottom}V${top + r}a${r},${r} 0 0 1 ${r},${-r}h${width - 2 * r}a${r},${r} 0 0 1 ${r},${r}V${bottom}Z`;
}

/** How many of each. The tallest bar, which the title speaks of, stands out. */
export function Histogram({ title, bars, xName, yName, color = 'var(--tm-accent)', height = 220 }: HistogramProps) {
  const format = useFormat();
  const total = bars.reduce((sum, bar) => sum + bar.count, 0);
  const highest = Math.max(1, ...bars.map((bar) => bar.count));
  const ticks = niceTicks(0, highest, 3);
  const step = (area: PlotArea) => area.x(1) - area.x(0);
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
      <Plot
        title={title}
        height={height}
        unit={yName}
        xName={xName}
        xDomain={[-0.5, bars.length - 0.5]}
        yDomain={[0, ticks[ticks.length - 1]]}
        xTicks={bars.map((bar, at) => ({ at, label: bar.label }))}
        yTicks={ticks.map((tick) => ({ at: tick, label: format.compact(tick) }))}
        stops={bars.map((_, i) => i)}
        readOut={(i) => ({
          title: `${xName} ${bars[i].label}`,
          rows: [{ label: yName, value: `${format.number(bars[i].count)} · ${format.percent(bars[i].count / total)}` }],
        })}
      >
        {(area, at) => {
          const width = Math.min(WIDEST_BAR, step(area) * FILLED);
          return (
            <>
              {at === null ? null : (
                <rect
                  x={area.x(at - 0.5)}
                  width={step(area)}
                  y={area.top}
                  height={area.bottom - area.top}
                  fill="var(--tm-sunken)"
                />
              )}
              {bars.map((bar, i) => (
                <path
                  key={bar.label}
                  d={roundedBar(area.x(i) - width / 2, width, area.y(bar.count), area.bottom)}
                  fill={color}
                  fillOpacity={bar.count === highest ? 1 : 0.5}
                />
              ))}
            </>
          );
        }}
      </Plot>
    </ChartFrame>
  );
}
