/** The command line of the bench, checked before anything is started. */
import { parseArgs } from 'node:util';
import { DEVICE_KINDS, type DeviceKind } from '../src/compute/device.ts';
import { ROLES, type Role } from '../src/data/plan.ts';
import { SPLIT_KINDS } from '../src/data/split.ts';
import { SOLVERS, type Solver } from '../src/models/mf-taste-options.ts';
import { type Head, MODEL_NAMES, type ModelName, type Preset } from '../src/models/recommender.ts';
import type { TrialRequest } from '../src/worker/api/trials.ts';

/** `software`: the adapter every machine has (SwiftShader). `system`: whatever GPU this machine has. */
export type Gpu = 'software' | 'system';

/** Bestsellers and averages take part in every comparison. */
const LEAVABLE = MODEL_NAMES.filter((name) => name !== 'popularity' && name !== 'means');
const STUDIES = ['comparison', 'search'] as const;
export type Study = (typeof STUDIES)[number];

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
  /** Of factorization's predicted stars; null for what the preset uses. */
  readonly solver: Solver | null;
  readonly settings: Readonly<Record<string, number>>;
  readonly seed: number;
  readonly holdout: number;
  readonly split: TrialRequest['split'];
  readonly roles: ReadonlyMap<Role, number>;
  readonly minRating: number | null;
  /** Fitted on the training part alone: cheap heads are otherwise fitted on training + validation before the test. */
  readonly strict: boolean;
  readonly gpu: Gpu;
  /** Leaves `dropToListMs` out: no second page, no story. */
  readonly skipStory: boolean;
  /** What takes longest, gone on to after the rest. */
  readonly studies: readonly Study[];
  /** Models that a comparison leaves out. */
  readonly without: readonly ModelName[];
  /** Where the build is; made there when it is missing. */
  readonly outDir: string;
  readonly json: string | null;
}

/** What is wrong with the command line. */
export class UsageError extends Error {}

function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (!found) throw new UsageError(`--${name} ${value}: one of ${allowed.join(', ')}`);
  return found;
}

function listOf<T extends string>(name: string, value: string | undefined, allowed: readonly T[]): T[] {
  return value ? value.split(',').map((one) => oneOf(name, one, allowed)) : [];
}

interface Bounds {
  readonly least?: number;
  readonly most?: number;
  readonly whole?: boolean;
}

function number(name: string, value: string, { least, most, whole = false }: Bounds = {}): number {
  const parsed = Number(value);
  if (value.trim() === '' || !Number.isFinite(parsed)) throw new UsageError(`--${name} ${value}: not a number`);
  if (whole && !Number.isInteger(parsed)) throw new UsageError(`--${name} ${value}: not a whole number`);
  if (least !== undefined && parsed < least) throw new UsageError(`--${name} ${value}: less than ${least}`);
  if (most !== undefined && parsed > most) throw new UsageError(`--${name} ${value}: more than ${most}`);
  return parsed;
}

const COUNT: Bounds = { whole: true, least: 1 };
const SHORT_ROLES: Readonly<Record<string, Role>> = { user: 'customer', item: 'product' };

/** `user=0,item=1,rating=2`: columns of the log, counted from 0. */
function parseRoles(text: string): ReadonlyMap<Role, number> {
  return new Map(
    text.split(',').map((part) => {
      const [role, column] = part.split('=');
      const at = number('roles', (column ?? '').replace(/^c/, ''), { whole: true, least: 0 });
      return [oneOf('roles', SHORT_ROLES[role] ?? role, ROLES), at] as const;
    }),
  );
}

const TEXT = { type: 'string' } as const;

function readFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        data: TEXT,
        things: TEXT,
        people: TEXT,
        train: TEXT,
        test: TEXT,
        model: { ...TEXT, default: 'mf' },
        head: TEXT,
        solver: TEXT,
        device: { ...TEXT, default: 'wasm' },
        threads: TEXT,
        factors: TEXT,
        epochs: TEXT,
        preset: { ...TEXT, default: 'balanced' },
        seed: { ...TEXT, default: '1' },
        holdout: { ...TEXT, default: '0.1' },
        split: { ...TEXT, default: 'random' },
        roles: TEXT,
        'min-rating': TEXT,
        strict: { type: 'boolean', default: false },
        gpu: { ...TEXT, default: 'software' },
        'skip-story': { type: 'boolean', default: false },
        studies: TEXT,
        without: TEXT,
        'out-dir': { ...TEXT, default: process.env['BENCH_OUT'] ?? 'dist' },
        json: TEXT,
      },
    }).values;
  } catch (thrown) {
    throw new UsageError((thrown as Error).message);
  }
}

/** Throws UsageError with what is wrong. */
export function parseBenchArguments(args: readonly string[]): BenchArguments {
  const values = readFlags(args);
  if (values.data && values.train) throw new UsageError('--data and --train both: which one?');
  if (values.train && !values.test) throw new UsageError('--train needs --test');
  const data = values.data ?? values.train;
  if (!data) throw new UsageError('--data FILE is missing (or --train FILE with --test FILE)');
  const settings: Record<string, number> = {};
  if (values.factors) settings['factors'] = number('factors', values.factors, COUNT);
  if (values.epochs) settings['epochs'] = number('epochs', values.epochs, COUNT);
  return {
    data,
    things: values.things ?? null,
    people: values.people ?? null,
    test: values.test ?? null,
    model: oneOf('model', values.model, MODEL_NAMES),
    heads: values.head ? [oneOf('head', values.head, ['taste', 'choice'])] : ['taste', 'choice'],
    device: oneOf('device', values.device, DEVICE_KINDS),
    threads: values.threads ? number('threads', values.threads, COUNT) : null,
    preset: oneOf('preset', values.preset, ['quick', 'balanced', 'best']),
    solver: values.solver ? oneOf('solver', values.solver, SOLVERS) : null,
    settings,
    seed: number('seed', values.seed, { whole: true }),
    holdout: number('holdout', values.holdout, { least: 0, most: 0.9 }),
    split: oneOf('split', values.split, SPLIT_KINDS),
    roles: values.roles ? parseRoles(values.roles) : new Map(),
    minRating: values['min-rating'] ? number('min-rating', values['min-rating']) : null,
    strict: values.strict,
    gpu: oneOf('gpu', values.gpu, ['software', 'system']),
    skipStory: values['skip-story'],
    studies: listOf('studies', values.studies, STUDIES),
    without: listOf('without', values.without, LEAVABLE),
    outDir: values['out-dir'],
    json: values.json ?? null,
  };
}
