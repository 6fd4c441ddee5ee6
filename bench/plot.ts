/**
 * Charts for RESULTS.md as SVG written by hand: both axes logarithmic, lines and points labelled where they
 * stand. A chart brings its own background, which follows the reader's colour scheme, so that it can be read on
 * a light page and on a dark one.
 */

export interface Axis {
  readonly title: string;
  /** What a tick says, from its value. */
  readonly format: (value: number) => string;
  /** Where ticks stand; round numbers where nothing is said. */
  readonly ticks?: readonly number[];
}

/** Series 1 to 4 have colours of their own; 0 is for what stands behind. */
export type Hue = 0 | 1 | 2 | 3 | 4;

export interface Line {
  readonly label: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly hue: Hue;
  readonly dashed?: boolean;
  /** Dots at the points: they were measured. */
  readonly dots?: boolean;
  /** At its last point in the margin, or lying along its first stretch. */
  readonly labelled: 'end' | 'along';
}

export interface Point {
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly hue: Hue;
}

export interface Chart {
  readonly title: string;
  readonly subtitle: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly Line[];
  readonly points?: readonly Point[];
}

const WIDTH = 760;
const HEIGHT = 440;
const AREA = { left: 84, right: 576, top: 108, bottom: 376 } as const;
const LABEL_GAP = 17;

/** A value's place on a logarithmic axis; the ends of the domain may stand either way round. */
export function logScale(
  [low, high]: readonly [number, number],
  [from, to]: readonly [number, number],
): (value: number) => number {
  if (!(low > 0 && high > low)) throw new RangeError(`no logarithmic axis from ${low} to ${high}`);
  return (value) => from + ((to - from) * Math.log(value / low)) / Math.log(high / low);
}

/** The powers of ten from `low` to `high`. */
export function decades(low: number, high: number): number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => 10 ** (first + at));
}

/** Powers of ten where there are enough of them, else 1, 2 and 5 times those. */
export function roundTicks(low: number, high: number): number[] {
  const tens = decades(low, high);
  if (tens.length > 2) return tens;
  return decades(low / 10, high).flatMap((ten) =>
    [ten, 2 * ten, 5 * ten].filter((tick) => tick >= low && tick <= high),
  );
}

/** Places at least `gap` apart and as near to the wanted ones as that allows, in the order of the wanted ones. */
export function spread(wanted: readonly number[], gap: number): number[] {
  const order = wanted.map((_, at) => at).sort((a, b) => wanted[a] - wanted[b]);
  // Groups of labels that touch stand around the middle of what their members want.
  const groups: { members: number[]; middle: number }[] = [];
  for (const at of order) {
    groups.push({ members: [at], middle: wanted[at] });
    for (;;) {
      const [before, last] = groups.slice(-2);
      if (!last || (last.members.length + before.members.length) * (gap / 2) <= last.middle - before.middle) break;
      const members = [...before.members, ...last.members];
      const middle = members.reduce((sum, member) => sum + wanted[member], 0) / members.length;
      groups.splice(-2, 2, { members, middle });
    }
  }
  const placed = [...wanted];
  for (const { members, middle } of groups) {
    members.forEach((member, at) => {
      placed[member] = middle + (at - (members.length - 1) / 2) * gap;
    });
  }
  return placed;
}

/** A domain that holds all values with some air at both ends. */
export function domainOf(values: readonly number[]): readonly [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const air = Math.max(1.15, (high / low) ** 0.04);
  return [low / air, high * air];
}

const STYLE = `
  .paper { fill: #ffffff; stroke: #d8dce2 }
  text { font: 13px system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; fill: #1f2430 }
  .title { font-size: 17px; font-weight: 600 }
  .quiet { fill: #5b6472 }
  .grid { stroke: #e6e9ee; stroke-width: 1 }
  .axis { stroke: #9aa2af; stroke-width: 1 }
  .line { fill: none; stroke-width: 2.2; stroke-linejoin: round; stroke-linecap: round }
  .dashed { stroke-dasharray: 1 5 }
  .h0 { stroke: #8b93a1 } .f0 { fill: #8b93a1 } text.t0 { fill: #5b6472 }
  .h1 { stroke: #2458c5 } .f1 { fill: #2458c5 } text.t1 { fill: #2458c5 }
  .h2 { stroke: #b4540a } .f2 { fill: #b4540a } text.t2 { fill: #b4540a }
  .h3 { stroke: #0f7a5a } .f3 { fill: #0f7a5a } text.t3 { fill: #0f7a5a }
  .h4 { stroke: #8a3ab9 } .f4 { fill: #8a3ab9 } text.t4 { fill: #8a3ab9 }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #12161d; stroke: #303744 }
    text { fill: #e6e9ef } .quiet { fill: #9ba5b4 }
    .grid { stroke: #252c37 } .axis { stroke: #5d6675 }
    .h0 { stroke: #6b7585 } .f0 { fill: #6b7585 } text.t0 { fill: #9ba5b4 }
    .h1 { stroke: #7aa7ff } .f1 { fill: #7aa7ff } text.t1 { fill: #7aa7ff }
    .h2 { stroke: #ff9f5a } .f2 { fill: #ff9f5a } text.t2 { fill: #ff9f5a }
    .h3 { stroke: #4fd1a5 } .f3 { fill: #4fd1a5 } text.t3 { fill: #4fd1a5 }
    .h4 { stroke: #cf9bf5 } .f4 { fill: #cf9bf5 } text.t4 { fill: #cf9bf5 }
  }`;

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
const px = (value: number) => String(Math.round(value * 10) / 10);

