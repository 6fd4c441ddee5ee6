import { NativeSelect } from '@mantine/core';
import type { ModelName } from '../../models/recommender.ts';
import { Segmented } from '../../ui/segmented.tsx';

interface ModelChoiceProps {
  readonly label: string;
  readonly value: ModelName;
  readonly options: readonly { readonly value: ModelName; readonly label: string }[];
  readonly onChange: (model: ModelName) => void;
}

/** More models than this do not stand side by side. */
const SIDE_BY_SIDE = 3;

/** Which model makes the list: side by side while they are few, in a menu when there are many. */
export function ModelChoice({ label, value, options, onChange }: ModelChoiceProps) {
  if (options.length <= SIDE_BY_SIDE) {
    return <Segmented label={label} value={value} options={options} onChange={onChange} />;
  }
  return (
    <NativeSelect
      aria-label={label}
      value={value}
      data={options.map((option) => ({ ...option }))}
      onChange={(event) => onChange(event.currentTarget.value as ModelName)}
    />
  );
}
