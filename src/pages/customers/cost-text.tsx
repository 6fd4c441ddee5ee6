import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import type { Slider } from '../../models/rerank-settings.ts';
import styles from './reshape.module.css';
import type { Cost } from './reshape-view.ts';

/** Below and above this nobody would see a difference. */
const ABOUT = 0.05;

/** How much is found, and what the slider is for. */
export function CostText({
  slider,
  cost,
  words,
}: {
  readonly slider: Slider;
  readonly cost: Cost;
  readonly words: Words;
}) {
  return (
    <>
      <Finds cost={cost} words={words} />
      <Shows what={slider} cost={cost} words={words} />
    </>
  );
}

export function Finds({ cost, words }: { readonly cost: Cost; readonly words: Words }) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const [before, after] = [format.percent(cost.before, 1), format.percent(cost.after, 1)];
  const points = format.number(cost.points, 1);
  return (
    <span className={styles.finds} data-finds={cost.finds}>
      {t(`reshape.finds.${cost.finds}`, { ...words.params, points, before, after })}
    </span>
  );
}

/** What it is for: more different things, things fewer chose, the customer's own mix. */
export function Shows({ what, cost, words }: { readonly what: Slider; readonly cost: Cost; readonly words: Words }) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  if (what === 'ownMix') {
    if (cost.closer === null) return null;
    const closer = cost.closer >= 0;
    return (
      <span>
        {t(closer ? 'reshape.closer' : 'reshape.further', {
          ...words.params,
          share: format.percent(Math.abs(cost.closer)),
        })}
      </span>
    );
  }
  if (what === 'niche') {
    if (cost.popularity === null) return null;
    const change = cost.popularity - 1;
    const key = Math.abs(change) < ABOUT ? 'same' : change < 0 ? 'fewer' : 'more';
    return <span>{t(`reshape.popularity.${key}`, { ...words.params, share: format.percent(Math.abs(change)) })}</span>;
  }
  if (cost.shown === null) return null;
  const about = Math.abs(cost.shown - 1) < ABOUT;
  const times = format.number(cost.shown, cost.shown < 1 - ABOUT ? 2 : 1);
  return <span>{t(about ? 'reshape.shown.same' : 'reshape.shown.times', { ...words.params, times })}</span>;
}
