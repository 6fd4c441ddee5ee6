import { Button } from '@mantine/core';
import { type ReactNode, useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { useWords, type Words } from '../../i18n/words.ts';
import { useEngineState } from '../../store/engine.ts';
import { useProject } from '../../store/project.ts';
import { go } from '../../store/route.ts';
import {
  dismissTrainingError,
  type LiveRun,
  makesLists,
  pauseTraining,
  resumeTraining,
  servingRun,
  stopTraining,
  useTraining,
} from '../../store/training.ts';
import { useCalm } from '../../store/use-calm.ts';
import { Card } from '../../ui/card.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Page, PageHeader } from '../../ui/page.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { LossChart } from '../../viz/loss-chart.tsx';
import type { DatasetSummary } from '../../worker/api/data.ts';
import type { RunSummary } from '../../worker/api/training.ts';
import { FactorizationInstead, wouldFactorize } from '../factorization-instead.tsx';
import { MODEL_COLORS } from '../model-colors.ts';
import { ModelCard } from './model-card.tsx';
import { PlainModelsCard } from './plain-models-card.tsx';
import { PrivacyCard } from './privacy-card.tsx';
import { RunsCard } from './runs-card.tsx';
import { StatsStrip } from './stats-strip.tsx';
import styles from './train.module.css';
import {
  baselineOf,
  type ChartView,
  type Curve,
  curvesFor,
  headOf,
  listsVerdict,
  modelsFor,
  type Verdict,
  verdict,
} from './train-view.ts';
import { TuningCard } from './tuning-card.tsx';

/** Train: two models, their curves, and what they learned in one sentence. */
export default function TrainPage() {
  const summary = useProject((state) => state.summary);
  return summary ? <Train summary={summary} /> : null;
}

function useFinding(found: Verdict, summary: DatasetSummary, words: Words): string {
  const { t } = useTranslation('train');
  const format = useFormat();
  switch (found.kind) {
    case 'ready':
      return t('finding.ready', { pairs: format.number(summary.pairs), what: t(`what.${summary.action}`) });
    case 'learning':
      return t('finding.learning', words.params);
    case 'stars':
      return t(`finding.stars.${found.than}`, {
        ...words.params,
        mae: format.number(found.mae, 2),
        closer: format.percent(found.closer),
      });
    case 'starsWorse':
      return t(`finding.starsWorse.${found.than}`, { ...words.params, mae: format.number(found.mae, 2) });
    case 'hits':
      return t('finding.hits', {
        ...words.params,
        hits: format.number(found.hits, found.hits < 1 ? 2 : 1),
        times: format.number(found.times, 1),
      });
    case 'hitsSame':
    case 'hitsFewer':
      return t(`finding.${found.kind}`, { ...words.params, hits: format.number(found.hits, 2) });
    default:
      return found satisfies never;
  }
}

/** How the lists did, where the headline speaks of stars. */
function useListsNote(run: RunSummary | null, words: Words): string | null {
  const { t } = useTranslation('train');
  const format = useFormat();
  const lists = listsVerdict(run);
  if (!lists) return null;
  return t(`lists.${lists.kind}`, {
    ...words.params,
    found: format.percent(lists.found),
    popular: format.percent(lists.popular),
  });
}

/** What the chart says, from the factorization's held-out curve. */
function useChartTitle(view: ChartView, curves: readonly Curve[]): string {
  const { t } = useTranslation('train');
  const format = useFormat();
  const values = (curves.find(({ current }) => current)?.points ?? []).flatMap(({ heldOut }) =>
    heldOut === null ? [] : [heldOut],
  );
  if (view === 'loss') return t('chart.titleLoss');
  const first = values[0];
  if (values.length < 2) return t(view === 'stars' ? 'chart.titleStars' : 'chart.titleHits');
  if (view === 'hits') return t('chart.titleHitsRose', { to: format.percent(Math.max(...values)) });
  const lowest = Math.min(...values);
  return lowest < first
    ? t('chart.titleStarsFell', { from: format.number(first, 2), to: format.number(lowest, 2) })
    : t('chart.titleStars');
}

function TrainActions({
  live,
  hasRun,
  words,
}: {
  readonly live: LiveRun | null;
  readonly hasRun: boolean;
  readonly words: Words;
}): ReactNode {
  const { t } = useTranslation('train');
  const running = live !== null && live.phase !== 'done';
  return (
    <>
      {running ? (
        <>
          {live.paused ? (
            <Button variant="default" onClick={() => void resumeTraining()}>
              {t('actions.resume')}
            </Button>
          ) : (
            <Button variant="default" onClick={() => void pauseTraining()}>
              {t('actions.pause')}
            </Button>
          )}
          <Button variant="default" title={t('stopHint')} onClick={() => void stopTraining()}>
            {t('actions.stop')}
          </Button>
        </>
      ) : null}
      {hasRun ? <Button onClick={() => go('customers')}>{t('actions.customers', words.params)}</Button> : null}
    </>
  );
}

const EXPLICIT_VIEWS: readonly ChartView[] = ['stars', 'hits', 'loss'];
const IMPLICIT_VIEWS: readonly ChartView[] = ['hits', 'loss'];

function Train({ summary }: { readonly summary: DatasetSummary }) {
  const { t } = useTranslation('train');
  const words = useWords(summary);
  // One by one: what changes several times a second beside them draws its own line.
  const live = useCalm(useTraining, (state) => state.live);
  const runs = useCalm(useTraining, (state) => state.runs);
  const serving = useCalm(useTraining, (state) => state.serving);
  const error = useCalm(useTraining, (state) => state.error);
  const device = useEngineState((state) => state.report?.chosen ?? null);
  const [chosenView, setView] = useState<ChartView | null>(null);
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const explicit = summary.feedback === 'explicit';
  const views = explicit ? EXPLICIT_VIEWS : IMPLICIT_VIEWS;
  const view = chosenView ?? views[0];
  const curves = useMemo(() => curvesFor(view, live, runs, ticked), [view, live, runs, ticked]);
  const able = useMemo(() => runs.filter(makesLists), [runs]);
  const finding = useFinding(verdict(able, live), summary, words);
  const title = useChartTitle(view, curves);
  const baseline = baselineOf(view, live, runs);
  const last = runs.at(-1) ?? null;
  const answering = servingRun(runs, serving);
  const note = useListsNote(answering, words);
  const longest =
    live && live.phase !== 'done' ? live.epochs.findLast((e) => e.head === headOf(view))?.epochs : undefined;

  const tick = useCallback((id: string) => {
    setTicked((old) => {
      const next = new Set(old);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  }, []);
  return (
    <Page>
      <PageHeader
        label={t('label')}
        finding={finding}
        note={note}
        actions={<TrainActions live={live} hasRun={able.length > 0} words={words} />}
      />
      {error ? (
        <ErrorNotice
          error={error}
          onDismiss={dismissTrainingError}
          action={wouldFactorize(error) ? <FactorizationInstead onPress={dismissTrainingError} /> : null}
        />
      ) : null}
      <div className={styles.layout}>
        <Card>
          <LossChart
            title={title}
            controls={
              <Segmented
                label={t('chart.viewLabel')}
                value={view}
                options={views.map((value) => ({ value, label: t(`chart.${value}`) }))}
                onChange={setView}
              />
            }
            series={curves.map((curve) => ({
              id: curve.id,
              label: t(`models.${curve.model}.name`),
              color: MODEL_COLORS[curve.model],
              points: curve.points,
              faded: !curve.current,
            }))}
            baseline={
              baseline === null
                ? null
                : { value: baseline.value, label: t(`chart.baseline.${baseline.of}`, words.params) }
            }
            unit={t(view === 'stars' ? 'chart.unitStars' : view === 'hits' ? 'chart.unitHits' : 'chart.unitLoss')}
            epochs={longest}
          />
          <StatsStrip live={live} last={last} head={headOf(view)} device={device} explicit={explicit} />
        </Card>
        <div className={styles.side}>
          {modelsFor(summary.feedback).map((model) => (
            <ModelCard key={model} model={model} words={words} />
          ))}
          <PlainModelsCard data={summary} words={words} />
          <PrivacyCard data={summary.name} dated={summary.overTime !== null} words={words} />
          <RunsCard runs={runs} words={words} serving={answering} ticked={ticked} onTick={tick} />
        </div>
        <TuningCard feedback={summary.feedback} words={words} />
      </div>
    </Page>
  );
}
