// The start screen does without: these come with the page.
import '@mantine/core/styles/Slider.layer.css';
import { Button, Slider as Track } from '@mantine/core';
import { IconAdjustmentsHorizontal, IconChevronDown } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import { isNeutral, NEUTRAL, POSITIONS, SLIDERS, type Slider } from '../../models/rerank-settings.ts';
import { useEngine } from '../../store/engine.ts';
import { dismissPriceError, measurePrice, setReshape, stopMeasuring, useReshape } from '../../store/reshape.ts';
import { useTraining } from '../../store/training.ts';
import { useAnswer } from '../../store/use-answer.ts';
import { Card } from '../../ui/card.tsx';
import { Chip } from '../../ui/chip.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import type { RunSummary } from '../../worker/api/training.ts';
import { CostText, Finds, Shows } from './cost-text.tsx';
import styles from './reshape.module.css';
import { ReshapeRules } from './reshape-rules.tsx';
import { type Cost, isCombined, isQuick, sameSettings, sliderCost, stepsOf, togetherCost } from './reshape-view.ts';

interface ReshapeCardProps {
  readonly words: Words;
  /** The run that answers. */
  readonly run: RunSummary;
  /** Which data this is. */
  readonly data: string;
}

/** A slider that rests this long is asked about, ms. */
const REST_MS = 500;

/** Sliders and rules that hold for every list, each with what it costs beside it. */
export function ReshapeCard({ words, run, data }: ReshapeCardProps) {
  const { t } = useTranslation('customers');
  const engine = useEngine();
  const { settings, measured, measuring, error, ended } = useReshape();
  const busy = useTraining(({ live, waiting }) => (live !== null && live.phase !== 'done') || waiting.length > 0);
  const [open, setOpen] = useState(false);
  const [moved, setMoved] = useState(false);
  const categories = useAnswer(data, () => engine.productCategories());
  const current = measured?.run === run.id ? measured : null;
  const prices = current?.answer.curves ?? null;
  const combined = isCombined(settings);
  const known = prices !== null && (!combined || (current !== null && sameSettings(current.settings, settings)));
  const sliders = SLIDERS.filter((slider) => slider !== 'ownMix' || (categories.value?.length ?? 0) > 1);

  // A figure that costs a moment is fetched as soon as it is missed; what takes long, or would wait, is asked for.
  const wanted = !known && !busy && measuring === null && error === null && !ended;
  const byItself = wanted && (prices !== null || (moved && isQuick(run)));
  useEffect(() => {
    if (!byItself) return;
    const timer = setTimeout(() => void measurePrice(run.id), prices === null ? 0 : REST_MS);
    return () => clearTimeout(timer);
  }, [byItself, settings, run.id]);

  // What was stopped or failed does not begin again by itself.
  const giveUp = () => {
    setMoved(false);
    stopMeasuring();
  };
  const dismiss = () => {
    setMoved(false);
    dismissPriceError();
  };

  return (
    <Card
      className={styles.card}
      smallTitle
      title={
        <>
          <span className={styles.wideTitle}>{t('reshape.title')}</span>
          <button type="button" className={styles.toggle} aria-expanded={open} onClick={() => setOpen(!open)}>
            <IconAdjustmentsHorizontal size={16} stroke={1.5} />
            {t('reshape.title')}
            <IconChevronDown size={16} stroke={1.5} className={styles.chevron} />
          </button>
        </>
      }
    >
      <div className={styles.body} data-open={open}>
        <p className={styles.text}>{t('reshape.text', words.params)}</p>
        {sliders.map((slider) => (
          <ReshapeSlider
            key={slider}
            slider={slider}
            value={settings[slider]}
            cost={sliderCost(slider, settings[slider], prices)}
            unknown={measuring ? 'soon' : 'unmeasured'}
            words={words}
            onChange={(value) => {
              setMoved(true);
              setReshape({ ...settings, [slider]: value });
            }}
          />
        ))}
        {combined && known ? (
          <Together
            cost={togetherCost(
              settings,
              current && { ...current, together: current.answer.together },
              prices?.neutral ?? null,
            )}
            words={words}
          />
        ) : null}
        {error ? <ErrorNotice error={error} onDismiss={dismiss} /> : null}
        {measuring && (measuring.share === null || prices === null) ? (
          <div className={styles.measuring}>
            <span role="status">{t(measuring.share === null ? 'reshape.waiting' : 'reshape.measuring')}</span>
            <ProgressBar label={t('reshape.measuring')} share={measuring.share ?? 0} />
            <Button size="compact-xs" variant="subtle" onClick={giveUp}>
              {t('reshape.stop')}
            </Button>
          </div>
        ) : !known && !byItself ? (
          <Button size="xs" variant="default" fullWidth onClick={() => void measurePrice(run.id)}>
            {t(prices === null ? 'reshape.measure' : 'reshape.measureTogether')}
          </Button>
        ) : null}
        {prices ? <How customers={prices.customers} length={prices.k} words={words} /> : null}
        <ReshapeRules words={words} categories={categories.value ?? []} />
      </div>
    </Card>
  );
}

