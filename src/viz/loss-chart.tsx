import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../i18n/format.ts';
import { Segmented } from '../ui/segmented.tsx';
import { ChartFrame } from './chart-frame.tsx';
import { type EndLabel, EndLabels } from './end-labels.tsx';
import styles from './loss-chart.module.css';
import { LossLines, type LossSeries } from './loss-lines.tsx';
import { Plot } from './plot.tsx';
import { logTicks, niceTicks, tickDigits } from './ticks.ts';

interface LossChartProps {
  readonly title: string;
  readonly series: readonly LossSeries[];
  readonly baseline: { readonly value: number; readonly label: string } | null;
  /** What the vertical axis counts: "stars off (RMSE)". */
  readonly unit: string;
  /** Where the horizontal axis ends while training; the last epoch seen otherwise. */
  readonly epochs?: number;
  readonly height?: number;
  /** Beside the scale: which figure is drawn. */
  readonly controls?: ReactNode;
}

type Row = { epoch: number } & Record<string, number | null>;

const heldOutKey = (series: LossSeries) => `${series.id} held-out`;
const trainKey = (series: LossSeries) => `${series.id} training`;
/** What the labels at the ends of the lines take, px. */
const END_LABELS = 52;
/** Between the last tick of the horizontal axis and the one before, as a share of the axis. */
const LAST_TICK = 0.1;
const DIGITS = 3;

/** One row per epoch any series has, for the chart and for the table. */
function rowsOf(series: readonly LossSeries[]): Row[] {
  const rows = new Map<number, Row>();
  for (const one of series) {
    for (const point of one.points) {
      const row: Row = rows.get(point.epoch) ?? { epoch: point.epoch };
      row[heldOutKey(one)] = point.heldOut;
      row[trainKey(one)] = point.train;
      rows.set(point.epoch, row);
    }
  }
  return [...rows.values()].sort((a, b) => a.epoch - b.epoch);
}

/** A few epochs are all named; of many, round ones that do not run into the last. */
function epochTicks(last: number): number[] {
  if (last <= 8) return Array.from({ length: last }, (_, i) => i + 1);
  const round = niceTicks(0, last, 4).filter((tick) => tick > 1 && last - tick > last * LAST_TICK);
  return [1, ...round.filter(Number.isInteger), last];
}

function Mark({ color, dashed, thin }: { readonly color: string; readonly dashed?: boolean; readonly thin?: boolean }) {
  return (
    <svg width="14" height="8" aria-hidden="true">
      <line
        x1="1"
        y1="4"
        x2="13"
        y2="4"
        stroke={color}
        strokeWidth={thin ? 1.3 : 2.6}
        strokeOpacity={thin ? 0.55 : 1}
        strokeDasharray={dashed ? '3 3' : undefined}
      />
    </svg>
  );
}

