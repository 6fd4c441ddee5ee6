import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import type { EntrantRequest } from '../../worker/api/comparing.ts';
import styles from './quality.module.css';
import { notHere } from './quality-view.ts';

interface NotHereProps {
  /** Those that take part. */
  readonly there: readonly EntrantRequest[];
  readonly feedback: 'explicit' | 'implicit';
  readonly hasDates: boolean;
  readonly nameOf: (entrant: EntrantRequest) => string;
}

/** Which models are missing from the leaderboard because of what the data lacks. */
export function NotHere({ there, feedback, hasDates, nameOf }: NotHereProps) {
  const { t } = useTranslation('quality');
  const format = useFormat();
  const missing = notHere(there, feedback, hasDates);
  return (['stars', 'dates'] as const).map((lack) =>
    missing[lack].length > 0 ? (
      <p key={lack} className={styles.small} data-testid={`not-here-${lack}`}>
        {t(`notHere.${lack}`, { models: format.list(missing[lack].map(nameOf)) })}
      </p>
    ) : null,
  );
}
