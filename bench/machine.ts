/** What a measurement was made on, and whether the machine had anything else to do. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';

export interface Machine {
  readonly date: string;
  readonly cores: number;
  readonly processor: string;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  /** Version of Chromium, '' where no run of the part told. */
  readonly browser: string;
  readonly tfjs: string;
  /** Of the source measured, with a `+` where files had changed since; '' outside a repository. */
  readonly commit: string;
  /** Cores that were at work on something else in the second before the part began. */
  readonly busyCores: number;
}

const BUSY_SAMPLE_MS = 1000;

function commitOf(): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    // What the bench itself writes is no change to what it measures.
    const changed =
      git('status', '--porcelain', '--', '.', ':!bench/results*', ':!bench/RESULTS*', ':!bench/QUALITY*').trim() !== '';
    return `${git('rev-parse', '--short', 'HEAD').trim()}${changed ? '+' : ''}`;
  } catch {
    return '';
  }
}

function versionOf(name: string): string {
  const manifest = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return existsSync(manifest) ? (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version : '';
}

const spent = () =>
  cpus().reduce(
    ({ idle, total }, { times }) => ({
      idle: idle + times.idle,
      total: total + times.user + times.nice + times.sys + times.irq + times.idle,
    }),
    { idle: 0, total: 0 },
  );

/** How many cores are at work, while this waits for a second. */
async function busyCores(): Promise<number> {
  const before = spent();
  await new Promise((resolve) => setTimeout(resolve, BUSY_SAMPLE_MS));
  const after = spent();
  const idle = (after.idle - before.idle) / Math.max(1, after.total - before.total);
  return Math.max(0, (1 - idle) * cpus().length);
}

/** The machine as it is now; takes a second. The browser is filled in by who has asked one. */
export async function inspectMachine(): Promise<Machine> {
  return {
    date: new Date().toISOString().slice(0, 10),
    cores: cpus().length,
    processor: cpus()[0]?.model ?? '',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release().split('-')[0]}`,
    node: process.version,
    browser: '',
    tfjs: versionOf('@tensorflow/tfjs'),
    commit: commitOf(),
    busyCores: await busyCores(),
  };
}

/** More than this, and times are said to be taken on a busy machine. */
const BUSY = 0.3;

/** One sentence's worth of a machine. Figures stored by earlier versions lack some of it. */
export function describeMachine(machine: Partial<Machine>): string {
  const { date, cores, processor, memoryGb, system, node, browser, tfjs, commit, busyCores } = machine;
  const parts = [
    date,
    `${cores} cores of ${processor}`,
    `${memoryGb} GB`,
    system,
    node && `Node ${node.replace('v', '')}`,
    browser ? `headless Chromium ${browser}` : 'headless Chromium',
    tfjs && `tfjs ${tfjs}`,
    commit && `commit ${commit}`,
    busyCores !== undefined && busyCores > BUSY && `**${busyCores.toFixed(1)} cores were busy with something else**`,
  ];
  return parts.filter(Boolean).join(', ');
}
