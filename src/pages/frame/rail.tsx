import { IconChartDots3, IconChartLine, IconScale, IconShieldLock, IconTable, IconUsers } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Words } from '../../i18n/words.ts';
import { routeHash, type Step } from '../../store/route.ts';
import styles from './frame.module.css';

/** What a step waits for before it has something to show; null when it is ready. */
export type Waits = 'data' | 'run' | null;

const ICONS: Record<Step, typeof IconTable> = {
  data: IconTable,
  train: IconChartLine,
  quality: IconScale,
  map: IconChartDots3,
  customers: IconUsers,
  trust: IconShieldLock,
};

interface RailProps {
  readonly steps: readonly { readonly step: Step; readonly waits: Waits }[];
  readonly current: Step;
  readonly words: Words;
}

/** The story in order: a rail at the side, a bar at the bottom of a phone. */
export function Rail({ steps, current, words }: RailProps) {
  const { t } = useTranslation('common');
  return (
    <nav className={styles.rail} aria-label={t('steps.label')}>
      <ol className={styles.steps}>
        {steps.map(({ step, waits }, index) => {
          const Icon = ICONS[step];
          const hint = waits ? t(`waits.${waits}`) : '';
          // One hint under the last of the steps that wait for the same thing.
          const showHint = waits !== null && steps[index + 1]?.waits !== waits;
          const classes = [styles.step, step === current ? styles.current : '', waits ? styles.waiting : ''];
          return (
            <li key={step}>
              <a
                className={classes.filter(Boolean).join(' ')}
                href={routeHash(step)}
                aria-current={step === current ? 'page' : undefined}
                aria-description={hint || undefined}
              >
                <span className={styles.number} aria-hidden="true">
                  {index + 1}
                </span>
                <Icon className={styles.icon} size={20} stroke={1.5} aria-hidden="true" />
                {step === 'customers' ? words.params.People : t(`steps.${step}`)}
              </a>
              {showHint ? (
                <p className={styles.hint} aria-hidden="true">
                  {hint}
                </p>
              ) : null}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
