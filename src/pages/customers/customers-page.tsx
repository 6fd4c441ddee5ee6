import { Button } from '@mantine/core';
import { IconDownload, IconTargetArrow, IconUserPlus } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { useWords } from '../../i18n/words.ts';
import { MODEL_NAMES } from '../../models/recommender.ts';
import { isNeutral } from '../../models/rerank-settings.ts';
import { useEngine } from '../../store/engine.ts';
import { useProject } from '../../store/project.ts';
import { useReshape } from '../../store/reshape.ts';
import { useRoute } from '../../store/route.ts';
import { makesLists, serveRun, servingRun, useTraining } from '../../store/training.ts';
import { useAnswer } from '../../store/use-answer.ts';
import { Card } from '../../ui/card.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Page, PageHeader } from '../../ui/page.tsx';
import type { DatasetSummary } from '../../worker/api/data.ts';
import type { Recommendation, RecommendationList } from '../../worker/api/lists.ts';
import type { RunSummary } from '../../worker/api/training.ts';
import styles from './customers.module.css';
import { ExportDialog } from './export-dialog.tsx';
import { HistoryCard } from './history-card.tsx';
import { ModelChoice } from './model-choice.tsx';
import { isNameless } from './product-name.ts';
import { ProfileCard } from './profile-card.tsx';
import { type Asked, NOTHING_ASKED, QuestionsCard } from './questions-card.tsx';
import { RecommendationRow } from './recommendation-row.tsx';
import { ReshapeCard, ReshapedNote } from './reshape-card.tsx';
import { SearchBox } from './search-box.tsx';
import { WantedCard } from './wanted-card.tsx';
import { type Opinions, WhatIfCard } from './what-if-card.tsx';

const LIST_LENGTH = 10;
/** The first one shown has at least this long a history, where anybody has. */
const ENOUGH_TO_SAY = 12;
const MOST_LOOKED_AT = 5000;

/** What is being tried out: with the customer `of` the address, or with somebody new. */
interface Trial {
  readonly of: string;
  readonly fresh: boolean;
  readonly opinions: Opinions;
  /** Of somebody new. */
  readonly asked: Asked;
  readonly count: number;
}

const UNTRIED = { fresh: false, opinions: [], asked: NOTHING_ASKED, count: LIST_LENGTH } as const;

/** What the model is surest of, wherever settings and rules have put it. */
function likeliest(list: RecommendationList | null): Recommendation | undefined {
  const place = ({ ownPlace }: Recommendation) => ownPlace ?? Number.POSITIVE_INFINITY;
  return list?.items.reduce<Recommendation | undefined>(
    (best, item) => (best && place(best) <= place(item) ? best : item),
    undefined,
  );
}

function useFinding(fresh: boolean, shownId: string, list: RecommendationList | null, opinions: number, words: object) {
  const { t } = useTranslation('customers');
  const reshaped = useReshape((state) => !isNeutral(state.settings));
  const product = likeliest(list)?.product;
  const title = product?.title;
  const byId = product !== undefined && isNameless(product);
  if (fresh) {
    return title && opinions > 0
      ? t(byId ? 'finding.freshKnownById' : 'finding.freshKnown', { ...words, title })
      : t('finding.fresh', { ...words });
  }
  if (!list) return t('finding.asking', { ...words, id: shownId });
  return title
    ? t(byId ? 'finding.knownById' : 'finding.known', { ...words, id: shownId, title })
    : t(reshaped ? 'finding.ruledOut' : 'finding.exhausted', { ...words, id: shownId });
}

/** Customers: who they are, what they will want next, and why. */
export default function CustomersPage() {
  const summary = useProject((state) => state.summary);
  const all = useTraining((state) => state.runs);
  const runs = useMemo(() => all.filter(makesLists), [all]);
  if (!summary || runs.length === 0) return null;
  return <Customers summary={summary} runs={runs} />;
}

