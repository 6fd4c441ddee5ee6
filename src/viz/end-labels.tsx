import type { PlotArea } from './plot.tsx';
import { spread } from './ticks.ts';

export interface EndLabel {
  readonly id: string;
  readonly epoch: number;
  readonly value: number;
  readonly color: string;
  readonly text: string;
}

const LINE_HEIGHT = 15;
/** About what "0.914" takes with its margin, px. */
const LABEL_WIDTH = 40;

/** The coral of the lines is too pale for small text; the others pass. */
function textColor(color: string): string {
  return color === 'var(--tm-series-neural)' ? 'var(--tm-coral-text)' : color;
}

/** Which side of its end each label stands on: above, but below where a higher end beside it has taken that place. */
export function sides<End extends { readonly x: number; readonly y: number }>(
  ends: readonly End[],
): Map<End, 'above' | 'below'> {
  const placed = new Map<End, 'above' | 'below'>();
  for (const end of ends.toSorted((a, b) => a.y - b.y)) {
    const crowded = [...placed].some(
      ([other, side]) =>
        side === 'above' && Math.abs(other.x - end.x) < LABEL_WIDTH && end.y - other.y < 2 * LINE_HEIGHT,
    );
    placed.set(end, crowded ? 'below' : 'above');
  }
  return placed;
}

interface EndLabelsProps {
  readonly area: PlotArea;
  readonly labels: readonly EndLabel[];
  /** Values whose own labels stand at the right edge already. */
  readonly taken: readonly number[];
}

/** The value at the end of each line, in the line's colour, moved apart where ends are close. Inside a Plot. */
export function EndLabels({ area, labels, taken }: EndLabelsProps) {
  const ends = labels.map((label) => ({ ...label, x: area.x(label.epoch), y: area.y(label.value) }));
  const fixed = taken.map(area.y);
  const isAtEdge = (end: { readonly x: number }) => end.x > area.right - LABEL_WIDTH;
  // Labels that reach the right edge share it with the baseline's; the others stand above or below their end.
  const edges = ends.filter(isAtEdge);
  const placed = spread([...edges.map((end) => end.y), ...fixed], LINE_HEIGHT, area.top, area.bottom);
  const inside = sides(ends.filter((end) => !isAtEdge(end)));
  return (
    <g>
      {ends.map((end) => {
        const atEdge = isAtEdge(end);
        return (
          <g key={end.id}>
            <circle cx={end.x} cy={end.y} r={4} fill="var(--tm-surface)" stroke={end.color} strokeWidth={2.2} />
            <text
              x={atEdge ? end.x + 9 : end.x}
              y={atEdge ? placed[edges.indexOf(end)] : end.y + (inside.get(end) === 'below' ? 21 : -11)}
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
