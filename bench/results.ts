/**
 * Measures everything RESULTS.md shows and writes it: `npm run bench:all [-- --only speed,import]`.
 *
 * - `--only a,b`: these parts; of the others what was last measured is kept.
 * - `--write`: measures nothing, writes the document and its pictures again.
 * - `--quality`: what QUALITY.md shows instead (`npm run bench:quality`), into bench/results-quality/.
 * - `--gpu system`: only what runs on graphics hardware, on whatever this machine has, into RESULTS-GPU.md.
 * - `--rehearse`: every command once, small where the script can, into a folder of its own that it names:
 *   shows that all of it runs, and changes no figure.
 *
 * Raw figures are kept in bench/results/ (bench/results-gpu/), one file a part. Data: TASTEMAKER_DATA, default
 * ../shared/datasets. Run it on a machine that does nothing else.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureBuild } from './browser.ts';
import { type Stored, typed, writeDocument } from './document.ts';
import { essentials } from './essentials.ts';
import { inspectMachine } from './machine.ts';
import { QUALITY_SECTIONS } from './quality-sections/all.ts';
import { SECTIONS } from './sections/all.ts';
import { type Command, type Figures, REHEARSABLE, type Section } from './sections/section.ts';

const DATA = process.env['TASTEMAKER_DATA'] ?? '../shared/datasets';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    write: { type: 'boolean', default: false },
    rehearse: { type: 'boolean', default: false },
    quality: { type: 'boolean', default: false },
    gpu: { type: 'string', default: 'software' },
  },
});
const onGpu = values.gpu === 'system';
const pictures = values.quality ? 'results-quality' : onGpu ? 'results-gpu' : 'results';
const home = values.rehearse ? mkdtempSync(join(tmpdir(), 'rehearsal-')) : fileURLToPath(new URL('.', import.meta.url));
const folder = join(home, pictures);
const documentFile = join(home, values.quality ? 'QUALITY.md' : onGpu ? 'RESULTS-GPU.md' : 'RESULTS.md');

/** What of a part runs on graphics hardware. */
function gpuPart(section: Section): Section {
  const commands = section.commands
    .filter((command) => command.onGpu)
    .map((command) => ({ ...command, args: `${command.args} --gpu system`.trim() }));
  const here = new Set(commands.map(({ id }) => id));
  return { ...section, commands, rows: (measured) => section.rows(measured).filter(({ from }) => here.has(from)) };
}

const sections: readonly Section[] = values.quality
  ? QUALITY_SECTIONS
  : onGpu
    ? SECTIONS.map(gpuPart).filter(({ commands }) => commands.length > 0)
    : SECTIONS;

const fileOf = (section: Section) => join(folder, `${section.name}.json`);

function stored(section: Section): Stored | null {
  return existsSync(fileOf(section)) ? (JSON.parse(readFileSync(fileOf(section), 'utf8')) as Stored) : null;
}

/** One run in a process of its own; its last line. */
function runOnce({ script, args }: Command): Figures {
  const small = values.rehearse && REHEARSABLE.some((known) => known === script) ? ' --small' : '';
  const words = `${args}${small}`.replaceAll('@', `${DATA}/`).match(/\S+/g) ?? [];
  try {
    const printed = execFileSync(process.execPath, ['--import', 'tsx', `bench/${script}.ts`, ...words], {
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

async function measure(section: Section): Promise<void> {
  const machine = await inspectMachine();
  const begin = performance.now();
  const commands: Record<string, Figures[]> = {};
  for (const command of section.commands) {
    const runs: Figures[] = [];
    for (let run = 0; run < (values.rehearse ? 1 : (command.runs ?? 1)); run++) {
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
  const kept: Stored = {
    machine: { ...machine, browser: browser ?? '' },
    seconds: (performance.now() - begin) / 1000,
    commands,
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(fileOf(section), `${JSON.stringify(kept)}\n`);
  // The formatter takes nothing from outside the repository.
  if (!values.rehearse) execFileSync('npx', ['biome', 'format', '--write', fileOf(section)], { stdio: 'ignore' });
  console.log(`${section.name}: ${kept.seconds?.toFixed(0)} s`);
}

/** The document and its pictures from all that is stored. */
function write(): void {
  for (const section of sections) {
    const kept = stored(section);
    const plots = kept ? (section.plots?.(new Map(Object.entries(kept.commands))) ?? []) : [];
    for (const { name, svg } of plots) writeFileSync(join(folder, `${name}.svg`), svg);
  }
  writeFileSync(
    documentFile,
    writeDocument(sections, { kind: values.quality ? 'quality' : onGpu ? 'gpu' : 'results', stored, pictures }),
  );
}

function refuse(message: string): never {
  console.error(message);
  process.exit(1);
}

const only = values.only?.split(',');
const unknown = only?.filter((name) => !sections.some((section) => section.name === name)) ?? [];
if (!['software', 'system'].includes(values.gpu)) refuse(`--gpu ${values.gpu}: software or system`);
if (unknown.length > 0)
  refuse(`no such part: ${unknown.join(', ')}; there are ${sections.map(({ name }) => name).join(', ')}`);
if (!values.write) {
  if (!existsSync(DATA)) refuse(`no data folder ${DATA}; set TASTEMAKER_DATA`);
  // Before anything is timed: a run that builds first would count it.
  if (!values.quality) ensureBuild(process.env['BENCH_OUT'] ?? 'dist');
  for (const section of sections) {
    if (!(only?.includes(section.name) ?? true)) continue;
    await measure(section);
    // After every part: a run that is broken off keeps what it has.
    write();
  }
}
write();
console.log(documentFile);
