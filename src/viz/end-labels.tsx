import { usePlotArea, useXAxisScale, useYAxisScale } from 'recharts';
import { spread } from './ticks.ts';

export interface EndLabel {
  readonly id: string;
  readonly epoch: number;
  readonly value: number;
  readonly color: string;
  readonly text: string;
}

const LINE_HEIGHT = 15;

/** The coral of the lines is too pale for small text; the others pass. */
function textColor(color: string): string {
  return color === 'var(--tm-series-neural)' ? 'var(--tm-coral-text)' : color;
}

interface EndLabelsProps {
  readonly labels: readonly EndLabel[];
  /** Values whose own labels stand at the right edge already. */
  readonly taken: readonly number[];
}

/** The value at the end of each line, in the line's colour, moved apart where ends are close. Inside a LineChart. */
export function EndLabels({ labels, taken }: EndLabelsProps) {
  const x = useXAxisScale();
  const y = useYAxisScale();
  const area = usePlotArea();
  if (!x || !y || !area) return null;
  const ends = labels.map((label) => ({ ...label, x: Number(x(label.epoch)), y: Number(y(label.value)) }));
  const right = area.x + area.width;
  const fixed = taken.map((value) => Number(y(value)));
  // Labels that reach the right edge share it with the baseline's; the others stand above their end.
  const placed = spread([...ends.map((end) => end.y), ...fixed], LINE_HEIGHT, area.y, area.y + area.height);
  return (
    <g>
      {ends.map((end, i) => {
        const atEdge = end.x > right - 40;
        return (
          <g key={end.id}>
            <circle cx={end.x} cy={end.y} r={4} fill="var(--tm-surface)" stroke={end.color} strokeWidth={2.2} />
            <text
              x={atEdge ? end.x + 9 : end.x}
              y={atEdge ? placed[i] : end.y - 11}
              dy={atEdge ? '0.35em' : 0}
              textAnchor={atEdge ? 'start' : 'middle'}
              fill={textColor(end.color)}
              fontSize={12.5}
              fontWeight={650}
              stroke="var(--tm-surface)"
              strokeWidth={3}
              paintOrder="stroke"
            >
              {end.text}
            </text>
          </g>
        );
      })}
    </g>
  );
}
