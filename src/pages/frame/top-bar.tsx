import { useMantineColorScheme } from '@mantine/core';
import { IconMoon, IconSun } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { changeLanguage } from '../../i18n/i18n.ts';
import type { Words } from '../../i18n/words.ts';
import { routeHash } from '../../store/route.ts';
import { Chip, ChipButton } from '../../ui/chip.tsx';
import { Mark } from '../../ui/mark.tsx';
import type { DatasetSummary } from '../../worker/api/data.ts';
import { EngineChip } from './engine-chip.tsx';
import styles from './frame.module.css';
import { PrivacyChip } from './privacy-chip.tsx';
import { useSummaryName } from './summary-name.ts';
import { useScheme } from './use-scheme.ts';

function DataChip({ summary, words }: { readonly summary: DatasetSummary | null; readonly words: Words }) {
  const { t } = useTranslation('common');
  const name = useSummaryName(summary);
  if (!summary) return <Chip>{t('dataChip.none')}</Chip>;
  const facts = [
    words.countActions(summary.interactions),
    words.countPeople(summary.customers),
    words.countThings(summary.products),
  ].join(' · ');
  return (
    <Chip>
      <strong translate="no">{name}</strong> <span className={styles.wide}>{facts}</span>
    </Chip>
  );
}

function LanguageButton() {
  const { t, i18n } = useTranslation('common');
  const chinese = i18n.language === 'zh-CN';
  return (
    <ChipButton
      aria-label={t('language.switch')}
      onClick={() => void changeLanguage(chinese ? 'en' : 'zh-CN')}
      translate="no"
    >
      <span className={styles.narrowHidden}>
        {chinese ? 'EN' : <strong>EN</strong>} · {chinese ? <strong>中文</strong> : '中文'}
      </span>
      <span className={styles.narrowOnly}>{chinese ? 'EN' : '中'}</span>
    </ChipButton>
  );
}

function SchemeButton() {
  const { t } = useTranslation('common');
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useScheme();
  const Icon = scheme === 'dark' ? IconSun : IconMoon;
  return (
    <button
      type="button"
      className={styles.iconButton}
      aria-label={scheme === 'dark' ? t('scheme.toLight') : t('scheme.toDark')}
      onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}
    >
      <Icon size={18} stroke={1.5} aria-hidden="true" />
    </button>
  );
}

/** What is loaded, where it runs, what was sent; language and scheme. */
export function TopBar({ summary, words }: { readonly summary: DatasetSummary | null; readonly words: Words }) {
  const { t } = useTranslation('common');
  return (
    <header className={styles.top}>
      <a className={styles.brand} href={routeHash('data')} translate="no" aria-label={t('productName')}>
        <Mark />
        <span className={styles.name}>Tastemaker</span>
      </a>
      <div className={styles.chips}>
        <div className={styles.dataChip}>
          <DataChip summary={summary} words={words} />
        </div>
        <EngineChip />
        <PrivacyChip />
      </div>
      <div className={styles.end}>
        <LanguageButton />
        <SchemeButton />
      </div>
    </header>
  );
}