/** How wrong each model is after every epoch: on what it learns from, and on what it has never seen. */
export function LossChart({ title, series, baseline, unit, epochs, height = 380, controls }: LossChartProps) {
  const { t } = useTranslation('common');
  const format = useFormat();
  const [scale, setScale] = useState<'linear' | 'log'>('linear');

  const rows = rowsOf(series);
  const values = series
    .flatMap((one) => one.points.flatMap(({ train, heldOut }) => [train, heldOut]))
    .concat(baseline ? [baseline.value] : [])
    .filter((value): value is number => value !== null && Number.isFinite(value));
  const low = values.length > 0 ? Math.min(...values) : 0;
  const high = values.length > 0 ? Math.max(...values) : 1;
  const canLog = low > 0;
  const log = scale === 'log' && canLog;
  const ticks = log ? logTicks(low, high) : niceTicks(low, high, 4);
  const digits = tickDigits(ticks);
  const lastEpoch = Math.max(2, epochs ?? 0, ...rows.map((row) => row.epoch));
  const labels: EndLabel[] = series.flatMap((one) => {
    if (one.faded) return [];
    const last = one.points.findLast(({ heldOut }) => heldOut !== null) ?? one.points.at(-1);
    const value = last?.heldOut ?? last?.train;
    if (!last || value == null) return [];
    return [{ id: one.id, epoch: last.epoch, value, color: one.color, text: format.number(value, DIGITS) }];
  });

  const columns = [
    { label: t('lossChart.epoch'), numeric: true },
    ...series.flatMap((one) => [
      { label: t('lossChart.heldOutOf', { model: one.label }), numeric: true },
      { label: t('lossChart.trainingOf', { model: one.label }), numeric: true },
    ]),
  ];
  const cell = (value: number | null | undefined) => (value == null ? '' : format.number(value, DIGITS + 1));
  const table = () =>
    rows.map((row) => [
      format.number(row.epoch),
      ...series.flatMap((one) => [cell(row[heldOutKey(one)]), cell(row[trainKey(one)])]),
    ]);

  const readOut = (at: number) => {
    const row = rows[at];
    const read = series.flatMap((one) => [
      {
        label: t('lossChart.heldOutOf', { model: one.label }),
        value: cell(row[heldOutKey(one)]),
        mark: <Mark color={one.color} />,
      },
      {
        label: t('lossChart.trainingOf', { model: one.label }),
        value: cell(row[trainKey(one)]),
        mark: <Mark color={one.color} thin />,
      },
    ]);
    return {
      title: t('lossChart.epochNumber', { n: format.number(row.epoch) }),
      rows: read.filter(({ value }) => value !== ''),
    };
  };

  return (
    <ChartFrame
      title={title}
      height={height}
      table={{ columns, rows: table }}
      controls={
        <>
          {controls}
          {canLog && values.length > 0 ? (
            <Segmented
              label={t('lossChart.scale')}
              value={scale}
              onChange={setScale}
              options={[
                { value: 'linear', label: t('lossChart.linear') },
                { value: 'log', label: t('lossChart.log') },
              ]}
            />
          ) : null}
        </>
      }
      legend={
        <ul className={styles.legend}>
          {series
            .filter((one) => !one.faded)
            .flatMap((one) => [
              one.points.some(({ heldOut }) => heldOut !== null) ? (
                <li key={heldOutKey(one)}>
                  <Mark color={one.color} />
                  {t('lossChart.heldOutOf', { model: one.label })}
                </li>
              ) : null,
              one.points.some(({ train }) => train !== null) ? (
                <li key={trainKey(one)}>
                  <Mark color={one.color} thin />
                  {t('lossChart.training')}
                </li>
              ) : null,
            ])}
          {baseline ? (
            <li>
              <Mark color="var(--tm-series-baseline)" dashed thin />
              {baseline.label}
            </li>
          ) : null}
        </ul>
      }
    >
      <Plot
        title={title}
        height={height}
        unit={unit}
        xName={t('lossChart.epoch')}
        xDomain={[1, lastEpoch]}
        yDomain={[ticks[0], ticks[ticks.length - 1]]}
        yScale={log ? 'log' : 'linear'}
        right={END_LABELS}
        xTicks={epochTicks(lastEpoch).map((epoch) => ({ at: epoch, label: format.number(epoch) }))}
        yTicks={ticks.map((tick) => ({ at: tick, label: format.number(tick, digits) }))}
        stops={rows.map(({ epoch }) => epoch)}
        readOut={readOut}
      >
        {(area, at) => (
          <>
            {baseline ? (
              <g>
                <line
                  x1={area.left}
                  x2={area.right}
                  y1={area.y(baseline.value)}
                  y2={area.y(baseline.value)}
                  stroke="var(--tm-series-baseline)"
                  strokeDasharray="4 4"
                />
                <text x={area.right + 5} y={area.y(baseline.value)} dy="0.35em" className={styles.baseline}>
                  {format.number(baseline.value, DIGITS)}
                </text>
              </g>
            ) : null}
            <LossLines area={area} series={series} epoch={at === null ? null : rows[at].epoch} />
            <EndLabels area={area} labels={labels} taken={baseline ? [baseline.value] : []} />
          </>
        )}
      </Plot>
    </ChartFrame>
  );
}
