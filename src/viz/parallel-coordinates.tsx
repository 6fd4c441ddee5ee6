import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import { ChartFrame } from './chart-frame.tsx';
import { textWidth } from './label-fit.ts';
import styles from './parallel-coordinates.module.css';
import { nearestLine, type ParallelArea, parallelArea, pathOf, pointOn } from './parallel-layout.ts';
import { useWidth } from './use-width.ts';

export interface ParallelAxis {
  readonly label: string;
  /** What stands at its two ends. */
  readonly low: string;
  readonly high: string;
}

export interface ParallelLine {
  readonly id: number;
  readonly label: string;
  /** What became of it. */
  readonly note: string;
  /** Where it crosses each axis, 0 to 1; null from where nothing is known. The last axis is the figure. */
  readonly shares: readonly (number | null)[];
  /** The same as text. */
  readonly values: readonly string[];
  /** How good it is among all, 0 to 1: its colour. */
  readonly rank: number;
  /** `best` is bold and says its values; `defaults` is dashed; `dropped` is pale. */
  readonly role: 'best' | 'defaults' | 'dropped' | 'plain';
}

interface ParallelCoordinatesProps {
  readonly title: string;
  /** Settings, the figure last; at least two. */
  readonly axes: readonly ParallelAxis[];
  /** Best first: so are they read out by the arrow keys. */
  readonly lines: readonly ParallelLine[];
  /** What the first column of the table holds. */
  readonly lineName: string;
  /** Stands where a line is read out, until there is one. */
  readonly hint: string;
  readonly legend: { readonly best: string; readonly defaults: string; readonly others: string };
}

const HEIGHT = 300;
/** The line under the picture. */
const READ_OUT = 28;
/** Of one axis under another, with its label and its ends. */
const STACKED = 58;
const FONT_SIZE = 12;
const LINE_HEIGHT = 15;
/** So near the pointer has to be to read a line out, px. */
const REACH = 24;
const MARGINS = {
  side: { left: 30, right: 76, top: 58, bottom: 22 },
  stack: { left: 12, right: 12, top: 40, bottom: 22 },
};

/** Bad ones are grey, good ones have the colour of what is chosen here. */
function colorOf({ role, rank }: ParallelLine): string {
  if (role === 'best') return 'var(--tm-accent)';
  if (role === 'defaults') return 'var(--tm-ink-2)';
  return `color-mix(in oklab, var(--tm-accent) ${Math.round(80 * rank ** 2)}%, var(--tm-series-baseline))`;
}

const WIDTHS: Readonly<Record<ParallelLine['role'], number>> = { best: 2.8, defaults: 2, plain: 1.4, dropped: 1 };
const ORDER: readonly ParallelLine['role'][] = ['dropped', 'plain', 'defaults', 'best'];

function Mark({ color, dashed, width }: { readonly color: string; readonly dashed?: boolean; readonly width: number }) {
  return (
    <svg width="18" height="8" aria-hidden="true">
      <line
        x1="1"
        y1="4"
        x2="17"
        y2="4"
        stroke={color}
        strokeWidth={width}
        strokeDasharray={dashed ? '4 3' : undefined}
      />
    </svg>
  );
}

/** A label in at most two lines of about equal length. */
function inTwo(label: string, room: number): readonly string[] {
  const words = label.split(' ');
  if (textWidth(label, FONT_SIZE) <= room || words.length === 1) return [label];
  let cut = 1;
  const longer = (at: number) => Math.max(words.slice(0, at).join(' ').length, words.slice(at).join(' ').length);
  for (let at = 2; at < words.length; at++) if (longer(at) < longer(cut)) cut = at;
  return [words.slice(0, cut).join(' '), words.slice(cut).join(' ')];
}

interface AxisProps {
  readonly axis: ParallelAxis;
  readonly at: number;
  readonly of: number;
  readonly area: ParallelArea;
  readonly width: number;
  /** Where the line that says its values crosses this axis; an end that it comes near stays without a label. */
  readonly taken: number | null;
}