interface ReshapeSliderProps {
  readonly slider: Slider;
  readonly value: number;
  /** null: not measured, or nothing to say at 0. */
  readonly cost: Cost | null;
  readonly unknown: 'soon' | 'unmeasured';
  readonly words: Words;
  readonly onChange: (value: number) => void;
}

function ReshapeSlider({ slider, value, cost, unknown, words, onChange }: ReshapeSliderProps) {
  const { t } = useTranslation('customers');
  const positions = POSITIONS[slider];
  const { at, of } = stepsOf(slider, value);
  const end = t(`reshape.${slider}.${value < 0 ? 'low' : 'high'}`);
  const stands = value === 0 ? t('reshape.neutral') : t('reshape.position', { end, at, of });
  return (
    <div className={styles.slider} data-slider={slider}>
      <div className={styles.ends} aria-hidden="true">
        <span data-on={value < 0}>{t(`reshape.${slider}.low`)}</span>
        <span data-on={value > 0}>{t(`reshape.${slider}.high`)}</span>
      </div>
      <Track
        min={0}
        max={positions.length - 1}
        step={1}
        startPointValue={positions.indexOf(0)}
        classNames={{ root: styles.control, thumb: styles.thumb, mark: styles.mark }}
        value={positions.indexOf(value)}
        marks={positions.map((_, place) => ({ value: place }))}
        label={null}
        size={4}
        thumbSize={16}
        thumbLabel={t(`reshape.${slider}.name`)}
        thumbValueText={stands}
        onChange={(place) => onChange(positions[place])}
      />
      <p className={styles.cost} data-set={value !== 0} role="status">
        {value === 0 ? (
          t('reshape.neutral')
        ) : cost ? (
          <CostText slider={slider} cost={cost} words={words} />
        ) : (
          t(`reshape.${unknown}`)
        )}
      </p>
    </div>
  );
}

function Together({ cost, words }: { readonly cost: Cost | null; readonly words: Words }) {
  const { t } = useTranslation('customers');
  if (!cost) return null;
  return (
    <p className={styles.together} role="status">
      <strong>{t('reshape.together')}</strong>
      <Finds cost={cost} words={words} />
      <Shows what="variety" cost={cost} words={words} />
    </p>
  );
}

/** How the figures were made. */
function How({
  customers,
  length,
  words,
}: {
  readonly customers: number;
  readonly length: number;
  readonly words: Words;
}) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  return (
    <details className={styles.how}>
      <summary>{t('reshape.how')}</summary>
      <p>{t('reshape.howText', { ...words.params, people: words.countPeople(customers), k: format.number(length) })}</p>
    </details>
  );
}

/** Above a list that is not as the model made it. */
export function ReshapedNote() {
  const { t } = useTranslation('customers');
  const settings = useReshape((state) => state.settings);
  if (isNeutral(settings)) return null;
  return (
    <span className={styles.reshaped}>
      <Chip tone="accent">{t('reshape.reshaped')}</Chip>
      <Button size="compact-xs" variant="subtle" onClick={() => setReshape(NEUTRAL)}>
        {t('reshape.reset')}
      </Button>
    </span>
  );
}
