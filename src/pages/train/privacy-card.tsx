import { Button, NativeSelect } from '@mantine/core';
import { memo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FEWEST_OFFERED, isProtecting, MOST_OFFERED } from '../../data/protect.ts';
import { useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import { useEngine } from '../../store/engine.ts';
import { setPrivacySettings, usePrivacySettings } from '../../store/privacy-settings.ts';
import { go } from '../../store/route.ts';
import { useAnswer } from '../../store/use-answer.ts';
import { Card } from '../../ui/card.tsx';
import { usePrivacyName } from '../privacy-name.ts';
import styles from './train.module.css';

interface DataProps {
  /** The name of the data. */
  readonly data: string;
  readonly words: Words;
}

interface PrivacyCardProps extends DataProps {
  /** Whether the data says when. */
  readonly dated: boolean;
}

/** One line: what is learned from. Unfolded, the two settings for every training from now on. */
export const PrivacyCard = memo(function PrivacyCard({ data, dated, words }: PrivacyCardProps) {
  const { t } = useTranslation('train');
  const format = useFormat();
  const { settings } = usePrivacySettings();
  const name = usePrivacyName(words);
  const [open, setOpen] = useState(false);
  return (
    <Card>
      <details
        className={styles.plainFold}
        data-testid="privacy-settings"
        onToggle={(event) => setOpen(event.currentTarget.open)}
      >
        <summary>{t('privacy.line', { settings: name(settings) })}</summary>
        {open ? (
          <div className={styles.privacyFields}>
            <p className={styles.modelText}>{t('privacy.text', words.params)}</p>
            <NativeSelect
              size="xs"
              label={t('privacy.fewestLabel', words.params)}
              value={String(settings.fewest)}
              data={FEWEST_OFFERED.map((fewest) => ({
                value: String(fewest),
                label:
                  fewest === 0
                    ? t('privacy.fewestOff')
                    : t('privacy.fewestOption', { ...words.params, n: format.number(fewest) }),
              }))}
              onChange={(event) => setPrivacySettings({ ...settings, fewest: Number(event.currentTarget.value) })}
            />
            <NativeSelect
              size="xs"
              label={t('privacy.mostLabel', words.params)}
              value={String(settings.most)}
              data={MOST_OFFERED.map((most) => ({
                value: String(most),
                label:
                  most === null
                    ? t('privacy.mostOff')
                    : t(dated ? 'privacy.mostOption' : 'privacy.mostOptionDrawn', { n: format.number(most) }),
              }))}
              onChange={(event) => {
                const most = MOST_OFFERED.find((offered) => String(offered) === event.currentTarget.value) ?? null;
                setPrivacySettings({ ...settings, most });
              }}
            />
            <Left data={data} words={words} />
            <p className={styles.fieldsNote}>{t('privacy.limits')}</p>
            <Button variant="default" size="compact-xs" className={styles.privacyPrice} onClick={() => go('quality')}>
              {t('privacy.price')}
            </Button>
          </div>
        ) : null}
      </details>
    </Card>
  );
});

/** What the settings leave of the data in hand. */
function Left({ data, words }: DataProps) {
  const { t } = useTranslation('train');
  const format = useFormat();
  const engine = useEngine();
  const { settings } = usePrivacySettings();
  const { value: left } = useAnswer(`${data} ${settings.fewest} ${settings.most}`, () => engine.learnedShare(settings));
  return (
    <p className={styles.privacyLeft} role="status">
      {left && isProtecting(settings)
        ? t('privacy.left', {
            share: format.percent(left.entries / Math.max(1, left.allEntries), 1),
            things: words.countThings(left.products),
            all: format.number(left.allProducts),
          })
        : null}
    </p>
  );
}