/** So near an end, a share of the axis, that its label and a value would stand on each other. */
const NEAR_END = 0.06;

/** A place for a text of this width around `x`, within the drawing. */
function within(x: number, wide: number, width: number): number {
  return Math.min(width - wide / 2, Math.max(wide / 2, x));
}

function Axis({ axis, at, of, area, width, taken }: AxisProps) {
  const from = pointOn(area, at, of, 0);
  const to = pointOn(area, at, of, 1);
  const line = <line x1={from.x} y1={from.y} x2={to.x} y2={to.y} stroke="var(--tm-line-strong)" />;
  if (area.kind === 'stack') {
    return (
      <g>
        {line}
        <text x={area.left} y={from.y - 25} className={styles.name}>
          {axis.label}
        </text>
        <text x={from.x} y={from.y + 15} className={styles.end}>
          {axis.low}
        </text>
        <text x={to.x} y={to.y + 15} textAnchor="end" className={styles.end}>
          {axis.high}
        </text>
      </g>
    );
  }
  const apart = (area.right - area.left) / Math.max(1, of - 1);
  const lines = inTwo(axis.label, apart - 16);
  const widest = Math.max(...lines.map((text) => textWidth(text, FONT_SIZE)));
  return (
    <g>
      {line}
      {lines.map((text, l) => (
        <text
          key={text}
          x={within(from.x, widest, width)}
          y={area.top - 26 - (lines.length - 1 - l) * LINE_HEIGHT}
          textAnchor="middle"
          className={styles.name}
        >
          {text}
        </text>
      ))}
      {taken !== null && taken > 1 - NEAR_END ? null : (
        <text x={from.x} y={area.top - 8} textAnchor="middle" className={styles.end}>
          {axis.high}
        </text>
      )}
      {taken !== null && taken < NEAR_END ? null : (
        <text x={from.x} y={area.bottom + 17} textAnchor="middle" className={styles.end}>
          {axis.low}
        </text>
      )}
    </g>
  );
}

/** What a line says at each axis, beside its points and inside the drawing. */
function Values({ line, area, width }: { line: ParallelLine; area: ParallelArea; width: number }) {
  const color = line.role === 'best' ? 'var(--tm-accent)' : 'var(--tm-ink)';
  const axes = line.shares.length;
  return (
    <g>
      {line.shares.map((share, axis) => {
        if (share === null) return null;
        const { x, y } = pointOn(area, axis, axes, share);
        const text = line.values[axis];
        const wide = textWidth(text, FONT_SIZE) + 12;
        const left = area.kind === 'side' ? x + wide > width : x + wide / 2 > width;
        const anchor =
          area.kind === 'side' ? (left ? 'end' : 'start') : left ? 'end' : x < wide / 2 ? 'start' : 'middle';
        const side = area.kind === 'side';
        return (
          <g key={axis}>
            <circle cx={x} cy={y} r={4} fill="var(--tm-surface)" stroke={color} strokeWidth={2.2} />
            <text
              x={side ? x + (left ? -9 : 9) : x}
              y={side ? y : y - 8}
              dy={side ? '0.35em' : 0}
              textAnchor={anchor}
              className={styles.value}
              fill={color}
            >
              {text}
            </text>
          </g>
        );
      })}
    </g>
  );
}

/**
 * One line per candidate across all its settings to the figure it reached. The pointer or the arrow keys read one out;
 * on a narrow screen the axes lie one under the other.
 */
