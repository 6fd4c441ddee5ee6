import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { AppError } from '../../base/error.ts';
import type { ColdProductsResult } from '../../evaluate/cold-start.ts';
import { useExplain } from '../../i18n/explain.ts';
import { useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import { coldKey, measureColdStart, stopColdStart, useColdStart } from '../../store/cold-start.ts';
import { Card } from '../../ui/card.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { WhiskerList } from '../../viz/whisker-list.tsx';
import { MODEL_COLORS } from '../model-colors.ts';
import { COLD_ENTRANTS, coldVerdict, isColdEntrant } from './cold-view.ts';
import styles from './quality.module.css';

interface ColdCardProps {
  /** The name of the data. */
  readonly data: string;
  readonly words: Words;
}

/** Whether somebody finds what nobody has chosen yet: measured when asked, since it takes fits of its own. */
export function ColdCard({ data, words }: ColdCardProps) {
  const { t } = useTranslation('quality');
  const of = coldKey(data, null);
  const measurement = useColdStart((state) => (state.products?.of === of ? state.products : null));
  const measuring = measurement?.measuring ?? null;
  const answer = measurement?.answer;
  const result = answer?.what === 'products' ? answer.result : null;
  const verdict = result && coldVerdict(result);
  const format = useFormat();
  return (
    <Card
      title={
        verdict
          ? t(verdict.clear ? 'cold.found' : 'cold.notFound', {
              ...words.params,
              share: format.percent(verdict.found),
              chance: format.percent(verdict.chance),
            })
          : t('cold.title', words.params)
      }
    >
      <p className={styles.lead}>{t('cold.text', words.params)}</p>
      {measurement?.error ? <ErrorNotice error={measurement.error} /> : null}
      {measuring ? (
        <div className={styles.coldWork} role="status">
          <ProgressBar
            label={t(measuring.share === null ? 'cold.waiting' : 'cold.measuring')}
            share={measuring.share}
          />
          <Button size="xs" variant="subtle" onClick={() => stopColdStart('products')}>
            {t('actions.stop')}
          </Button>
        </div>
      ) : result ? (
        <Found result={result} words={words} />
      ) : (
        <Button size="xs" variant="default" onClick={() => void measureColdStart(of, { what: 'products', run: null })}>
          {t('cold.measure')}
        </Button>
      )}
    </Card>
  );
}

function Found({ result, words }: { readonly result: ColdProductsResult; readonly words: Words }) {
  const { t } = useTranslation('quality');
  const { t: train } = useTranslation('train');
  const format = useFormat();
  const explain = useExplain();
  const name = (id: string) => {
    if (id === 'hybridWithout') return t('cold.blendWithout');
    return isColdEntrant(id) ? train(`models.${COLD_ENTRANTS[id]}.name`) : id;
  };
  const share = (value: number) => format.percent(value, 1);
  const rows = result.entrants.toSorted((a, b) => (b.among?.recall.mean ?? -1) - (a.among?.recall.mean ?? -1));
  return (
    <>
      <WhiskerList
        label={t('cold.among', words.params)}
        items={rows.flatMap(({ id, among }) =>
          among
            ? [
                {
                  id,
                  label: name(id),
                  ...among.recall,
                  text: share(among.recall.mean),
                  range: `${share(among.recall.low)} – ${share(among.recall.high)}`,
                  color: MODEL_COLORS[isColdEntrant(id) ? COLD_ENTRANTS[id] : 'popularity'],
                },
              ]
            : [],
        )}
      />
      {rows.flatMap(({ id, error }) =>
        error
          ? [
              <p key={id} className={styles.small}>
                {name(id)}: {explain(new AppError(error.code, error.params)).what}
              </p>,
            ]
          : [],
      )}
      <p className={styles.small}>
        {t('cold.how', {
          ...words.params,
          things: words.countThings(result.products),
          people: words.countPeople(result.customers),
          k: format.number(result.k),
        })}
      </p>
    </>
  );
}
