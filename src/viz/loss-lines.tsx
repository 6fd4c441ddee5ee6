import type { PlotArea } from './plot.tsx';

export interface LossPoint {
  /** From 1. */
  readonly epoch: number;
  readonly train: number | null;
  readonly heldOut: number | null;
}

export interface LossSeries {
  readonly id: string;
  /** "Factorization" */
  readonly label: string;
  /** A CSS colour, such as var(--tm-series-mf). */
  readonly color: string;
  readonly points: readonly LossPoint[];
  /** An earlier run, drawn paler and without a label at its end. */
  readonly faded?: boolean;
}

/** The line through the points that have a value; '' for none. */
function linePath(area: PlotArea, points: readonly LossPoint[], of: 'train' | 'heldOut'): string {
  const places = points.flatMap(({ epoch, [of]: value }) =>
    value === null ? [] : [`${area.x(epoch).toFixed(1)},${area.y(value).toFixed(1)}`],
  );
  return places.length > 0 ? `M${places.join('L')}` : '';
}

interface LossLinesProps {
  readonly area: PlotArea;
  readonly series: readonly LossSeries[];
  /** The epoch that is read out. */
  readonly epoch: number | null;
}

/** Two lines for each model: thin on what it learns from, thick on what it has never seen, which lies above. */
export function LossLines({ area, series, epoch }: LossLinesProps) {
  return (
    <>
      {epoch === null ? null : (
        <line x1={area.x(epoch)} x2={area.x(epoch)} y1={area.top} y2={area.bottom} stroke="var(--tm-line-strong)" />
      )}
      <g fill="none" strokeWidth={1.3} strokeLinejoin="round">
        {series.map(({ id, color, faded, points }) => (
          <g key={id} stroke={color} strokeOpacity={faded ? 0.2 : 0.45}>
            <path d={linePath(area, points, 'train')} />
            {points.length === 1 && points[0].train !== null ? (
              <circle cx={area.x(points[0].epoch)} cy={area.y(points[0].train)} r={2} />
            ) : null}
          </g>
        ))}
      </g>
      <g fill="none" strokeLinejoin="round" strokeLinecap="round">
        {series.map(({ id, color, faded, points }) => (
          <path
            key={id}
            d={linePath(area, points, 'heldOut')}
            stroke={color}
            strokeWidth={faded ? 1.6 : 2.6}
            strokeOpacity={faded ? 0.4 : 1}
          />
        ))}
      </g>
      {series.map(({ id, color, points }) => {
        const value = points.find((point) => point.epoch === epoch)?.heldOut ?? null;
        return value === null || epoch === null ? null : (
          <circle
            key={id}
            cx={area.x(epoch)}
            cy={area.y(value)}
            r={4}
            fill={color}
            stroke="var(--tm-surface)"
            strokeWidth={2}
          />
        );
      })}
    </>
  );
}
