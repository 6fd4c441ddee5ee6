import { Button, useComputedColorScheme } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useCallback, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { useWords, type Words } from '../../i18n/words.ts';
import type { HeatmapRequest, HeatmapResult } from '../../insight/heatmap-types.ts';
import { isSigned } from '../../insight/measures.ts';
import { useProject } from '../../store/project.ts';
import { routeHash, useRoute } from '../../store/route.ts';
import { servingRun, useTraining } from '../../store/training.ts';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Page, PageHeader } from '../../ui/page.tsx';
import { ProgressPanel } from '../../ui/progress-panel.tsx';
import { Heatmap } from '../../viz/heatmap.tsx';
import { strongestPairs } from '../../viz/heatmap-image.ts';
import type { HeatmapTexts } from '../../viz/heatmap-legend.tsx';
import type { Cell } from '../../viz/viewport.ts';
import type { DatasetSummary } from '../../worker/api/data.ts';
import styles from './map.module.css';
import { paramsOf, requestOf } from './map-address.ts';
import { MapChoice, MapControls } from './map-controls.tsx';
import { finding, groupName, rowName, withNames } from './map-words.ts';
import { spaceMissing } from './model-space.ts';
import { PairCard } from './pair-card.tsx';
import { SimilarCard } from './similar-card.tsx';
import { useHeatmap } from './use-heatmap.ts';

/** Map: what is like what, and which groups that makes. */
export default function MapPage() {
  const { t } = useTranslation('map');
  const { go } = useRoute();
  const summary = useProject((state) => state.summary);
  if (!summary) {
    return (
      <EmptyState
        title={t('empty.title')}
        text={t('empty.text')}
        action={t('empty.action')}
        onAction={() => go('data')}
      />
    );
  }
  // Other data is another map.
  return <MapOf key={`${summary.name} ${summary.pairs} ${summary.importMs}`} summary={summary} />;
}

/** What the address asks for, and the way to ask for something else: by changing the address. */
function useMapRequest(summary: DatasetSummary, trained: boolean) {
  const { step, params, go } = useRoute();
  // On the way to another step this page stays for a moment, with what it shows.
  const here = useRef(params);
  if (step === 'map') here.current = params;
  const text = JSON.stringify(requestOf(here.current, summary, trained));
  const request = useMemo(() => JSON.parse(text) as HeatmapRequest, [text]);
  const change = useCallback(
    (part: Partial<HeatmapRequest>, back = false) => {
      // Letter by letter is not a way to go back.
      const typing = request.choose.by === 'search' && part.choose?.by === 'search';
      go('map', '', paramsOf({ ...request, ...part }), back || typing);
    },
    [request, go],
  );
  return { request, change };
}

function MapOf({ summary }: { readonly summary: DatasetSummary }) {
  const { t } = useTranslation('map');
  const words = useWords(summary);
  const missing = useTraining(({ runs, serving }) => spaceMissing(runs, serving));
  const trained = missing === null;
  const reason = useId();
  const answering = useTraining(({ runs, serving }) => servingRun(runs, serving)?.id ?? null);
  const { request, change } = useMapRequest(summary, trained);
  // Another run that answers is another space, and nothing else that is shown here.
  const run = request.measure === 'model' ? answering : null;
  const asked = useMemo(() => ({ ...request, run }), [request, run]);
  const work = useHeatmap(asked);
  const result = useMemo(
    () => (work.result ? withNames(t, words, summary, work.result) : null),
    [t, words, summary, work.result],
  );
  const cancel = () => {
    work.cancel();
    // The controls go back to what is on screen.
    if (result) change(result.request, true);
  };

  const headline = result
    ? result.rows.length < 2
      ? t(`finding.${result.request.side}.tooFew`, { ...words.params, count: result.rows.length })
      : finding(t, words, summary, result)
    : t('finding.working', words.params);
  return (
    <Page>
      <PageHeader
        label={t('label')}
        finding={headline}
        actions={
          <>
            <MapControls
              summary={summary}
              words={words}
              request={request}
              onChange={change}
              trained={trained}
              reasonId={trained ? null : reason}
            />
            <MapChoice summary={summary} words={words} request={request} onChange={change} />
            {missing ? (
              <p id={reason} className={styles.reason}>
                {t(`modelMissing.${missing}`)} <a href={routeHash('train')}>{t('modelMissing.train')}</a>
              </p>
            ) : null}
          </>
        }
      />
      {work.error ? (
        <ErrorNotice
          error={work.error}
          action={
            <Button variant="default" onClick={work.retry}>
              {t('again')}
            </Button>
          }
        />
      ) : null}
      {work.stopped && !result ? (
        <Card>
          <p className={styles.note}>{t('stopped')}</p>
          <Button variant="default" onClick={work.retry}>
            {t('again')}
          </Button>
        </Card>
      ) : null}
      <div className={styles.stack}>
        {work.working ? (
          <div className={result ? styles.over : styles.alone}>
            <Card>
              <ProgressPanel progress={work.progress} onCancel={cancel} />
            </Card>
          </div>
        ) : null}
        {result && result.rows.length < 2 ? (
          <Card>
            <p>{t('tooFewText', words.params)}</p>
          </Card>
        ) : null}
        {result && result.rows.length >= 2 ? (
          <Picture result={result} words={words} waiting={work.working} summary={summary} />
        ) : null}
      </div>
    </Page>
  );
}

