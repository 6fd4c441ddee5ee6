import { Button } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Format, useFormat } from '../../i18n/format.ts';
import { useWords, type Words } from '../../i18n/words.ts';
import { type Head, headsOn } from '../../models/recommender.ts';
import { useProject } from '../../store/project.ts';
import { compare, dismissComparisonError, stopComparing, useQuality } from '../../store/quality.ts';
import { DEFAULT_SEED, servingRun, trainAndServe, useTraining } from '../../store/training.ts';
import { Card } from '../../ui/card.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Page, PageHeader } from '../../ui/page.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Tradeoff } from '../../viz/tradeoff.tsx';
import type { Comparison, DatasetSummary, EntrantRequest } from '../../worker/api.ts';
import { MODEL_COLORS } from '../model-colors.ts';
import { GroupsCard, groupName } from './groups-card.tsx';
import { HowCard } from './how-card.tsx';
import { Leaderboard } from './leaderboard.tsx';
import styles from './quality.module.css';
import {
  type Column,
  ENTRANTS,
  headsShown,
  isChosenAtFirst,
  LIST_COLUMNS,
  type Line,
  linesOf,
  listsVerdict,
  notServed,
  STAR_COLUMNS,
  sortedBy,
  starsVerdict,
} from './quality-view.ts';
import { type Setup, SetupCard } from './setup-card.tsx';

const HOLDOUT = 0.1;

/** Quality: which model is best here, by how much, and for whom. */
export default function QualityPage() {
  const summary = useProject((state) => state.summary);
  return summary ? <Quality key={summary.name} summary={summary} /> : null;
}

/** "Factorization · Best": the preset only where a model has several. */
function useEntrantName(): (entrant: EntrantRequest) => string {
  const { t } = useTranslation('train');
  return ({ model, preset }) => {
    const name = t(`models.${model}.name`);
    return model === 'mf' ? `${name} · ${t(`preset.${preset}`)}` : name;
  };
}

interface Found {
  readonly finding: string;
  readonly note: string | null;
}

/** The headline of what ended: on lists, or on stars where those are looked at. */
function useFinding(
  view: Head,
  lines: readonly Line[],
  comparison: Comparison | null,
  words: Words,
  nameOf: (line: Line) => string,
): Found {
  const { t } = useTranslation('quality');
  const format = useFormat();
  if (!comparison) return { finding: t('finding.ready', words.params), note: null };
  if (view === 'taste') {
    const stars = starsVerdict(lines);
    if (!stars) return { finding: t('finding.ready', words.params), note: null };
    const params = { ...words.params, model: nameOf(stars.line), mae: format.number(stars.mae, 2) };
    return {
      finding:
        stars.means === null
          ? t('finding.starsOnly', params)
          : t('finding.stars', { ...params, means: format.number(stars.means, 2) }),
      note: null,
    };
  }
  const verdict = listsVerdict(lines, comparison);
  if (!verdict) return { finding: t('finding.ready', words.params), note: null };
  const k = format.number(comparison.result.protocol.k);
  if (verdict.kind === 'noneBetter') {
    return {
      finding: t('finding.noneBetter', { ...words.params, popular: format.percent(verdict.popular) }),
      note: null,
    };
  }
  const model = nameOf(verdict.line);
  const params = { ...words.params, k, model, found: format.percent(verdict.found) };
  return {
    finding:
      verdict.kind === 'tie'
        ? t('finding.tie', { ...params, other: nameOf(verdict.other) })
        : t('finding.best', { ...params, popular: format.percent(verdict.popular) }),
    note: versusNote(t, format, verdict.line, comparison, words, model),
  };
}

/** For how many people the leader is better than bestsellers, and for whom it is not. */
function versusNote(
  t: TFunction<'quality'>,
  format: Format,
  line: Line,
  comparison: Comparison,
  words: Words,
  model: string,
): string | null {
  const versus = line.result?.lists?.versus?.popularity;
  if (!versus) return null;
  const params = { ...words.params, model };
  const sentence = t('note.versus', {
    ...params,
    better: format.percent(versus.better),
    equal: format.percent(versus.equal),
    worse: format.percent(versus.worse),
  });
  const groups = notServed(line, comparison).map((group) => groupName(t, format, group));
  if (groups.length === 0) return sentence;
  return `${sentence} ${t('note.notFor', { ...params, group: format.list(groups) })}`;
}

