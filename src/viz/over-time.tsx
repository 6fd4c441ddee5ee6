import { type DateDetail, useFormat } from '../i18n/format.ts';
import { AreaLine } from './area-line.tsx';
import { ChartFrame } from './chart-frame.tsx';
import { Plot } from './plot.tsx';
import { niceTicks } from './ticks.ts';

interface OverTimeProps {
  readonly title: string;
  /** ms since 1970, ascending */
  readonly starts: readonly number[];
  readonly counts: readonly number[];
  readonly detail: DateDetail;
  readonly xName: string;
  readonly yName: string;
  readonly height?: number;
}

/** More labels than this never fit beside each other. */
const MOST_LABELS = 10;

/** Every n-th start, so that labels stand evenly. */
function everyFew(starts: readonly number[]): number[] {
  const every = Math.ceil(starts.length / MOST_LABELS);
  return starts.filter((_, i) => i % every === 0);
}

/** Activity per day, month or year. */
export function OverTime({ title, starts, counts, detail, xName, yName, height = 220 }: OverTimeProps) {
  const format = useFormat();
  const data = starts.map((start, i) => ({ x: start, y: counts[i] }));
  const ticks = niceTicks(0, Math.max(1, ...counts), 3);
  return (
    <ChartFrame
      title={title}
      height={height}
      table={{
        columns: [{ label: xName }, { label: yName, numeric: true }],
        rows: data.map((point) => [format.date(point.x, detail), format.number(point.y)]),
      }}
    >
      <Plot
        title={title}
        height={height}
        unit={yName}
        xDomain={[starts[0], starts[starts.length - 1]]}
        yDomain={[0, ticks[ticks.length - 1]]}
        xTicks={everyFew(starts).map((at) => ({ at, label: format.date(at, detail) }))}
        yTicks={ticks.map((tick) => ({ at: tick, label: format.compact(tick) }))}
        stops={starts}
        readOut={(i) => ({
          title: format.date(starts[i], detail),
          rows: [{ label: yName, value: format.number(counts[i]) }],
        })}
      >
        {(area, at) => <AreaLine area={area} points={data} at={at} width={2} />}
      </Plot>
    </ChartFrame>
  );
}
