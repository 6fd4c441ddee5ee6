import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { AppError } from '../base/error.ts';
import { trainAndServe } from '../store/training.ts';

/** Memory ran out over a table of every two products, which a factorization does not have. */
const OVER_MEMORY: readonly AppError['code'][] = ['trainingOutOfMemory', 'modelTooLarge'];

/** Whether a factorization would do where this went wrong. */
export function wouldFactorize({ code, params }: Pick<AppError, 'code' | 'params'>): boolean {
  return OVER_MEMORY.includes(code) && params['model'] !== 'mf';
}

/** The way out of an error that `wouldFactorize`. */
export function FactorizationInstead({ onPress }: { readonly onPress?: () => void }) {
  const { t } = useTranslation('train');
  return (
    <Button
      variant="default"
      size="xs"
      onClick={() => {
        onPress?.();
        void trainAndServe('mf', 'balanced');
      }}
    >
      {t('instead')}
    </Button>
  );
}
