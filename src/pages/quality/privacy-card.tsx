// The start screen does without: these come with the page.
import '@mantine/core/styles/Radio.layer.css';
import { Button, Radio } from '@mantine/core';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { AppError } from '../../base/error.ts';
import { type PrivacySettings, samePrivacy } from '../../data/protect.ts';
import { useExplain } from '../../i18n/explain.ts';
import { useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import {
  dismissPrivacyPriceError,
  measurePrivacyPrice,
  stopPrivacyPrice,
  usePrivacyPrice,
} from '../../store/privacy-price.ts';
import { setPrivacySettings, usePrivacySettings } from '../../store/privacy-settings.ts';
import { servingRun, trainAndServe, useTraining } from '../../store/training.ts';
import { Card } from '../../ui/card.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { WhiskerBar } from '../../viz/whisker-bar.tsx';
import type { PrivacyPriceAnswer } from '../../worker/api/quality.ts';
import { MODEL_COLORS } from '../model-colors.ts';
import { usePrivacyName } from '../privacy-name.ts';
import styles from './price-card.module.css';
import { failedPrices, freePrivacy, MOST_FITS, measuringTime, type PrivacyLine, privacyLines } from './privacy-view.ts';

/** What leaving things out for privacy costs, measured when asked, and one press to train so from then on. */
export function PrivacyCard({ words }: { readonly words: Words }) {
  const { t } = useTranslation('quality');
  const { t: train } = useTranslation('train');
  const format = useFormat();
  const name = usePrivacyName(words);
  const { measuring, answer, error } = usePrivacyPrice();
  const runs = useTraining((state) => state.runs);
  const serving = useTraining((state) => state.serving);
  const run = servingRun(runs, serving);
  const time = measuringTime(run);
  const lines = answer ? privacyLines(answer.price) : [];
  const free = freePrivacy(lines);
  const model = train(`models.${run?.request.model ?? 'mf'}.name`);
  const n = format.number(MOST_FITS);
  return (
    <Card
      title={
        free === undefined
          ? t('privacy.title')
          : free
            ? t('privacy.free', { settings: name(free) })
            : t('privacy.costs')
      }
    >
      <p className={styles.lead}>{t('privacy.text', words.params)}</p>
      {error ? <ErrorNotice error={error} onDismiss={dismissPrivacyPriceError} /> : null}
      {answer ? <Measured answer={answer} lines={lines} words={words} /> : null}
      {measuring ? (
        <div className={styles.work} role="status">
          <ProgressBar
            label={t(measuring.share === null ? 'privacy.waiting' : 'privacy.measuring')}
            share={measuring.share}
          />
          <Button size="xs" variant="subtle" onClick={stopPrivacyPrice}>
            {t('actions.stop')}
          </Button>
          <span className={styles.doing}>{t(measuring.share === null ? 'privacy.waiting' : 'privacy.measuring')}</span>
        </div>
      ) : (
        <div className={styles.ask}>
          <Button size="xs" variant="default" onClick={() => void measurePrivacyPrice(run?.id ?? null)}>
            {t(answer ? 'privacy.again' : 'privacy.measure')}
          </Button>
          <span className={styles.doing}>
            {time === null
              ? t('privacy.estimateUnknown', { model, n })
              : t('privacy.estimate', { model, n, time: format.duration(time) })}
          </span>
        </div>
      )}
      <p className={styles.small}>{t('privacy.limits')}</p>
    </Card>
  );
}

interface MeasuredProps {
  readonly answer: PrivacyPriceAnswer;
  readonly lines: readonly PrivacyLine[];
  readonly words: Words;
}

function Measured({ answer: { model, preset, settings: own, price }, lines, words }: MeasuredProps) {
  const { t } = useTranslation('quality');
  const { t: train } = useTranslation('train');
  const format = useFormat();
  const explain = useExplain();
  const name = usePrivacyName(words);
  const { settings } = usePrivacySettings();
  const busy = useTraining(({ live, waiting }) => (live !== null && live.phase !== 'done') || waiting.length > 0);
  const runs = useTraining((state) => state.runs);
  const serving = useTraining((state) => state.serving);
  const answering = servingRun(runs, serving);
  const most = Math.max(Number.MIN_VALUE, ...lines.map(({ recall }) => recall.high));
  const modelName = train(`models.${model}.name`);
  // What answers was trained in another way than the next one would be.
  const isNews = answering !== null && !samePrivacy(answering.request.privacy, settings);
  return (
    <>
      <fieldset className={styles.list} aria-label={t('privacy.list')}>
        {lines.map((line) => (
          <Line
            key={`${line.settings.fewest} ${line.settings.most}`}
            line={line}
            before={lines[0].rmse}
            most={most}
            color={MODEL_COLORS[model]}
            inForce={samePrivacy(line.settings, settings)}
            words={words}
          />
        ))}
      </fieldset>
      {isNews ? (
        <div className={styles.adopted} role="status">
          <span>{t('privacy.adopted')}</span>
          <Button size="xs" disabled={busy} onClick={() => void trainAndServe(model, preset, own)}>
            {t('privacy.trainNow', { model: modelName })}
          </Button>
        </div>
      ) : null}
      {failedPrices(price).map(({ settings: failed, error }) => (
        <p key={name(failed)} className={styles.small}>
          {name(failed)}: {explain(new AppError(error.code, error.params)).what}
        </p>
      ))}
      {price.pointless.length > 0 ? (
        <p className={styles.small}>{t('privacy.pointless', { settings: price.pointless.map(name).join('; ') })}</p>
      ) : null}
      <p className={styles.small}>
        {t('privacy.how', {
          ...words.params,
          model: modelName,
          people: words.countPeople(price.customers),
          k: format.number(price.k),
        })}
      </p>
    </>
  );
}

interface LineProps {
  readonly line: PrivacyLine;
  /** RMSE without a setting. */
  readonly before: number | null;
  /** The value of a whole bar. */
  readonly most: number;
  readonly color: string;
  readonly inForce: boolean;
  readonly words: Words;
}

function Line({ line, before, most, color, inForce, words }: LineProps) {
  const { t } = useTranslation('quality');
  const format = useFormat();
  const name = usePrivacyName(words);
  const id = useId();
  const { settings, share, products, recall, points, stars, rmse } = line;
  // Which way is said in words, but where it is not known.
  const end = (value: number) => (points?.is === 'same' ? format.signed(value, 1) : format.number(value, 1));
  const label = points === null ? t('privacy.all') : capital(name(settings));
  return (
    <div
      className={styles.line}
      data-testid="privacy-line"
      data-fewest={settings.fewest}
      data-most={settings.most ?? 'all'}
    >
      <Radio
        size="xs"
        className={styles.name}
        name="privacy-settings"
        checked={inForce}
        aria-describedby={id}
        aria-label={t('privacy.adoptNamed', { settings: label })}
        label={label}
        onChange={() => setPrivacySettings(settings as PrivacySettings)}
      />
      <span className={styles.bar}>
        <WhiskerBar {...recall} most={most} color={color} />
      </span>
      <span className={styles.found}>{t('privacy.found', { found: format.percent(recall.mean, 1) })}</span>
      <p id={id} className={styles.said}>
        {t('privacy.share', {
          share: format.percent(share, share > 0.995 && share < 1 ? 1 : 0),
          things: words.countThings(products),
        })}
        {points ? (
          <>
            {' · '}
            <span className={styles.verdict} data-is={points.is}>
              {t(`privacy.${points.is}`, {
                points: format.number(Math.abs(points.mean), 1),
                low: end(points.is === 'less' ? -points.high : points.low),
                high: end(points.is === 'less' ? -points.low : points.high),
              })}
            </span>
          </>
        ) : null}
        {stars && stars.is !== 'same' && rmse !== null && before !== null
          ? ` · ${t(stars.is === 'more' ? 'privacy.starsFurther' : 'privacy.starsNearer', {
              before: format.number(before, 3),
              after: format.number(rmse, 3),
            })}`
          : null}
      </p>
    </div>
  );
}

const capital = (text: string) => text.slice(0, 1).toLocaleUpperCase() + text.slice(1);
