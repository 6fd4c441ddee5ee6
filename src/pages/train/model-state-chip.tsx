import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { Chip } from '../../ui/chip.tsx';
import type { ModelState } from './train-view.ts';

/** How the newest run of a model stands, in a pill. */
export function ModelStateChip({ state }: { readonly state: ModelState }) {
  const { t } = useTranslation('train');
  const format = useFormat();
  if (state.kind === 'idle') return <Chip tone="quiet">{t('state.idle')}</Chip>;
  if (state.kind === 'waiting') return <Chip tone="quiet">{t('state.waiting')}</Chip>;
  if (state.kind === 'done') {
    const time = format.duration(state.summary.fitMs + state.summary.choiceFitMs);
    return state.summary.stopped ? (
      <Chip tone="warning">{t('state.stopped', { time })}</Chip>
    ) : (
      <Chip tone="good">{t('state.done', { time })}</Chip>
    );
  }
  const { paused, phase, epochs } = state.run;
  const last = epochs.at(-1);
  const text = paused
    ? t('state.paused')
    : phase === 'scoring' || phase === 'refitting'
      ? t(`state.${phase}`)
      : last
        ? t('state.epoch', { epoch: format.number(last.epoch) })
        : t('state.preparing');
  return <Chip tone="warning">{text}</Chip>;
}