/** The picture and the cards that follow the pointer on it. */
function Picture({
  result,
  words,
  waiting,
  summary,
}: {
  readonly result: HeatmapResult;
  readonly words: Words;
  readonly waiting: boolean;
  readonly summary: DatasetSummary;
}) {
  const { t } = useTranslation('map');
  const format = useFormat();
  const dark = useComputedColorScheme('light', { getInitialValueInEffect: false }) === 'dark';
  const touch = useMediaQuery('(pointer: coarse)') === true;
  const [hover, setHover] = useState<Cell | null>(null);
  const [pinned, setPinned] = useState<Cell | null>(null);
  const { request, values, labels, rows } = result;
  const n = rows.length;

  // A new picture has nothing pinned yet.
  useEffect(() => {
    setHover(null);
    setPinned(null);
  }, [result]);

  const strongest = useMemo<Cell>(() => strongestPairs(values, n, 1)[0] ?? { row: 0, column: 1 }, [values, n]);
  const groups = useMemo(
    () => result.groups.map((group) => ({ from: group.from, to: group.to, name: groupName(t, format, group) })),
    [result, t, format],
  );
  const write = useCallback((value: number) => format.number(value, 2), [format]);
  const describe = useCallback(
    ({ row, column }: Cell) => {
      const value = values[row * n + column];
      return t('reading.cell', {
        a: labels[row],
        b: labels[column],
        value: value === value ? format.number(value, 2) : t('pair.undefined'),
      });
    },
    [values, n, labels, t, format],
  );
  const texts = useMemo<HeatmapTexts>(
    () => ({
      kind: t('reading.kind'),
      reading: t('reading.all', {
        count: n,
        n: format.number(n),
        things: request.side === 'products' ? words.params.things : words.params.people,
        groups: format.list(groups.map((group) => group.name)),
      }),
      groups: t('group.label'),
      low: isSigned(request.measure) ? t('legend.opposite') : t('legend.different'),
      high: t('legend.alike'),
      hint: t(touch ? 'legend.hintTouch' : 'legend.hint'),
      zoomIn: t('legend.zoomIn'),
      zoomOut: t('legend.zoomOut'),
      showAll: t('legend.showAll'),
      asTable: t('table.show'),
      asPicture: t('table.hide'),
      tableTitle: t('table.title'),
      first: t('table.first'),
      second: t('table.second'),
      value: t(`measure.${request.measure}`),
    }),
    [t, format, n, request, words, groups, touch],
  );

  // A picture just replaced may still be pointed at.
  const inside = (cell: Cell | null) => (cell && cell.row < n && cell.column < n ? cell : null);
  const pin = inside(pinned);
  const over = inside(hover);
  const cell = pin ?? over ?? strongest;
  const about = over ?? pin ?? strongest;
  return (
    <div className={styles.layout}>
      <Card className={waiting ? styles.waiting : undefined}>
        <Heatmap
          n={n}
          values={values}
          labels={labels}
          groups={groups}
          dendrogram={result.dendrogram}
          signed={isSigned(request.measure)}
          dark={dark}
          pinned={pin}
          onHover={setHover}
          onPin={setPinned}
          describe={describe}
          write={write}
          texts={texts}
        />
        <p className={styles.measure}>
          {t(`measureSays.${request.measure}`, {
            ...words.params,
            a: request.side === 'products' ? words.params.things : words.params.people,
            others: request.side === 'products' ? words.params.people : words.params.things,
          })}
        </p>
      </Card>
      <div className={styles.side}>
        <PairCard
          result={result}
          cell={cell}
          state={pin ? 'pinned' : over ? 'hover' : 'strongest'}
          passing={pin && over && (over.row !== pin.row || over.column !== pin.column) ? over : null}
          words={words}
          explicit={summary.feedback === 'explicit'}
          onUnpin={() => setPinned(null)}
        />
        <SimilarCard
          result={result}
          row={about.row}
          nameOf={(label) => rowName(t, words, summary, request.side, label)}
          onPin={(row, column) => setPinned({ row, column })}
        />
      </div>
    </div>
  );
}