/** `runs`: those that can answer. */
function Customers({ summary, runs }: { readonly summary: DatasetSummary; readonly runs: readonly RunSummary[] }) {
  const { t } = useTranslation('customers');
  const { t: train } = useTranslation('train');
  const format = useFormat();
  const words = useWords(summary);
  const engine = useEngine();
  const { selection, params, go } = useRoute();
  const chosen = useTraining((state) => state.serving);
  const serving = servingRun(runs, chosen);
  // What was tried with one customer ends when the address names another, by whatever way it came to.
  const [last, setLast] = useState<Trial>({ of: selection, ...UNTRIED });
  const trial: Trial = last.of === selection ? last : { of: selection, ...UNTRIED };
  const { fresh, asked, count } = trial;
  const sought: string | undefined = params['product'];
  // What somebody new said to a question is an opinion like any other; that they do not know it is none.
  const picked = new Set(trial.opinions.map(({ product }) => product.product));
  const opinions = [
    // What is picked by hand goes before what was answered.
    ...asked.replies.flatMap(({ product, reply }) =>
      reply === 'unknown' || picked.has(product.product) ? [] : [{ product, likes: reply === 'liked' }],
    ),
    ...trial.opinions,
  ];
  const [exporting, setExporting] = useState(false);

  const profile = useAnswer(fresh ? null : `${summary.name} ${selection}`, async () => {
    if (selection !== '') return engine.customerById(selection);
    // Nobody chosen yet: begin with somebody ordinary, in the middle of everyone, of whom there still is enough to say.
    const busier = await engine.searchCustomers('', Math.min(MOST_LOOKED_AT, Math.ceil(summary.customers / 2)));
    const typical = busier.findLast(({ count }) => count >= ENOUGH_TO_SAY) ?? busier[0];
    return engine.customer(typical.customer);
  });
  const customer = fresh ? null : (profile.value?.customer.customer ?? null);
  const whatIf = {
    liked: opinions.filter(({ likes }) => likes).map(({ product }) => product.product),
    disliked: opinions.filter(({ likes }) => !likes).map(({ product }) => product.product),
  };
  const rerank = useReshape((state) => state.settings);
  const reshaped = !isNeutral(rerank);
  // A stock list has a hundred thousand rows: it is written out when it changes, not whenever the page is drawn.
  const shape = useMemo(() => (reshaped ? JSON.stringify(rerank) : ''), [rerank, reshaped]);
  const plain = { customer, whatIf, count, run: serving?.id ?? null };
  const request = { ...plain, ...(reshaped ? { rerank } : {}) };
  const ready = fresh || (customer !== null && !profile.asking);
  const list = useAnswer(ready ? `${JSON.stringify(plain)} ${shape}` : null, () => engine.recommend(request));

  const open = (id: string) => {
    setLast({ of: id, ...UNTRIED });
    // The product somebody is sought for stays while they are looked at.
    go('customers', id, sought === undefined ? {} : { product: sought });
  };
  const startFresh = () => setLast({ of: selection, ...UNTRIED, fresh: true });
  const shownId = profile.value?.customer.label ?? selection;
  const found = useFinding(fresh, shownId, ready ? list.value : null, opinions.length, words.params);
  const error = profile.error ?? list.error;
  const unknown = !fresh && profile.error?.code === 'unknownCustomer';
  const finding = unknown ? t('finding.unknown', { ...words.params, id: selection }) : found;
  const items = list.value?.items ?? [];
  const topScore = items.reduce((most, { score }) => Math.max(most, score), Number.NEGATIVE_INFINITY);
  const newest = MODEL_NAMES.flatMap((model) => runs.findLast((run) => run.request.model === model) ?? []);

  return (
    <Page>
      <PageHeader
        label={words.params.People}
        finding={finding}
        actions={
          <>
            <div className={styles.find}>
              <SearchBox
                placeholder={t('find.placeholder', words.params)}
                nothing={(query) => t('find.nothing', { query })}
                search={(query) => engine.searchCustomers(query, 12)}
                keyOf={(row) => row.id}
                render={(row) => (
                  <span className={styles.option}>
                    <span>{row.label}</span>
                    <span className={styles.small}>{words.countThings(row.count)}</span>
                  </span>
                )}
                onPick={(row) => open(row.id)}
              />
            </div>
            <Button variant="default" leftSection={<IconUserPlus size={16} stroke={1.5} />} onClick={startFresh}>
              {t('fresh', words.params)}
            </Button>
            <Button
              variant="default"
              leftSection={<IconTargetArrow size={16} stroke={1.5} />}
              aria-expanded={sought !== undefined}
              onClick={() => go('customers', selection, sought === undefined ? { product: '' } : {})}
            >
              {t('wanted.open', words.params)}
            </Button>
            <Button
              variant="default"
              leftSection={<IconDownload size={16} stroke={1.5} />}
              onClick={() => setExporting(true)}
            >
              {t('export.open')}
            </Button>
          </>
        }
      />
      {error ? <ErrorNotice error={error} /> : null}
      {serving && sought !== undefined ? (
        <WantedCard
          product={sought}
          run={serving}
          data={summary.name}
          words={words}
          onPick={(product) => go('customers', selection, { product }, sought === '')}
          onClose={() => go('customers', selection)}
          onOpen={open}
        />
      ) : null}
      <div className={fresh ? `${styles.layout} ${styles.layoutFresh}` : styles.layout} hidden={unknown}>
        {fresh ? null : (
          <div className={styles.left}>
            {profile.value ? (
              <>
                <ProfileCard profile={profile.value} words={words} action={summary.action} />
                <HistoryCard
                  key={profile.value.customer.id}
                  profile={profile.value}
                  scale={summary.scale}
                  words={words}
                />
              </>
            ) : null}
          </div>
        )}
        {serving ? (
          <div className={styles.shape}>
            <ReshapeCard words={words} run={serving} data={summary.name} />
          </div>
        ) : null}
        <Card
          className={styles.list}
          title={t(fresh ? 'list.titleFresh' : 'list.title', words.params)}
          aside={
            newest.length > 1 && !fresh ? (
              <ModelChoice
                label={t('list.model')}
                value={serving?.request.model ?? 'mf'}
                options={newest.map(({ request: { model } }) => ({
                  value: model,
                  label: train(`models.${model}.name`),
                }))}
                onChange={(model) => serveRun(newest.find(({ request }) => request.model === model)?.id ?? null)}
              />
            ) : null
          }
        >
          <ReshapedNote />
          <p className={styles.order}>
            {fresh && opinions.length === 0
              ? t('list.popular', words.params)
              : t(
                  reshaped
                    ? 'list.orderReshaped'
                    : items.some((item) => item.stars !== null)
                      ? 'list.order'
                      : 'list.orderNoStars',
                )}
            {items.length > 0 && opinions.length + Number(!fresh) > 0 && items.every(({ reasons }) => reasons === null)
              ? ` ${t('list.noReasons')}`
              : ''}
          </p>
          <ol className={styles.items} aria-busy={list.asking} data-testid="recommendations">
            {items.map((item, at) => (
              <RecommendationRow
                key={`${JSON.stringify(whatIf)} ${customer} ${serving?.id} ${item.product.product}`}
                item={item}
                rank={at + 1}
                scale={summary.scale}
                topScore={topScore}
                reshaped={reshaped}
                popular={fresh && opinions.length === 0}
                words={words}
                without={(product, without) =>
                  engine.standWithout({ customer, whatIf, run: serving?.id ?? null, product, without })
                }
              />
            ))}
          </ol>
          {items.length === count ? (
            <Button
              variant="subtle"
              size="xs"
              className={styles.more}
              onClick={() => setLast({ ...trial, count: count + LIST_LENGTH })}
            >
              {t('list.more')}
            </Button>
          ) : null}
        </Card>
        <div className={styles.right}>
          {fresh ? (
            <QuestionsCard
              words={words}
              asked={asked}
              onChange={(changed) => setLast({ ...trial, asked: changed })}
              picked={trial.opinions.map(({ product, likes }) => ({
                product: product.product,
                reply: likes ? 'liked' : 'disliked',
              }))}
              run={serving?.id ?? null}
              data={summary.name}
              first={items[0]?.product ?? null}
            />
          ) : null}
          <WhatIfCard
            words={words}
            fresh={fresh}
            opinions={trial.opinions}
            onChange={(changed) => setLast({ ...trial, opinions: changed })}
            milliseconds={list.value?.milliseconds ?? null}
            note={
              serving && list.value && list.value.model !== serving.request.model
                ? t(fresh ? 'whatIf.onFactorsNew' : 'whatIf.onFactors', words.params)
                : null
            }
          />
          <Card title={t('similar.title', words.params)} smallTitle>
            <ul className={styles.rows}>
              {list.value?.similarCustomers.map(({ customer: other, similarity }) => (
                <li key={other.customer}>
                  <button type="button" className={styles.linkButton} onClick={() => open(other.id)}>
                    {words.params.Person} {other.label}
                  </button>
                  <span>{format.number(similarity, 2)}</span>
                </li>
              ))}
            </ul>
            {list.value?.similarCustomers.length === 0 ? <p className={styles.small}>{t('similar.none')}</p> : null}
          </Card>
        </div>
      </div>
      <ExportDialog
        summary={summary}
        words={words}
        run={serving?.id ?? null}
        opened={exporting}
        onClose={() => setExporting(false)}
      />
    </Page>
  );
}
