/**
 * Runs everything RESULTS.md shows and writes it: `npm run bench:results [-- --only speed,import]`.
 * `--only` runs these parts and keeps what was last measured of the others; `--write` measures nothing and
 * writes the document again. Raw figures are kept in bench/results/, one file a part. Data: TASTEMAKER_DATA,
 * default ../shared/datasets. Run it on a machine that does nothing else.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Command, essentials, type Figures, type Row, SECTIONS, type Section } from './sections.ts';

const DATA = process.env['TASTEMAKER_DATA'] ?? '../shared/datasets';
const FOLDER = new URL('./results/', import.meta.url);
const DOCUMENT = new URL('./RESULTS.md', import.meta.url);

interface Machine {
  readonly date: string;
  readonly cores: number;
  readonly processor: string;
  readonly memoryGb: number;
  readonly node: string;
  readonly browser: string;
}

interface Stored {
  readonly machine: Machine;
  readonly commands: Readonly<Record<string, readonly Figures[]>>;
}

const fileOf = (section: Section) => new URL(`${section.name}.json`, FOLDER);

function stored(section: Section): Stored | null {
  return existsSync(fileOf(section)) ? (JSON.parse(readFileSync(fileOf(section), 'utf8')) as Stored) : null;
}

const withData = (args: string, folder: string) => args.replaceAll('@', `${folder}/`);

/** What somebody types to see the same figures. */
function typed({ script, args }: Command): string {
  const command = script === 'bench' ? 'npm run bench --' : `npx tsx bench/${script}.ts`;
  return `${command} ${withData(args, '../shared/datasets')}`;
}

/** One run in a process of its own; its last line. */
function runOnce({ script, args }: Command): Figures {
  const words = ['--import', 'tsx', `bench/${script}.ts`, ...withData(args, DATA).split(' ')];
  try {
    const printed = execFileSync(process.execPath, words, {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return essentials(JSON.parse(printed.trim().split('\n').at(-1) ?? '{}') as Figures);
  } catch (thrown) {
    const last = String((thrown as { stdout?: string }).stdout ?? '')
      .trim()
      .split('\n')
      .at(-1);
    return last?.startsWith('{"error"')
      ? (JSON.parse(last) as Figures)
      : { error: { code: 'unexpected', message: (thrown as Error).message.split('\n')[0] } };
  }
}

function measure(section: Section): void {
  const commands: Record<string, Figures[]> = {};
  for (const command of section.commands) {
    const runs: Figures[] = [];
    for (let run = 0; run < (command.runs ?? 1); run++) {
      console.log(`${section.name}: ${typed(command)}`);
      runs.push(runOnce(command));
      if (runs.at(-1)?.['error']) console.log(`  failed: ${JSON.stringify(runs.at(-1))}`);
    }
    commands[command.id] = runs;
  }
  const browser = Object.values(commands)
    .flat()
    .map((figures) => figures['browser'])
    .find((version) => typeof version === 'string');
  const machine: Machine = {
    date: new Date().toISOString().slice(0, 10),
    cores: cpus().length,
    processor: cpus()[0]?.model ?? '',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    browser: typeof browser === 'string' ? browser : '',
  };
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(fileOf(section), `${JSON.stringify({ machine, commands } satisfies Stored)}\n`);
  execFileSync('npx', ['biome', 'format', '--write', fileURLToPath(fileOf(section))], { stdio: 'ignore' });
}

const cell = (text: string) => text.replaceAll('|', '\\|');
const verdict = (met: boolean | null) => (met === null ? 'not measured' : met ? 'met' : '**not met**');

function table(rows: readonly Row[]): string[] {
  const promised = rows.some(({ target }) => target !== '');
  const head = promised ? ['what', 'target', 'measured', ''] : ['what', 'measured'];
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [
    line(head),
    line(head.map(() => '---')),
    ...rows.map(({ what, target, measured, met }) =>
      line(promised ? [what, target, measured, verdict(met)] : [what, measured]),
    ),
  ];
}

function describe({ date, cores, processor, memoryGb, node, browser }: Machine): string {
  const chromium = browser === '' ? 'headless Chromium' : `headless Chromium ${browser}`;
  return `${date}, ${cores} cores of ${processor}, ${memoryGb} GB, Node ${node.replace('v', '')}, ${chromium}`;
}

function part(section: Section): string[] {
  const kept = stored(section);
  if (!kept) return [`## ${section.title}`, '', 'Not measured yet.', ''];
  const rows = section.rows(new Map(Object.entries(kept.commands)));
  const used = section.commands.filter(({ id }) => id in kept.commands);
  return [
    `## ${section.title}`,
    '',
    section.note,
    '',
    ...table(rows),
    '',
    `Measured ${describe(kept.machine)}:`,
    '',
    '```',
    ...used.map((command) => `${typed(command)}${command.runs ? `   # ${command.runs} runs` : ''}`),
    '```',
    '',
  ];
}

function document(): string {
  const all = SECTIONS.flatMap((section) => section.rows(new Map(Object.entries(stored(section)?.commands ?? {}))));
  const promised = all.filter(({ met }) => met !== null);
  const missed = promised.filter(({ met }) => met === false);
  return [
    '# Results',
    '',
    `Written by \`npm run bench:results\` from the figures in \`bench/results/\`. ${promised.length - missed.length} of ${promised.length} targets are met.`,
    ...(missed.length > 0
      ? ['', 'Not met:', '', ...missed.map((row) => `- ${row.what}: ${row.measured}; target ${row.target}`)]
      : []),
    '',
    'Everything runs in the production build in a real browser, through the same import as a drop. Nothing here was',
    'measured on a GPU: webgpu and webgl ran on Chromium’s software adapter, so that their answers are checked and their',
    'milliseconds say nothing about a graphics card (`--gpu system` uses one where there is one). Memory is the largest',
    'resident size of the tab’s process. Times depend on the machine and on what else it does.',
    '',
    ...SECTIONS.flatMap(part),
  ].join('\n');
}

const { values } = parseArgs({ options: { only: { type: 'string' }, write: { type: 'boolean', default: false } } });
const only = values.only?.split(',');
const unknown = only?.filter((name) => !SECTIONS.some((section) => section.name === name)) ?? [];
if (unknown.length > 0) {
  console.error(`no such part: ${unknown.join(', ')}; there are ${SECTIONS.map(({ name }) => name).join(', ')}`);
  process.exit(1);
}
if (!values.write && !existsSync(DATA)) {
  console.error(`no data folder ${DATA}; set TASTEMAKER_DATA`);
  process.exit(1);
}
for (const section of SECTIONS) {
  if (!values.write && (only?.includes(section.name) ?? true)) {
    measure(section);
    // After every part: a run that is broken off keeps what it has.
    writeFileSync(DOCUMENT, document());
  }
}
writeFileSync(DOCUMENT, document());
