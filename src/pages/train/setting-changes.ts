/** What becomes of the settings somebody changes. Pure. */
import type { Settings } from '../../evaluate/head-plan.ts';
import type { SettingValue } from '../../models/setting-values.ts';
import type { SettingField } from '../../worker/api/training.ts';

/** Whether a field has no effect with the settings as they are. */
export function isIdle({ onlyWith }: SettingField, fields: readonly SettingField[], settings: Settings): boolean {
  if (!onlyWith) return false;
  const { key, value } = onlyWith;
  return (settings[key] ?? fields.find((field) => field.key === key)?.value) !== value;
}

/**
 * With one field changed; what stands at the preset's value is no change, null goes back to it, and what has no effect any
 * more is no change either.
 */
export function withSetting(
  settings: Settings,
  fields: readonly SettingField[],
  field: SettingField,
  value: SettingValue | null,
): Settings {
  const { [field.key]: _, ...others } = settings;
  const changed: Settings = value === null || value === field.value ? others : { ...others, [field.key]: value };
  const idle = fields.filter((one) => isIdle(one, fields, changed)).map(({ key }) => key);
  return Object.fromEntries(Object.entries(changed).filter(([key]) => !idle.includes(key)));
}
