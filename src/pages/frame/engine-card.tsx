import { Button, Checkbox } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type AppError, toAppError } from '../../base/error.ts';
import type { DeviceFinding, DeviceKind } from '../../compute/device.ts';
import { useFormat } from '../../i18n/format.ts';
import { chooseDevice, engine, refreshEngine, setHalfReads, useEngineState } from '../../store/engine.ts';
import { Chip, Dot } from '../../ui/chip.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import styles from './engine-card.module.css';

const LAMPS: Record<DeviceFinding['state'], 'good' | 'warning' | 'bad' | 'plain'> = {
  available: 'good',
  software: 'warning',
  missing: 'plain',
  failedSelfTest: 'bad',
  lost: 'bad',
};

const KNOWN_DETAILS = ['noAdapter', 'noApi', 'noFloatTargets', 'noSimd', 'notIsolated', 'threadFailed'] as const;

/** What was found, what was chosen and why, how fast it is; switch by hand. */
export function EngineCard() {
  const { t } = useTranslation('common');
  const format = useFormat();
  const { report, error } = useEngineState();
  const [busy, setBusy] = useState<DeviceKind | 'auto' | null>(null);
  const [measured, setMeasured] = useState<Partial<Record<DeviceKind, DeviceFinding>>>({});
  const [failure, setFailure] = useState<AppError | null>(null);
  /** What was asked for, until the engine has answered: it may be in the middle of something. */
  const [asked, setAsked] = useState<boolean | null>(null);

  // The clock of a GPU has gone on since the report was made.
  useEffect(() => {
    if (useEngineState.getState().report) refreshEngine().catch(() => undefined);
  }, []);

  if (!report) return error ? <ErrorNotice error={error} /> : <p>{t('engine.looking')}</p>;

  const attempt = async (kind: DeviceKind | 'auto', work: () => Promise<void>) => {
    setBusy(kind);
    setFailure(null);
    try {
      await work();
    } catch (thrown) {
      setFailure(toAppError(thrown));
    } finally {
      setBusy(null);
    }
  };

  const detailOf = (finding: DeviceFinding) => {
    const known = KNOWN_DETAILS.find((code) => code === finding.detail);
    return [
      finding.info?.adapter ?? '',
      t(`engine.states.${finding.state}`),
      known ? t(`engine.details.${known}`) : finding.detail,
      finding.speed > 0 ? t('engine.speed', { n: format.compact(finding.speed, 'long') }) : '',
    ]
      .filter(Boolean)
      .join(' · ');
  };

  return (
    <div>
      <h2 className={styles.title}>{t('engine.title')}</h2>
      <p className={styles.why}>{report.byHand ? t('engine.chosenByHand') : t('engine.chosenByItself')}</p>
      <ul className={styles.list}>
        {report.findings.map((found) => {
          const finding = measured[found.kind] ?? found;
          const usable = finding.state === 'available' || finding.state === 'software';
          const inUse = report.chosen.kind === finding.kind;
          return (
            <li key={finding.kind} className={styles.item}>
              <span className={styles.name}>
                <Dot tone={LAMPS[finding.state]} />
                {t(`engine.names.${finding.kind}`)}
              </span>
              <span className={styles.buttons}>
                {usable ? (
                  <Button
                    size="compact-sm"
                    variant="subtle"
                    loading={busy === finding.kind}
                    onClick={() =>
                      void attempt(finding.kind, async () => {
                        const result = await engine().testDevice(finding.kind);
                        setMeasured((before) => ({ ...before, [finding.kind]: result }));
                      })
                    }
                  >
                    {t('engine.test')}
                  </Button>
                ) : null}
                {inUse ? (
                  <Chip tone="good">{t('engine.inUse')}</Chip>
                ) : usable ? (
                  <Button
                    size="compact-sm"
                    variant="default"
                    onClick={() => void attempt(finding.kind, () => chooseDevice(finding.kind))}
                  >
                    {t('engine.use')}
                  </Button>
                ) : null}
              </span>
              <span className={styles.detail}>{detailOf(finding)}</span>
            </li>
          );
        })}
      </ul>
      <div className={styles.foot}>
        {report.chosen.halfReads === undefined ? null : (
          <Checkbox
            size="xs"
            classNames={{ description: styles.detail }}
            checked={asked ?? report.chosen.halfReads}
            onChange={(event) => {
              const on = event.currentTarget.checked;
              setAsked(on);
              void attempt(report.chosen.kind, () => setHalfReads(on)).finally(() => setAsked(null));
            }}
            label={t('engine.half')}
            description={t('engine.halfMore')}
          />
        )}
        <span>
          {t('engine.cores', { count: report.cores, n: format.number(report.cores) })}
          {report.isolated ? '' : ` ${t('engine.notIsolated')}`}
        </span>
        {report.timing ? (
          <span data-testid="gpu-clock">
            {t('engine.clock', {
              sweep: format.duration(report.timing.sweepMs),
              piece: format.duration(report.timing.longestDispatchMs),
            })}
          </span>
        ) : null}
        {failure ? <ErrorNotice error={failure} onDismiss={() => setFailure(null)} /> : null}
        {report.byHand ? (
          <Button
            size="compact-sm"
            variant="default"
            loading={busy === 'auto'}
            onClick={() => void attempt('auto', () => chooseDevice('auto'))}
          >
            {t('engine.automatic')}
          </Button>
        ) : null}
      </div>
    </div>
  );
}
