import type { PlotArea } from './plot.tsx';

interface AreaLineProps {
  readonly area: PlotArea;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** The point that is read out. */
  readonly at: number | null;
  readonly width: number;
}

/** A line through the points, faintly filled down to the axis. */
export function AreaLine({ area, points, at, width }: AreaLineProps) {
  if (points.length === 0) return null;
  const place = ({ x, y }: { readonly x: number; readonly y: number }) =>
    `${area.x(x).toFixed(1)},${area.y(y).toFixed(1)}`;
  const line = `M${points.map(place).join('L')}`;
  const [first, last] = [points[0], points[points.length - 1]];
  const marked = points.length === 1 ? first : at === null ? null : points[at];
  return (
    <>
      <path d={`${line}V${area.bottom}H${area.x(first.x)}Z`} fill="var(--tm-accent)" fillOpacity={0.1} />
      <path d={line} fill="none" stroke="var(--tm-accent)" strokeWidth={width} strokeLinejoin="round" />
      {marked ? (
        <>
          <line
            x1={area.x(marked.x)}
            x2={area.x(marked.x)}
            y1={area.top}
            y2={area.bottom}
            stroke="var(--tm-line-strong)"
            strokeOpacity={last === first ? 0 : 1}
          />
          <circle
            cx={area.x(marked.x)}
            cy={area.y(marked.y)}
            r={4}
            fill="var(--tm-accent)"
            stroke="var(--tm-surface)"
            strokeWidth={2}
          />
        </>
      ) : null}
    </>
  );
}
