import { useFormat } from '../i18n/format.ts';
import { AreaLine } from './area-line.tsx';
import { ChartFrame } from './chart-frame.tsx';
import { Plot } from './plot.tsx';

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

/** From here on the curve turns right of the mark so early that the label goes under it. */
const STEEP = 0.72;

const QUARTERS = [0, 0.25, 0.5, 0.75, 1];

/** How much of the activity the most popular things hold (a Lorenz curve from the top). */
export function LongTail({ title, curve, markX, markY, xName, yName, evenName, height = 220 }: LongTailProps) {
  const format = useFormat();
  const data = curve.x.map((x, i) => ({ x, y: curve.y[i] }));
  const quarters = QUARTERS.map((at) => ({ at, label: format.percent(at) }));
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
      <Plot
        title={title}
        height={height}
        unit={yName}
        xName={xName}
        xDomain={[0, 1]}
        yDomain={[0, 1]}
        xTicks={quarters}
        yTicks={quarters}
        stops={curve.x}
        readOut={(i) => ({
          title: `${format.percent(curve.x[i])} · ${xName}`,
          rows: [{ label: yName, value: format.percent(curve.y[i]) }],
        })}
      >
        {(area, at) => (
          <>
            <line
              x1={area.x(0)}
              y1={area.y(0)}
              x2={area.x(1)}
              y2={area.y(1)}
              stroke="var(--tm-series-baseline)"
              strokeDasharray="4 4"
            />
            <text x={area.right - 26} y={area.bottom - 26} textAnchor="end" fill="var(--tm-ink-3)" fontSize={12}>
              {evenName}
            </text>
            <AreaLine area={area} points={data} at={at} width={2.6} />
            <line
              x1={area.x(markX)}
              x2={area.x(markX)}
              y1={area.top}
              y2={area.bottom}
              stroke="var(--tm-ink)"
              strokeWidth={1}
            />
            <circle
              cx={area.x(markX)}
              cy={area.y(markY)}
              r={5}
              fill="var(--tm-surface)"
              stroke="var(--tm-accent)"
              strokeWidth={2.4}
            />
            <text
              x={area.x(markX) + 11}
              y={area.y(markY)}
              dy={markY > STEEP ? '1.5em' : '0.35em'}
              fill="var(--tm-ink)"
              fontSize={13}
              fontWeight={600}
            >
              {format.percent(markY)}
            </text>
          </>
        )}
      </Plot>
    </ChartFrame>
  );
}
