import { useTranslation } from 'react-i18next';
import type { MeasuredCalibration } from '../../evaluate/calibration.ts';
import { useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import { Card } from '../../ui/card.tsx';
import { Reliability } from '../../viz/reliability.tsx';
import { MODEL_COLORS } from '../model-colors.ts';
import { useLineChoice } from './line-choice.tsx';
import styles from './quality.module.css';
import type { Line } from './quality-view.ts';

interface CalibrationCardProps {
  /** Those with figures of lists. */
  readonly lines: readonly Line[];
  readonly nameOf: (line: Line) => string;
  readonly words: Words;
}

const calibrationOf = ({ result }: Line) => result?.lists?.calibration ?? null;
/** How much a model's score knows of what is chosen; those with too few hits to tell come last. */
const skillOf = (line: Line) => {
  const calibration = calibrationOf(line);
  return calibration?.kind === 'measured' ? calibration.skill.mean : Number.NEGATIVE_INFINITY;
};

/** How likely a suggestion is to be chosen, and whether a model's score says so. */
export function CalibrationCard({ lines, nameOf, words }: CalibrationCardProps) {
  const { t } = useTranslation('quality');
  const format = useFormat();
  const { line, control } = useLineChoice(
    lines.filter((one) => calibrationOf(one) !== null).toSorted((a, b) => skillOf(b) - skillOf(a)),
    nameOf,
  );
  const calibration = line ? calibrationOf(line) : null;
  if (!line || !calibration) return null;
  if (calibration.kind === 'tooFew') {
    return (
      <Card title={t('calibration.title')} aside={control}>
        <p className={styles.lead}>
          {t('calibration.tooFew', {
            ...words.params,
            hits: format.number(calibration.hits),
            needed: format.number(calibration.needed),
          })}
        </p>
      </Card>
    );
  }
  /** What rounds to nothing has no sign. */
  const skill = (value: number) => format.percent(Math.round(1000 * value) / 1000 || 0, 1);
  return (
    <Card>
      <div className={styles.choiceRow}>{control}</div>
      <Reliability
        title={titleOf(calibration)}
        points={calibration.bins}
        color={MODEL_COLORS[line.entrant.model]}
        forecastName={t('calibration.forecast')}
        observedName={t('calibration.observed')}
        countName={t('calibration.count')}
        perfectName={t('calibration.perfect')}
      />
      <p className={styles.small}>
        {t('calibration.text', {
          ...words.params,
          error: format.percent(calibration.error, 1),
          brier: format.number(calibration.brier, 3),
          base: format.number(calibration.baseBrier, 3),
          skill: skill(calibration.skill.mean),
          low: skill(calibration.skill.low),
          high: skill(calibration.skill.high),
        })}
      </p>
    </Card>
  );

  function titleOf({ bins }: MeasuredCalibration): string {
    const [lowest, highest] = [bins[0], bins[bins.length - 1]];
    if (bins.length < 2 || highest.low <= lowest.high) return t('calibration.flat');
    const share = (value: number) => format.percent(value, value < 0.1 ? 1 : 0);
    return t('calibration.finding', {
      ...words.params,
      high: share(highest.observed),
      low: share(lowest.observed),
    });
  }
}
