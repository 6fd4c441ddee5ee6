import { Button, Loader } from '@mantine/core';
import { IconArrowBackUp, IconHelp, IconThumbDown, IconThumbUp } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import type { Reply } from '../../models/questions.ts';
import { useEngine } from '../../store/engine.ts';
import { useAnswer } from '../../store/use-answer.ts';
import { Card } from '../../ui/card.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import type { ProductCard } from '../../worker/api/catalogue.ts';
import { ColdWorth } from './cold-worth.tsx';
import { useProductName } from './product-name.ts';
import styles from './questions.module.css';

/** Questions at a time. */
const ROUND = 3;

/** What somebody new said, oldest first. */
export interface Asked {
  readonly replies: readonly { readonly product: ProductCard; readonly reply: Reply }[];
  /** How many questions there shall be. */
  readonly wanted: number;
}

export const NOTHING_ASKED: Asked = { replies: [], wanted: ROUND };

const ICONS = { liked: IconThumbUp, disliked: IconThumbDown, unknown: IconHelp } as const;
const REPLIES = ['liked', 'disliked', 'unknown'] as const;

interface QuestionsCardProps {
  readonly words: Words;
  readonly asked: Asked;
  readonly onChange: (asked: Asked) => void;
  /** What was picked by hand: known as well, and not asked about. */
  readonly picked: readonly { readonly product: number; readonly reply: Reply }[];
  readonly run: string | null;
  /** Of the data, for the measurement. */
  readonly data: string;
  /** What stands first in the list now, for those who do not see it change. */
  readonly first: ProductCard | null;
}

/** Somebody new is asked about one product at a time; the next question depends on the answers. */
export function QuestionsCard({ words, asked, onChange, picked, run, data, first }: QuestionsCardProps) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const engine = useEngine();
  const name = useProductName(words);
  const { replies, wanted } = asked;
  const answers = [...replies.map(({ product, reply }) => ({ product: product.product, reply })), ...picked];
  const open = replies.length < wanted;
  const key = open ? JSON.stringify([answers, run]) : null;
  // The one before stays on screen, and is not to be answered again, until the next is there.
  const { value: question, asking, error } = useAnswer(key, () => engine.nextQuestion({ answers, run }));
  const product = question?.product ?? null;
  const nothingLeft = open && !asking && error === null && question === null;

  const more = useRef<HTMLButtonElement>(null);
  const like = useRef<HTMLButtonElement>(null);
  // The buttons somebody just used may be gone: those who use the keyboard go on where the next step is.
  const before = useRef({ open, count: replies.length });
  useEffect(() => {
    const { open: wasOpen, count } = before.current;
    before.current = { open, count: replies.length };
    if (wasOpen && !open) more.current?.focus();
    else if ((!wasOpen && open) || (count > 0 && replies.length === 0)) like.current?.focus();
  }, [open, replies.length]);

  const reply = (said: Reply) => {
    if (!product || asking) return;
    onChange({ ...asked, replies: [...replies, { product, reply: said }] });
  };
  const undo = () => onChange({ ...asked, replies: replies.slice(0, -1) });

  return (
    <Card
      title={t('questions.title', words.params)}
      smallTitle
      aside={
        <span className={styles.progress}>
          {open && !nothingLeft
            ? t('questions.progress', { n: format.number(replies.length + 1), of: format.number(wanted) })
            : ''}
        </span>
      }
    >
      <ol className={styles.dots} aria-hidden="true">
        {Array.from({ length: wanted }, (_, at) => (
          <li key={at} data-state={at < replies.length ? 'done' : at === replies.length ? 'now' : 'next'} />
        ))}
      </ol>
      {error ? <ErrorNotice error={error} /> : null}
      {open && !nothingLeft ? (
        <div className={styles.question} aria-busy={asking} data-testid="question">
          <div className={styles.asked} aria-live="polite" aria-atomic="true">
            {product ? (
              <>
                <p className={styles.ask}>{t('questions.ask', words.params)}</p>
                <p className={styles.title}>{name(product)}</p>
                {product.detail ? <p className={styles.detail}>{product.detail}</p> : null}
                <p className={styles.detail}>
                  {t('questions.known', { ...words.params, share: format.percent(question?.known ?? 0) })}
                </p>
              </>
            ) : (
              <Loader size={18} />
            )}
          </div>
          <div className={styles.buttons}>
            {REPLIES.map((said) => {
              const Icon = ICONS[said];
              return (
                <Button
                  key={said}
                  ref={said === 'liked' ? like : undefined}
                  variant="default"
                  justify="flex-start"
                  aria-disabled={asking || !product}
                  leftSection={<Icon size={16} stroke={1.5} />}
                  onClick={() => reply(said)}
                >
                  {t(`questions.${said}`)}
                </Button>
              );
            })}
          </div>
        </div>
      ) : (
        <div className={styles.done}>
          <p>{t(nothingLeft ? 'questions.nothing' : 'questions.done', words.params)}</p>
          {nothingLeft ? null : (
            <Button ref={more} variant="default" onClick={() => onChange({ ...asked, wanted: wanted + ROUND })}>
              {t('questions.more')}
            </Button>
          )}
        </div>
      )}
      {replies.length > 0 ? (
        <>
          <ul className={styles.replies}>
            {replies.map(({ product: about, reply: said }) => {
              const Icon = ICONS[said];
              return (
                <li key={about.product}>
                  <Icon size={15} stroke={1.5} aria-hidden="true" />
                  <span className={styles.replied} title={name(about)}>
                    {name(about)}
                  </span>
                  <span className={styles.said}>{t(`questions.said.${said}`)}</span>
                </li>
              );
            })}
          </ul>
          <div className={styles.foot}>
            <Button size="xs" variant="subtle" leftSection={<IconArrowBackUp size={15} stroke={1.5} />} onClick={undo}>
              {t('questions.undo')}
            </Button>
            <Button size="xs" variant="subtle" onClick={() => onChange(NOTHING_ASKED)}>
              {t('questions.again')}
            </Button>
          </div>
          <p className={styles.unseen} role="status">
            {first ? t('questions.first', { title: name(first) }) : ''}
          </p>
        </>
      ) : null}
      <ColdWorth words={words} run={run} data={data} />
    </Card>
  );
}
