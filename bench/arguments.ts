/** The command line of the bench, checked before anything is started. */
import { parseArgs } from 'node:util';
import { DEVICE_KINDS, type DeviceKind } from '../src/compute/device.ts';
import { ROLES, type Role } from '../src/data/plan.ts';
import type { Head, ModelName, Preset } from '../src/models/recommender.ts';
import type { TrialRequest } from '../src/worker/api.ts';

export interface BenchArguments {
  readonly data: string;
  readonly things: string | null;
  readonly people: string | null;
  readonly test: string | null;
  readonly model: ModelName;
  readonly heads: readonly Head[];
  readonly device: DeviceKind;
  readonly threads: number | null;
  readonly preset: Preset;
  readonly settings: Readonly<Record<string, number>>;
  readonly seed: number;
  readonly holdout: number;
  readonly split: TrialRequest['split'];
  readonly roles: ReadonlyMap<Role, number>;
  readonly minRating: number | null;
  readonly json: string | null;
}

function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (!found) throw new RangeError(`--${name} ${value}: one of ${allowed.join(', ')}`);
  return found;
}

function number(name: string, value: string): number {
  const parsed = Number(value);
  if (value.trim() === '' || !Number.isFinite(parsed)) throw new RangeError(`--${name} ${value}: not a number`);
  return parsed;
}

function parseRoles(text: string): ReadonlyMap<Role, number> {
  return new Map(
    text.split(',').map((part) => {
      const [role, column] = part.split('=');
      const at = number('roles', (column ?? '').replace(/^c/, ''));
      return [oneOf('roles', role === 'user' ? 'customer' : role === 'item' ? 'product' : role, ROLES), at] as const;
    }),
  );
}

/** Throws RangeError or TypeError with what is wrong. */
export function parseBenchArguments(args: readonly string[]): BenchArguments {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: text,
      things: text,
      people: text,
      train: text,
      test: text,
      model: { ...text, default: 'mf' },
      head: text,
      solver: { ...text, default: 'sweep' },
      device: { ...text, default: 'wasm' },
      threads: text,
      factors: text,
      epochs: text,
      preset: { ...text, default: 'balanced' },
      seed: { ...text, default: '1' },
      holdout: { ...text, default: '0.1' },
      split: { ...text, default: 'random' },
      roles: text,
      'min-rating': text,
      json: text,
    },
  });
  const data = values.data ?? values.train;
  if (!data) throw new RangeError('--data FILE is missing (or --train FILE with --test FILE)');
  oneOf('solver', values.solver, ['sweep']);
  const settings: Record<string, number> = {};
  if (values.factors) settings['factors'] = number('factors', values.factors);
  if (values.epochs) settings['epochs'] = number('epochs', values.epochs);
  return {
    data,
    things: values.things ?? null,
    people: values.people ?? null,
    test: values.test ?? null,
    model: oneOf('model', values.model, ['mf', 'neumf']),
    heads: values.head ? [oneOf('head', values.head, ['taste', 'choice'])] : ['taste', 'choice'],
    device: oneOf('device', values.device, DEVICE_KINDS),
    threads: values.threads ? number('threads', values.threads) : null,
    preset: oneOf('preset', values.preset, ['quick', 'balanced', 'best']),
    settings,
    seed: number('seed', values.seed),
    holdout: number('holdout', values.holdout),
    split: oneOf('split', values.split, ['random', 'per-customer', 'leave-one-out', 'time']),
    roles: values.roles ? parseRoles(values.roles) : new Map(),
    minRating: values['min-rating'] ? number('min-rating', values['min-rating']) : null,
    json: values.json ?? null,
  };
}
