import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Line } from './quality-view.ts';

/** One of several lines, the first until somebody chooses; the control is null where there is nothing to choose. */
export function useLineChoice(lines: readonly Line[], nameOf: (line: Line) => string) {
  const { t } = useTranslation('quality');
  const [chosen, setChosen] = useState<string | null>(null);
  const line: Line | undefined = lines.find(({ entrant }) => entrant.id === chosen) ?? lines[0];
  const control =
    line && lines.length > 1 ? (
      <NativeSelect
        size="xs"
        aria-label={t('groups.model')}
        value={line.entrant.id}
        data={lines.map((one) => ({ value: one.entrant.id, label: nameOf(one) }))}
        onChange={(event) => setChosen(event.currentTarget.value)}
      />
    ) : null;
  return { line, control };
}