function Quality({ summary }: { readonly summary: DatasetSummary }) {
  const { t } = useTranslation('quality');
  const format = useFormat();
  const words = useWords(summary);
  const entrantName = useEntrantName();
  const nameOf = (line: Line) => entrantName(line.entrant);
  // One by one: the progress beside them changes several times a second, and only its own line is drawn for it.
  const asked = useQuality((state) => state.asked);
  const running = useQuality((state) => state.running);
  const entrants = useQuality((state) => state.entrants);
  const comparison = useQuality((state) => state.comparison);
  const error = useQuality((state) => state.error);
  const runs = useTraining((state) => state.runs);
  const serving = useTraining((state) => state.serving);
  const training = useTraining(
    (state) => state.waiting.length > 0 || (state.live !== null && state.live.phase !== 'done'),
  );
  const { feedback } = summary;
  const possible = ENTRANTS.filter(({ model }) => headsOn(feedback, model).length > 0);
  const [setup, setSetup] = useState<Setup>(() => ({
    chosen: new Set(possible.filter(isChosenAtFirst).map(({ id }) => id)),
    split: 'per-customer',
    length: '10',
  }));
  const [wantedView, setView] = useState<Head>('choice');
  const [sorts, setSorts] = useState<Readonly<Record<Head, Column>>>({ choice: 'recall', taste: 'mae' });

  const all = linesOf(asked, entrants, comparison);
  const heads = headsShown(all);
  const view = heads.includes(wantedView) || heads.length === 0 ? wantedView : heads[0];
  const inView = all.filter(({ entrant }) => headsOn(feedback, entrant.model).includes(view));
  const sort = sorts[view];
  // While it runs the lines stand still: nobody can read what jumps about.
  const lines = asked ? inView : sortedBy(inView, sort);
  const ended = asked ? null : comparison;
  const { finding, note } = useFinding(view, inView, ended, words, nameOf);
  const done = all.filter(({ state }) => state === 'done' || state === 'failed').length;
  const headline = !asked
    ? finding
    : running
      ? t('finding.running', { done: format.number(done), total: format.number(all.length) })
      : t('finding.waiting');
  const withLists = sortedBy(
    all.filter(({ result }) => result?.lists),
    'recall',
  );
  const contenders = withLists.filter(({ entrant }) => entrant.model !== 'random');
  const answering = servingRun(runs, serving);
  const chosen = possible.filter(({ id }) => setup.chosen.has(id));
  const start = () =>
    void compare({
      entrants: chosen,
      split: setup.split,
      holdout: HOLDOUT,
      seed: DEFAULT_SEED,
      length: Number(setup.length),
    });
  const columns: readonly Column[] = view === 'choice' ? LIST_COLUMNS : STAR_COLUMNS;

  return (
    <Page>
      <PageHeader
        label={t('label')}
        finding={headline}
        note={asked ? null : note}
        actions={
          asked ? (
            <Button variant="default" onClick={() => void stopComparing()}>
              {t('actions.stop')}
            </Button>
          ) : (
            <Button onClick={start} disabled={chosen.length === 0}>
              {t('actions.compare', { count: chosen.length, n: format.number(chosen.length) })}
            </Button>
          )
        }
      />
      {error ? <ErrorNotice error={error} onDismiss={dismissComparisonError} /> : null}
      <div className={styles.layout}>
        <div className={styles.main}>
          <Card
            title={
              all.length === 0
                ? t('board.title')
                : t(view === 'choice' ? 'board.titleLists' : 'board.titleStars', {
                    ...words.params,
                    k: format.number(ended?.result.protocol.k ?? asked?.length ?? 0),
                  })
            }
            aside={
              heads.length > 1 ? (
                <Segmented
                  label={t('board.view')}
                  value={view}
                  options={heads.map((head) => ({
                    value: head,
                    label: t(head === 'choice' ? 'board.lists' : 'board.stars'),
                  }))}
                  onChange={setView}
                />
              ) : null
            }
          >
            {all.length === 0 ? (
              <p className={styles.empty}>{t('board.empty')}</p>
            ) : (
              <Leaderboard
                head={view}
                lines={lines}
                columns={columns}
                sort={sort}
                onSort={(column) => setSorts({ ...sorts, [view]: column })}
                nameOf={nameOf}
                words={words}
                k={format.number(ended?.result.protocol.k ?? asked?.length ?? 0)}
                action={({ entrant: { model, preset } }) =>
                  model === 'random' ? null : answering?.request.model === model &&
                    answering.request.preset === preset ? (
                    <span className={styles.none}>{t('board.inUse')}</span>
                  ) : (
                    <button
                      type="button"
                      className={styles.use}
                      disabled={training || asked !== null}
                      title={t('board.useHint', {
                        model: entrantName({ id: '', model, preset, settings: {} }),
                        page: words.params.People,
                      })}
                      onClick={() => void trainAndServe(model, preset)}
                    >
                      {t('board.use')}
                    </button>
                  )
                }
              />
            )}
          </Card>
          {ended && view === 'choice' && withLists.length > 1 ? (
            <div className={styles.pair}>
              <GroupsCard lines={withLists} comparison={ended} nameOf={nameOf} words={words} />
              <Card>
                <Tradeoff
                  title={tradeoffTitle(t, contenders, nameOf, words)}
                  pointName={t('board.model')}
                  xName={t('tradeoff.x', words.params)}
                  yName={t('tradeoff.y')}
                  height={330}
                  points={contenders.map((line) => ({
                    id: line.entrant.id,
                    label: nameOf(line),
                    x: line.result?.lists?.exposure.coverage ?? 0,
                    y: line.result?.lists?.metrics.recall.mean ?? 0,
                    color: MODEL_COLORS[line.entrant.model],
                  }))}
                />
              </Card>
            </div>
          ) : null}
          {ended ? (
            <HowCard
              protocol={ended.result.protocol}
              columns={columns}
              words={words}
              pairs={(count) => words.countActions(count)}
            />
          ) : null}
        </div>
        <div className={styles.side}>
          <SetupCard
            setup={setup}
            onChange={setSetup}
            entrants={possible}
            nameOf={entrantName}
            hasTime={summary.overTime !== null}
            disabled={asked !== null}
          />
        </div>
      </div>
    </Page>
  );
}

/** From here on one model shows more of the catalogue than another, and not just happens to. */
const CLEARLY_MORE = 1.15;

/** Who finds the most and who shows the most, where that is not the same. */
function tradeoffTitle(
  t: TFunction<'quality'>,
  lines: readonly Line[],
  nameOf: (line: Line) => string,
  words: Words,
): string {
  const shown = (line: Line | undefined) => line?.result?.lists?.exposure.coverage ?? 0;
  const [most] = lines;
  const [widest] = lines.toSorted((a, b) => shown(b) - shown(a));
  if (shown(widest) < CLEARLY_MORE * shown(most)) return t('tradeoff.title');
  return t('tradeoff.titleBoth', { ...words.params, model: nameOf(most), other: nameOf(widest) });
}
