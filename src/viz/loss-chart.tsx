import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  CartesianGrid,
  Line,
  LineChart,
  ReferenceLine,
  Tooltip,
  type TooltipContentProps,
  XAxis,
  YAxis,
} from 'recharts';
import { useFormat } from '../i18n/format.ts';
import { Segmented } from '../ui/segmented.tsx';
import { NO_LINES, QUIET_AXIS } from './axis.ts';
import { ChartFrame, TooltipBox } from './chart-frame.tsx';
import { type EndLabel, EndLabels } from './end-labels.tsx';
import styles from './loss-chart.module.css';
import { logTicks, niceTicks, tickDigits } from './ticks.ts';
import { useWidth } from './use-width.ts';

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
const GAP = 5;
/** What the last tick takes, which names the axis ("epoch 35"), px. */
const LAST_TICK = 64;
/** The line above the plot that names its axis. */
const UNIT_HEIGHT = 18;
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

  const { ref, width } = useWidth<HTMLDivElement>();

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
  // A few epochs are all named; of many, round ones that do not run into the last.
  const epochTicks =
    lastEpoch <= 8
      ? Array.from({ length: lastEpoch - 2 }, (_, i) => i + 2)
      : niceTicks(0, lastEpoch, 4).filter(
          (tick) =>
            tick > 1 && Number.isInteger(tick) && lastEpoch - tick > lastEpoch * Math.max(1 / 14, LAST_TICK / width),
        );

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
  const table = rows.map((row) => [
    format.number(row.epoch),
    ...series.flatMap((one) => [cell(row[heldOutKey(one)]), cell(row[trainKey(one)])]),
  ]);

  const tooltip = ({ active, label }: TooltipContentProps) => {
    const row = rows.find(({ epoch }) => epoch === label);
    if (!active || !row) return null;
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
    return (
      <TooltipBox
        title={t('lossChart.epochNumber', { n: format.number(row.epoch) })}
        rows={read.filter(({ value }) => value !== '')}
      />
    );
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
      <div className={styles.unit}>{unit}</div>
      <div className={styles.box} ref={ref}>
        {width > 0 ? (
          <LineChart
            width={width}
            height={height - UNIT_HEIGHT}
            data={rows}
            margin={{ top: 8, right: 52, bottom: 4, left: 0 }}
            title={title}
          >
            <CartesianGrid vertical={false} verticalCoordinatesGenerator={NO_LINES} stroke="var(--tm-hairline)" />
            <XAxis
              dataKey="epoch"
              type="number"
              domain={[1, lastEpoch]}
              ticks={[1, ...epochTicks, lastEpoch]}
              tickFormatter={(epoch: number) =>
                epoch === lastEpoch ? t('lossChart.epochNumber', { n: format.number(epoch) }) : format.number(epoch)
              }
              {...QUIET_AXIS}
              tickMargin={6}
              interval={0}
            />
            <YAxis
              key={log ? 'log' : 'linear'}
              type="number"
              scale={log ? 'log' : 'linear'}
              domain={[ticks[0], ticks[ticks.length - 1]]}
              ticks={ticks}
              tickFormatter={(value: number) => format.number(value, digits)}
              {...QUIET_AXIS}
              tickMargin={GAP}
              width={44}
              interval={0}
            />
            {baseline ? (
              <ReferenceLine
                y={baseline.value}
                stroke="var(--tm-series-baseline)"
                strokeDasharray="4 4"
                label={{
                  value: format.number(baseline.value, DIGITS),
                  position: 'right',
                  fill: 'var(--tm-ink-3)',
                  fontSize: 12,
                }}
              />
            ) : null}
            {series.map((one) => (
              <Line
                key={trainKey(one)}
                dataKey={trainKey(one)}
                stroke={one.color}
                strokeWidth={1.3}
                strokeOpacity={one.faded ? 0.2 : 0.45}
                dot={one.points.length === 1 ? { r: 2, strokeOpacity: 0.6 } : false}
                activeDot={false}
                connectNulls
                isAnimationActive={false}
              />
            ))}
            {series.map((one) => (
              <Line
                key={heldOutKey(one)}
                dataKey={heldOutKey(one)}
                stroke={one.color}
                strokeWidth={one.faded ? 1.6 : 2.6}
                strokeOpacity={one.faded ? 0.4 : 1}
                strokeLinecap="round"
                dot={false}
                activeDot={{ r: 4, stroke: 'var(--tm-surface)', strokeWidth: 2 }}
                connectNulls
                isAnimationActive={false}
              />
            ))}
            <EndLabels labels={labels} taken={baseline ? [baseline.value] : []} />
            <Tooltip
              content={tooltip}
              cursor={{ stroke: 'var(--tm-line-strong)' }}
              isAnimationActive={false}
              offset={16}
            />
          </LineChart>
        ) : null}
      </div>
    </ChartFrame>
  );
}
