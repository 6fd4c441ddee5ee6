import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Interval } from '../../evaluate/bootstrap.ts';
import type { PriceOfSettings } from '../../evaluate/price-of-settings.ts';
import { useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import { SLIDERS, type Slider } from '../../models/rerank-settings.ts';
import { dismissPriceError, measurePrice, stopMeasuring, useReshape } from '../../store/reshape.ts';
import { go } from '../../store/route.ts';
import { servingRun, useTraining } from '../../store/training.ts';
import { Card } from '../../ui/card.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { WhiskerBar } from '../../viz/whisker-bar.tsx';
import { CostText } from '../customers/cost-text.tsx';
import { type Cost, costOf } from '../customers/reshape-view.ts';
import { MODEL_COLORS } from '../model-colors.ts';
import styles from './price-card.module.css';

interface End {
  readonly slider: Slider;
  readonly value: number;
  readonly recall: Interval;
  readonly cost: Cost;
}

/** Every slider as far as it goes, to either side. */
function endsOf({ curves, neutral }: PriceOfSettings): End[] {
  return SLIDERS.flatMap((slider) => {
    const prices = curves[slider].toSorted((a, b) => a.settings[slider] - b.settings[slider]);
    const [low, high] = [prices[0], prices.at(-1)];
    return [low, high].flatMap((price, at) => {
      const value = price?.settings[slider] ?? 0;
      if (!price || (at === 0 ? value >= 0 : value <= 0)) return [];
      return [{ slider, value, recall: price.figures.recall, cost: costOf(price, neutral) }];
    });
  });
}

/** What re-ordering lists costs the model that answers, measured when asked; where lists are shaped is a press away. */
export function ShapingCard({ words }: { readonly words: Words }) {
  const { t } = useTranslation('quality');
  const { t: ofCustomers } = useTranslation('customers');
  const format = useFormat();
  const { measured, measuring, error } = useReshape();
  const runs = useTraining((state) => state.runs);
  const serving = useTraining((state) => state.serving);
  const run = servingRun(runs, serving);
  // Without a model there is nothing to shape.
  if (!run) return null;
  const prices = measured?.run === run.id ? measured.answer.curves : null;
  const ends = prices ? endsOf(prices) : [];
  const color = MODEL_COLORS[run.request.model];
  const most = Math.max(
    Number.MIN_VALUE,
    ...(prices ? [prices.neutral.recall.high] : []),
    ...ends.map(({ recall }) => recall.high),
  );
  const row = (label: string, recall: Interval, said: ReactNode) => (
    <div key={label} className={styles.line} data-testid="shaping-line">
      <span>{label}</span>
      <span className={styles.bar}>
        <WhiskerBar {...recall} most={most} color={color} />
      </span>
      <span className={styles.found}>{t('privacy.found', { found: format.percent(recall.mean, 1) })}</span>
      {said}
    </div>
  );
  return (
    <Card title={t('shaping.title')}>
      <p className={styles.lead}>{t('shaping.text', words.params)}</p>
      {error ? <ErrorNotice error={error} onDismiss={dismissPriceError} /> : null}
      {prices ? (
        <div className={styles.list} data-plain>
          {row(t('shaping.neutral'), prices.neutral.recall, null)}
          {ends.map(({ slider, value, recall, cost }) =>
            row(
              t('shaping.end', { end: ofCustomers(`reshape.${slider}.${value < 0 ? 'low' : 'high'}`) }),
              recall,
              <p className={styles.said}>
                <CostText slider={slider} cost={cost} words={words} />
              </p>,
            ),
          )}
        </div>
      ) : null}
      {measuring ? (
        <div className={styles.work} role="status">
          <ProgressBar label={ofCustomers('reshape.measuring')} share={measuring.share} />
          <Button size="xs" variant="subtle" onClick={stopMeasuring}>
            {t('actions.stop')}
          </Button>
          <span className={styles.doing}>
            {ofCustomers(measuring.share === null ? 'reshape.waiting' : 'reshape.measuring')}
          </span>
        </div>
      ) : (
        <div className={styles.ask}>
          {prices ? null : (
            <Button size="xs" variant="default" onClick={() => void measurePrice(run.id)}>
              {t('privacy.measure')}
            </Button>
          )}
          <Button size="xs" variant={prices ? 'default' : 'subtle'} onClick={() => go('customers')}>
            {ofCustomers('reshape.title')}
          </Button>
        </div>
      )}
      {prices ? (
        <p className={styles.small}>
          {ofCustomers('reshape.howText', {
            ...words.params,
            people: words.countPeople(prices.customers),
            k: format.number(prices.k),
          })}
        </p>
      ) : null}
    </Card>
  );
}
