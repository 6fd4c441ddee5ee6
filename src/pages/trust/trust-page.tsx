import { Button, Group, Modal } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { tryToEscape } from '../../base/escape.ts';
import { useFormat } from '../../i18n/format.ts';
import { useEngine } from '../../store/engine.ts';
import { usePrivacy } from '../../store/privacy.ts';
import { eraseEverything, useProject } from '../../store/project.ts';
import { useSaving } from '../../store/saving.ts';
import { Card } from '../../ui/card.tsx';
import { Chip } from '../../ui/chip.tsx';
import { Figure, Figures } from '../../ui/figure.tsx';
import { Page, PageHeader } from '../../ui/page.tsx';
import styles from './trust.module.css';

/** Foreign on purpose, and a name that can never exist (RFC 2606). */
const FOREIGN_ADDRESS = 'https://tastemaker.invalid/';

/** Bytes this page keeps in the browser's storage; null while unknown or where there is no storage. */
function useStoredBytes(savedAt: number | null, hasProject: boolean): number | null {
  const [bytes, setBytes] = useState<number | null>(null);
  useEffect(() => {
    let current = true;
    navigator.storage
      ?.estimate()
      .then(({ usage }) => current && setBytes(usage ?? null))
      .catch(() => current && setBytes(null));
    return () => {
      current = false;
    };
  }, [savedAt, hasProject]);
  return bytes;
}

type Attempt = Awaited<ReturnType<ReturnType<typeof useEngine>['tryToGetOut']>>[number];

function ProofCard() {
  const { t } = useTranslation('trust');
  const engine = useEngine();
  const [attempts, setAttempts] = useState<readonly Attempt[] | null>(null);
  const [trying, setTrying] = useState(false);
  const run = async () => {
    setTrying(true);
    const page = (await tryToEscape(FOREIGN_ADDRESS)).map((attempt) => ({ from: 'page', ...attempt }));
    setAttempts([...page, ...(await engine.tryToGetOut(FOREIGN_ADDRESS))]);
    setTrying(false);
  };
  const nameOf = (from: string) =>
    from === 'page' || from === 'engine'
      ? t(`proof.from.${from}`)
      : t('proof.from.thread', { n: from.replace(/^\D+/, '') });
  const held = attempts?.every(({ refused }) => refused) ?? false;
  return (
    <Card title={t('proof.title')}>
      <p className={styles.text}>{t('proof.text')}</p>
      <Button onClick={() => void run()} loading={trying}>
        {t('proof.run')}
      </Button>
      {attempts ? (
        <>
          <ul className={styles.attempts}>
            {attempts.map(({ from, how, refused }) => (
              <li key={`${from} ${how}`}>
                <span>
                  {nameOf(from)} · {t(`proof.how.${how}`)}
                </span>
                <Chip tone={refused ? 'good' : 'bad'}>{t(refused ? 'proof.refused' : 'proof.through')}</Chip>
              </li>
            ))}
          </ul>
          <p className={styles.outcome} role="status">
            {t(held ? 'proof.held' : 'proof.broken')}
          </p>
        </>
      ) : null}
    </Card>
  );
}

function EraseCard() {
  const { t } = useTranslation('trust');
  const [asking, setAsking] = useState(false);
  const [done, setDone] = useState(false);
  return (
    <Card title={t('erase.title')}>
      <p className={styles.text}>{t('erase.text')}</p>
      <Button variant="default" onClick={() => setAsking(true)}>
        {t('erase.run')}
      </Button>
      {done ? (
        <p className={styles.outcome} role="status">
          {t('erase.done')}
        </p>
      ) : null}
      <Modal opened={asking} onClose={() => setAsking(false)} title={t('erase.title')}>
        <p className={styles.text}>{t('erase.sure')}</p>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => setAsking(false)}>
            {t('erase.no')}
          </Button>
          <Button
            color="red"
            onClick={() => {
              setAsking(false);
              void eraseEverything().then(() => setDone(true));
            }}
          >
            {t('erase.yes')}
          </Button>
        </Group>
      </Modal>
    </Card>
  );
}

/** Trust: where the data is, what was sent, and how to check both. */
export default function TrustPage() {
  const { t } = useTranslation('trust');
  const format = useFormat();
  const requests = usePrivacy((state) => state.requests);
  const since = usePrivacy((state) => state.since);
  const savedAt = useSaving((state) => state.savedAt);
  const storageRefused = useSaving((state) => state.error !== null);
  const hasProject = useProject((state) => state.summary !== null);
  const stored = useStoredBytes(savedAt, hasProject);
  const policy = document.querySelector('meta[http-equiv="Content-Security-Policy"]')?.getAttribute('content') ?? '';
  const finding =
    requests === null
      ? t('finding.before')
      : requests === 0
        ? t('finding.none')
        : t('finding.some', { count: requests, n: format.number(requests) });
  const sinceText =
    since === null
      ? t('sent.notYet')
      : t('sent.since', { time: new Intl.DateTimeFormat(format.locale, { timeStyle: 'medium' }).format(since) });
  return (
    <Page>
      <PageHeader label={t('label')} finding={finding} />
      <div className={styles.layout}>
        <div className={styles.column}>
          <Card title={t('sent.title')}>
            <Figures>
              <Figure
                label={t('sent.requests')}
                value={requests === null ? '–' : format.number(requests)}
                note={sinceText}
              />
            </Figures>
            <p className={styles.after}>{t('sent.text')}</p>
          </Card>
          <ProofCard />
          <EraseCard />
        </div>
        <div className={styles.column}>
          <Card title={t('where.title')}>
            {hasProject && stored !== null && stored > 0 ? (
              <Figures>
                <Figure label={t('where.size')} value={format.bytes(stored)} />
              </Figures>
            ) : null}
            <p className={styles.after}>
              {storageRefused ? t('where.private') : hasProject ? t('where.here') : t('where.nothing')}
            </p>
          </Card>
          <Card title={t('check.title')}>
            <ol className={styles.steps}>
              <li>{t('check.network')}</li>
              <li>{t('check.offline')}</li>
              <li>{t('check.policy')}</li>
            </ol>
            <pre className={styles.policy} translate="no">
              {policy.replaceAll('; ', ';\n')}
            </pre>
          </Card>
        </div>
      </div>
    </Page>
  );
}
