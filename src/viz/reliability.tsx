import { useFormat } from '../i18n/format.ts';
import { ChartFrame } from './chart-frame.tsx';
import { Plot } from './plot.tsx';
import { niceTicks } from './ticks.ts';

export interface ReliabilityPoint {
  /** Mean forecast and the share that came true, 0…1, with the interval of the latter. */
  readonly forecast: number;
  readonly observed: number;
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

interface ReliabilityProps {
  readonly title: string;
  readonly points: readonly ReliabilityPoint[];
  readonly color: string;
  readonly forecastName: string;
  readonly observedName: string;
  readonly countName: string;
  /** Stands at the diagonal. */
  readonly perfectName: string;
  readonly height?: number;
}

const RADIUS = 5;
const FOOT = 4;

/** Forecasts against what came of them; on the diagonal they can be taken at their word (Murphy & Winkler 1977). */
export function Reliability(props: ReliabilityProps) {
  const { title, points, color, forecastName, observedName, countName, perfectName, height = 280 } = props;
  const format = useFormat();
  const ticks = niceTicks(0, Math.max(1e-6, ...points.flatMap(({ forecast, high }) => [forecast, high])), 4);
  const end = ticks[ticks.length - 1];
  const labels = ticks.map((at) => ({ at, label: format.percent(at) }));
  const share = (value: number) => format.percent(value, 1);
  return (
    <ChartFrame
      title={title}
      height={height}
      table={{
        columns: [
          { label: forecastName, numeric: true },
          { label: observedName, numeric: true },
          { label: countName, numeric: true },
        ],
        rows: points.map(({ forecast, observed, low, high, count }) => [
          share(forecast),
          `${share(observed)} (${share(low)} – ${share(high)})`,
          format.number(count),
        ]),
      }}
    >
      <Plot
        title={title}
        height={height}
        unit={observedName}
        xName={forecastName}
        xDomain={[0, end]}
        yDomain={[0, end]}
        xTicks={labels}
        yTicks={labels}
        stops={points.map(({ forecast }) => forecast)}
        readOut={(i) => ({
          title: `${forecastName} ${share(points[i].forecast)}`,
          rows: [
            { label: observedName, value: share(points[i].observed) },
            { label: countName, value: format.number(points[i].count) },
          ],
        })}
      >
        {(area, at) => (
          <>
            <line
              x1={area.x(0)}
              y1={area.y(0)}
              x2={area.x(end)}
              y2={area.y(end)}
              stroke="var(--tm-series-baseline)"
              strokeDasharray="4 4"
            />
            <text
              x={area.x(end) - 22}
              y={area.y(end) + 4}
              dy="0.9em"
              textAnchor="end"
              fontSize={12}
              fill="var(--tm-ink-3)"
            >
              {perfectName}
            </text>
            {points.map(({ forecast, observed, low, high }, i) => {
              const [x, top, bottom] = [area.x(forecast), area.y(high), area.y(low)];
              return (
                <g key={forecast}>
                  <path
                    d={`M${x} ${top}V${bottom}M${x - FOOT} ${top}h${2 * FOOT}M${x - FOOT} ${bottom}h${2 * FOOT}`}
                    stroke={color}
                    strokeWidth={1.5}
                    fill="none"
                    opacity={0.7}
                  />
                  <circle
                    cx={x}
                    cy={area.y(observed)}
                    r={i === at ? RADIUS + 2 : RADIUS}
                    fill={color}
                    stroke="var(--tm-surface)"
                    strokeWidth={1.5}
                  />
                </g>
              );
            })}
          </>
        )}
      </Plot>
    </ChartFrame>
  );
}
