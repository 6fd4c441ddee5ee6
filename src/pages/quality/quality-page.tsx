import { Button } from '@mantine/core';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isProtecting, samePrivacy } from '../../data/protect.ts';
import { useFormat } from '../../i18n/format.ts';
import { useWords } from '../../i18n/words.ts';
import { type Head, headsOn } from '../../models/recommender.ts';
import { usePrivacySettings } from '../../store/privacy-settings.ts';
import { useProject } from '../../store/project.ts';
import { compare, dismissComparisonError, stopComparing, useQuality } from '../../store/quality.ts';
import { changeSetup, dismissTestFileError, useQualitySetup } from '../../store/quality-setup.ts';
import { DEFAULT_SEED, servingRun, trainAndServe, useTraining } from '../../store/training.ts';
import { useCalm } from '../../store/use-calm.ts';
import { Card } from '../../ui/card.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Later } from '../../ui/later.tsx';
import { Page, PageHeader } from '../../ui/page.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import type { EntrantRequest } from '../../worker/api/comparing.ts';
import type { DatasetSummary } from '../../worker/api/data.ts';
import { AgainstLeaderTable } from './against-leader.tsx';
import { CalibrationCard } from './calibration-card.tsx';
import { ColdCard } from './cold-card.tsx';
import { ComparisonChoice } from './comparison-choice.tsx';
import { GroupsCard } from './groups-card.tsx';
import { HowCard } from './how-card.tsx';
import { Leaderboard } from './leaderboard.tsx';
import { MeasureCard } from './measure-card.tsx';
import { NotHere } from './not-here.tsx';
import { PairCard } from './pair-card.tsx';
import { PapersCard } from './papers-card.tsx';
import { PrivacyCard } from './privacy-card.tsx';
import styles from './quality.module.css';
import {
  type Column,
  ENTRANTS,
  headsShown,
  isChosenAtFirst,
  LIST_COLUMNS,
  type Line,
  learnsFromLess,
  linesOf,
  STAR_COLUMNS,
  sortedBy,
  takesPartAlways,
} from './quality-view.ts';
import { RepeatsCard } from './repeats-card.tsx';
import { ServedCard } from './served-card.tsx';
import { SetupCard } from './setup-card.tsx';
import { holdoutOf, lengthOf, repeatsOf } from './setup-view.ts';
import { ShapingCard } from './shaping-card.tsx';
import { Together } from './together.tsx';
import { TradeoffCard } from './tradeoff-card.tsx';
import { useFinding } from './use-finding.ts';

/** Of what comes after the leaderboard, px, until it is drawn. */
const CARD_HEIGHT = 420;
/** As most papers that rank among drawn products have it. */
const DRAWN = 99;

/** Quality: which model is best here, by how much, and for whom. */
export default function QualityPage() {
  const summary = useProject((state) => state.summary);
  return summary ? <Quality key={summary.name} summary={summary} /> : null;
}

/** "Factorization · Best": the preset only where a model has several. */
function useEntrantName(): (entrant: EntrantRequest) => string {
  const { t } = useTranslation('train');
  return useCallback(
    ({ model, preset }) => {
      const name = t(`models.${model}.name`);
      return model === 'mf' ? `${name} · ${t(`preset.${preset}`)}` : name;
    },
    [t],
  );
}