function label(x: number, y: number, words: string, classes: string, rest = ''): string {
  return `<text x="${px(x)}" y="${px(y)}" class="${classes}"${rest}>${escaped(words)}</text>`;
}

type Place = (value: number) => number;

function axes({ x, y }: Chart, toX: Place, toY: Place, domains: readonly (readonly [number, number])[]): string[] {
  const [xTicks, yTicks] = [x, y].map(({ ticks }, at) => {
    const [low, high] = domains[at];
    return (ticks ?? roundTicks(low, high)).filter((tick) => tick >= low && tick <= high);
  });
  return [
    ...xTicks.flatMap((tick) => [
      `<line class="grid" x1="${px(toX(tick))}" x2="${px(toX(tick))}" y1="${AREA.top}" y2="${AREA.bottom}"/>`,
      label(toX(tick), AREA.bottom + 20, x.format(tick), 'quiet', ' text-anchor="middle"'),
    ]),
    ...yTicks.flatMap((tick) => [
      `<line class="grid" x1="${AREA.left}" x2="${AREA.right}" y1="${px(toY(tick))}" y2="${px(toY(tick))}"/>`,
      label(AREA.left - 10, toY(tick) + 4, y.format(tick), 'quiet', ' text-anchor="end"'),
    ]),
    `<line class="axis" x1="${AREA.left}" x2="${AREA.right}" y1="${AREA.bottom}" y2="${AREA.bottom}"/>`,
    label((AREA.left + AREA.right) / 2, AREA.bottom + 46, x.title, '', ' text-anchor="middle"'),
    label(24, AREA.top - 18, y.title, ''),
  ];
}

function drawLine({ points, hue, dashed, dots }: Line, toX: Place, toY: Place): string[] {
  const path = points.map(([x, y], at) => `${at === 0 ? 'M' : 'L'}${px(toX(x))} ${px(toY(y))}`).join(' ');
  const marks = dots
    ? points.map(([x, y]) => `<circle class="f${hue}" cx="${px(toX(x))}" cy="${px(toY(y))}" r="3.6"/>`)
    : [];
  return [`<path class="line h${hue}${dashed ? ' dashed' : ''}" d="${path}"/>`, ...marks];
}

/** Words that lie on the first stretch of a line, a little above it. */
function alongLabel({ label: words, points, hue }: Line, toX: Place, toY: Place): string {
  const [[x0, y0], [x1, y1]] = points;
  const angle = (Math.atan2(toY(y1) - toY(y0), toX(x1) - toX(x0)) * 180) / Math.PI;
  const [at, up] = [toX(x0), toY(y0)];
  return label(at + 10, up - 7, words, `t${hue}`, ` transform="rotate(${px(angle)} ${px(at)} ${px(up)})"`);
}

function endLabels(lines: readonly Line[], toY: Place): string[] {
  const ends = lines.filter(({ labelled }) => labelled === 'end');
  const places = spread(
    ends.map(({ points }) => toY(points[points.length - 1][1])),
    LABEL_GAP,
  );
  return ends.map(({ label: words, hue }, at) => label(AREA.right + 10, places[at] + 4, words, `t${hue}`));
}

/** Points with their names to the right; names of points above one another keep apart. */
function drawPoints(points: readonly Point[], toX: Place, toY: Place): string[] {
  const columns = new Map<number, Point[]>();
  for (const point of points) {
    const column = Math.round(toX(point.x));
    columns.set(column, [...(columns.get(column) ?? []), point]);
  }
  return [...columns.values()].flatMap((column) => {
    const places = spread(
      column.map(({ y }) => toY(y)),
      LABEL_GAP,
    );
    return column.flatMap(({ label: words, x, y, hue }, at) => [
      `<circle class="f${hue}" cx="${px(toX(x))}" cy="${px(toY(y))}" r="5"/>`,
      label(toX(x) + 11, places[at] + 4, words, `t${hue}`),
    ]);
  });
}

/** The chart as an SVG document. Throws RangeError where there is nothing to draw or a value is not above 0. */
export function drawChart(chart: Chart): string {
  const { title, subtitle, lines, points = [] } = chart;
  const all = [...lines.flatMap((line) => line.points), ...points.map(({ x, y }) => [x, y] as const)];
  const xs = domainOf(all.map(([x]) => x));
  const ys = domainOf(all.map(([, y]) => y));
  const toX = logScale(xs, [AREA.left, AREA.right]);
  const toY = logScale(ys, [AREA.bottom, AREA.top]);
  const body = [
    `<rect class="paper" x="0.5" y="0.5" width="${WIDTH - 1}" height="${HEIGHT - 1}" rx="8"/>`,
    label(24, 36, title, 'title'),
    label(24, 58, subtitle, 'quiet'),
    ...axes(chart, toX, toY, [xs, ys]),
    ...lines.flatMap((line) => drawLine(line, toX, toY)),
    ...lines.filter(({ labelled }) => labelled === 'along').map((line) => alongLabel(line, toX, toY)),
    ...drawPoints(points, toX, toY),
    ...endLabels(lines, toY),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${escaped(title)}">`,
    `<style>${STYLE}\n</style>`,
    ...body,
    '</svg>',
    '',
  ].join('\n');
}