export function ParallelCoordinates({ title, axes, lines, lineName, hint, legend }: ParallelCoordinatesProps) {
  const { ref, width } = useWidth<HTMLDivElement>();
  const [chosen, setChosen] = useState<number | null>(null);
  const stacked = MARGINS.stack.top + MARGINS.stack.bottom + (axes.length - 1) * STACKED;
  const area = parallelArea(width, HEIGHT, axes.length, MARGINS);
  const height = area.kind === 'side' ? HEIGHT : stacked;
  const drawn: ParallelArea = area.kind === 'side' ? area : { ...area, bottom: height - MARGINS.stack.bottom };
  const at = lines.findIndex(({ id }) => id === chosen);
  const read = at < 0 ? null : lines[at];

  const follow = (event: PointerEvent<SVGSVGElement>) => {
    const { offsetX: x, offsetY: y } = event.nativeEvent;
    const line = nearestLine(
      drawn,
      lines.map(({ shares }) => shares),
      { x, y },
      REACH,
    );
    setChosen(line === null ? null : lines[line].id);
  };
  const walk = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (step === undefined || lines.length === 0) return;
    event.preventDefault();
    const next = at < 0 ? 0 : Math.min(lines.length - 1, Math.max(0, at + step));
    setChosen(lines[next].id);
  };
  /** The one whose values stand beside its points. */
  const said = read ?? lines.find(({ role }) => role === 'best') ?? null;
  const painted = lines.toSorted(
    (a, b) =>
      Number(a.id === chosen) - Number(b.id === chosen) ||
      ORDER.indexOf(a.role) - ORDER.indexOf(b.role) ||
      a.rank - b.rank,
  );

  return (
    // Measured around the frame: what is inside goes while the table is shown.
    <div ref={ref}>
      <ChartFrame
        title={title}
        height={height + READ_OUT}
        table={{
          columns: [{ label: lineName }, ...axes.map(({ label }) => ({ label, numeric: true }))],
          rows: () => lines.map(({ label, values }) => [label, ...values]),
        }}
        legend={
          <ul className={styles.legend}>
            <li>
              <Mark color="var(--tm-accent)" width={2.8} />
              {legend.best}
            </li>
            {lines.some(({ role }) => role === 'defaults') ? (
              <li>
                <Mark color="var(--tm-ink-2)" width={2} dashed />
                {legend.defaults}
              </li>
            ) : null}
            <li>
              <Mark color="color-mix(in oklab, var(--tm-accent) 40%, var(--tm-series-baseline))" width={1.4} />
              {legend.others}
            </li>
          </ul>
        }
      >
        <div className={styles.plot}>
          {width > 0 ? (
            <svg
              width={width}
              height={height}
              role="img"
              aria-label={title}
              // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys read the candidates out, as the pointer does
              tabIndex={0}
              onPointerMove={follow}
              onPointerLeave={() => setChosen(null)}
              onKeyDown={walk}
              onBlur={() => setChosen(null)}
            >
              {painted.map((line) => (
                <path
                  key={line.id}
                  d={pathOf(drawn, line.shares)}
                  fill="none"
                  stroke={line.id === chosen && line.role !== 'best' ? 'var(--tm-ink)' : colorOf(line)}
                  strokeWidth={line.id === chosen ? 2.8 : WIDTHS[line.role]}
                  strokeOpacity={chosen !== null && line.id !== chosen ? 0.35 : line.role === 'dropped' ? 0.7 : 1}
                  strokeDasharray={line.role === 'defaults' ? '5 4' : undefined}
                  strokeLinejoin="round"
                  data-role={line.role}
                />
              ))}
              {axes.map((axis, a) => (
                <Axis
                  key={a}
                  axis={axis}
                  at={a}
                  of={axes.length}
                  area={drawn}
                  width={width}
                  taken={said?.shares[a] ?? null}
                />
              ))}
              {said ? <Values line={said} area={drawn} width={width} /> : null}
            </svg>
          ) : null}
          <p className={styles.readOut} role="status">
            {read ? (
              <>
                <strong>{read.label}</strong> · {read.note}
                <span className={styles.spoken}>
                  {axes.map(({ label }, a) => `${label} ${read.values[a]}`).join(', ')}
                </span>
              </>
            ) : (
              hint
            )}
          </p>
        </div>
      </ChartFrame>
    </div>
  );
}