function Quality({ summary }: { readonly summary: DatasetSummary }) {
  const { t } = useTranslation('quality');
  const format = useFormat();
  const words = useWords(summary);
  const entrantName = useEntrantName();
  const nameOf = (line: Line) => entrantName(line.entrant);
  // One by one: the progress beside them changes several times a second, and only its own line is drawn for it.
  const asked = useCalm(useQuality, (state) => state.asked);
  const running = useCalm(useQuality, (state) => state.running);
  const entrants = useCalm(useQuality, (state) => state.entrants);
  const cut = useCalm(useQuality, (state) => state.cut);
  const comparison = useCalm(useQuality, (state) => state.comparison);
  const error = useCalm(useQuality, (state) => state.error);
  const runs = useTraining((state) => state.runs);
  const serving = useTraining((state) => state.serving);
  const training = useTraining(
    (state) => state.waiting.length > 0 || (state.live !== null && state.live.phase !== 'done'),
  );
  const { feedback } = summary;
  const hasTime = summary.overTime !== null;
  const possible = useMemo(() => ENTRANTS.filter(({ model }) => headsOn(feedback, model).length > 0), [feedback]);
  const setup = useQualitySetup((state) => state.setup);
  const testFile = useQualitySetup((state) => state.testFile);
  const fileError = useQualitySetup((state) => state.error);
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
      ? cut && cut.cut > 1
        ? t('finding.repeating', { cut: format.number(cut.cut), cuts: format.number(cut.cuts) })
        : t('finding.running', { done: format.number(done), total: format.number(all.length) })
      : t('finding.waiting');
  const withLists = sortedBy(
    all.filter(({ result }) => result?.lists),
    'recall',
  );
  const withStars = sortedBy(
    all.filter(({ result }) => result?.taste),
    'mae',
  );
  const contenders = withLists.filter(({ entrant }) => entrant.model !== 'random');
  const answering = servingRun(runs, serving);
  const privacy = usePrivacySettings((state) => state.settings);
  const chosen = useMemo(
    () =>
      possible.filter(
        (entrant) => takesPartAlways(entrant) || (setup.chosen?.has(entrant.id) ?? isChosenAtFirst(entrant, hasTime)),
      ),
    [possible, setup.chosen, hasTime],
  );
  const start = () => {
    const length = lengthOf(setup);
    if (length === null) return;
    const repeats = repeatsOf(setup);
    void compare({
      entrants: chosen,
      // Of a file of one's own this is how the validation part is cut.
      split: setup.held === 'file' ? 'per-customer' : setup.held,
      holdout: holdoutOf(setup),
      seed: DEFAULT_SEED,
      length,
      ...(repeats > 1 ? { repeats } : {}),
      ...(setup.held === 'file' && testFile ? { testFile: { id: testFile.id, name: testFile.name } } : {}),
      ...(setup.sampled ? { sampled: { candidates: DRAWN } } : {}),
    });
  };
  const k = format.number(ended?.result.protocol.k ?? asked?.length ?? 0);
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
            <Button onClick={start} disabled={chosen.length === 0 || lengthOf(setup) === null}>
              {t('actions.compare', { count: chosen.length, n: format.number(chosen.length) })}
            </Button>
          )
        }
      />
      {asked ? <Together /> : <ComparisonChoice hasTime={hasTime} />}
      {error ? <ErrorNotice error={error} onDismiss={dismissComparisonError} /> : null}
      {fileError ? <ErrorNotice error={fileError} onDismiss={dismissTestFileError} /> : null}
      <div className={styles.layout}>
        <div className={styles.main}>
          <Card
            title={
              all.length === 0
                ? t('board.title')
                : t(view === 'choice' ? 'board.titleLists' : 'board.titleStars', {
                    ...words.params,
                    k,
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
                comparison={ended}
                lines={lines}
                columns={columns}
                sort={sort}
                onSort={(column) => setSorts({ ...sorts, [view]: column })}
                nameOf={nameOf}
                words={words}
                k={k}
                action={({ entrant: { model, preset } }) =>
                  model === 'random' ? null : answering?.request.model === model &&
                    answering.request.preset === preset &&
                    samePrivacy(answering.request.privacy, privacy) ? (
                    <span className={styles.none}>{t('board.inUse')}</span>
                  ) : (
                    <button
                      type="button"
                      className={styles.use}
                      disabled={training || asked !== null}
                      title={t(isProtecting(privacy) ? 'board.useHintPrivate' : 'board.useHint', {
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
            {ended ? <AgainstLeaderTable head={view} lines={lines} comparison={ended} nameOf={nameOf} /> : null}
            <NotHere
              there={all.length === 0 ? chosen : all.map(({ entrant }) => entrant)}
              feedback={feedback}
              hasDates={hasTime}
              nameOf={entrantName}
            />
          </Card>
          {ended ? (
            <PairCard key={view} head={view} lines={inView} comparison={ended} nameOf={nameOf} words={words} />
          ) : null}
          {ended && view === 'choice' && withLists.length > 1 ? (
            <Later turn={0} height={CARD_HEIGHT}>
              <div className={styles.pair}>
                <GroupsCard head="choice" lines={withLists} comparison={ended} nameOf={nameOf} words={words} />
                <TradeoffCard lines={contenders} nameOf={nameOf} words={words} />
              </div>
            </Later>
          ) : null}
          {ended && view === 'taste' && withStars.length > 1 ? (
            <Later turn={0} height={CARD_HEIGHT}>
              <div className={styles.pair}>
                <GroupsCard head="taste" lines={withStars} comparison={ended} nameOf={nameOf} words={words} />
                <ServedCard head="taste" lines={withStars} comparison={ended} nameOf={nameOf} words={words} />
              </div>
            </Later>
          ) : null}
          {ended?.result.across ? (
            <RepeatsCard across={ended.result.across} view={view} lines={all} nameOf={nameOf} words={words} />
          ) : null}
          {ended && view === 'choice' && withLists.length > 0 ? (
            <>
              <Later turn={1} height={CARD_HEIGHT}>
                <MeasureCard lines={withLists} nameOf={nameOf} words={words} comparison={ended} k={k} />
              </Later>
              <Later turn={2} height={CARD_HEIGHT}>
                <div className={styles.pair}>
                  <ServedCard head="choice" lines={withLists} comparison={ended} nameOf={nameOf} words={words} />
                  <CalibrationCard lines={contenders} nameOf={nameOf} words={words} />
                </div>
              </Later>
              {ended.result.protocol.sampled ? (
                <PapersCard
                  sampled={ended.result.protocol.sampled}
                  lines={withLists}
                  nameOf={nameOf}
                  words={words}
                  k={k}
                />
              ) : null}
            </>
          ) : null}
          {ended && view === 'choice' ? <ColdCard data={summary.name} words={words} /> : null}
          <PrivacyCard words={words} />
          <ShapingCard words={words} />
          {ended ? (
            <HowCard
              head={view}
              protocol={ended.result.protocol}
              testFile={ended.request.testFile?.name ?? null}
              across={ended.result.across}
              columns={columns}
              hasDates={hasTime}
              fromLess={all.filter(({ entrant }) => learnsFromLess(entrant)).map(nameOf)}
              words={words}
              pairs={(count) => words.countActions(count)}
            />
          ) : null}
        </div>
        <div className={styles.side}>
          <SetupCard
            setup={setup}
            chosen={chosen}
            onChange={changeSetup}
            entrants={possible}
            nameOf={entrantName}
            words={words}
            hasTime={hasTime}
            products={summary.products}
            disabled={asked !== null}
          />
        </div>
      </div>
    </Page>
  );
}
