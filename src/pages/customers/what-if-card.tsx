import { ActionIcon, Button } from '@mantine/core';
import { IconThumbDown, IconThumbUp, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import type { Words } from '../../i18n/words.ts';
import { useEngine } from '../../store/engine.ts';
import { Card } from '../../ui/card.tsx';
import type { ProductCard } from '../../worker/api/catalogue.ts';
import styles from './customers.module.css';
import { SearchBox } from './search-box.tsx';

/** What was said to be liked or disliked, newest last. */
export type Opinions = readonly { readonly product: ProductCard; readonly likes: boolean }[];

interface WhatIfCardProps {
  readonly words: Words;
  readonly fresh: boolean;
  readonly opinions: Opinions;
  readonly onChange: (opinions: Opinions) => void;
  /** How long the last answer took; null while nothing was asked. */
  readonly milliseconds: number | null;
  readonly note: string | null;
}

/** Like or dislike something and the list changes at once. */
export function WhatIfCard({ words, fresh, opinions, onChange, milliseconds, note }: WhatIfCardProps) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const engine = useEngine();
  const [picked, setPicked] = useState<ProductCard | null>(null);
  const decide = (product: ProductCard, likes: boolean) => {
    onChange([...opinions.filter((opinion) => opinion.product.product !== product.product), { product, likes }]);
    setPicked(null);
  };
  return (
    <Card title={t(fresh ? 'whatIf.titleFresh' : 'whatIf.title')} smallTitle>
      <p className={styles.cardText}>{t(fresh ? 'whatIf.textFresh' : 'whatIf.text', words.params)}</p>
      <SearchBox
        placeholder={t('whatIf.search', words.params)}
        nothing={(query) => t('whatIf.nothing', { query })}
        search={(query) => engine.searchProducts(query, 12)}
        keyOf={(product) => String(product.product)}
        render={(product) => (
          <span className={styles.option}>
            <span>{product.title}</span>
            <span className={styles.small}>{product.detail}</span>
          </span>
        )}
        onPick={(product) => (fresh ? decide(product, true) : setPicked(product))}
      />
      {picked ? (
        <div className={styles.decide}>
          <p className={styles.picked}>{picked.title}</p>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconThumbUp size={15} stroke={1.5} />}
            aria-label={t('whatIf.like', { title: picked.title })}
            onClick={() => decide(picked, true)}
          >
            {t('whatIf.likes')}
          </Button>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconThumbDown size={15} stroke={1.5} />}
            aria-label={t('whatIf.dislike', { title: picked.title })}
            onClick={() => decide(picked, false)}
          >
            {t('whatIf.dislikes')}
          </Button>
        </div>
      ) : null}
      {opinions.length > 0 ? (
        <>
          <ul className={styles.opinions}>
            {opinions.map(({ product, likes }) => (
              <li key={product.product}>
                {likes ? <IconThumbUp size={15} stroke={1.5} /> : <IconThumbDown size={15} stroke={1.5} />}
                <span className={styles.opinionTitle} title={product.title}>
                  {product.title}
                </span>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size="sm"
                  aria-label={t('whatIf.remove', { title: product.title })}
                  onClick={() => onChange(opinions.filter((opinion) => opinion.product.product !== product.product))}
                >
                  <IconX size={14} stroke={1.5} />
                </ActionIcon>
              </li>
            ))}
          </ul>
          <div className={styles.whatIfFoot}>
            {milliseconds === null ? (
              <span />
            ) : (
              <span className={styles.small}>{t('whatIf.took', { time: format.duration(milliseconds) })}</span>
            )}
            <Button size="xs" variant="subtle" onClick={() => onChange([])}>
              {t('whatIf.reset')}
            </Button>
          </div>
        </>
      ) : null}
      {note ? <p className={styles.small}>{note}</p> : null}
    </Card>
  );
}
