/** RESULTS.md from stored figures: no measuring here, no files. */
import { describeMachine, type Machine } from './machine.ts';
import { NOT_MEASURED } from './sections/figures.ts';
import type { Command, Figures, Grid, Row, Section } from './sections/section.ts';

/** What is kept of one part. */
export interface Stored {
  readonly machine: Partial<Machine>;
  /** How long measuring the part took. */
  readonly seconds?: number;
  readonly commands: Readonly<Record<string, readonly Figures[]>>;
}

export interface DocumentOptions {
  /** `gpu`: on real graphics hardware, only what ran there is shown. `quality`: how good, not how fast. */
  readonly kind: 'results' | 'gpu' | 'quality';
  readonly stored: (section: Section) => Stored | null;
  /** From the document to its pictures. */
  readonly pictures: string;
}

const withData = (args: string) => args.replaceAll('@', '../shared/datasets/');

/** What somebody types to see the same figures. */
export function typed({ script, args }: Command): string {
  const command = script === 'bench' ? 'npm run bench --' : `npx tsx bench/${script}.ts`;
  return `${command} ${withData(args)}`.trim();
}

/** What was not measured says so where the figure would be. */
const verdict = ({ met }: Row) => (met === null ? '' : met ? 'met' : '**not met**');

const line = (cells: readonly string[]) => `| ${cells.map((one) => one.replaceAll('|', '\\|')).join(' | ')} |`;

function grid({ head, rows }: Grid): string[] {
  return [line(head), line(head.map(() => '---')), ...rows.map(line), ''];
}

export function table(rows: readonly Row[]): string[] {
  const promised = rows.some(({ target }) => target !== '');
  return grid({
    head: promised ? ['what', 'target', 'measured', ''] : ['what', 'measured'],
    rows: rows.map((row) => (promised ? [row.what, row.target, row.measured, verdict(row)] : [row.what, row.measured])),
  });
}

const measuredOf = (kept: Stored | null) => new Map(Object.entries(kept?.commands ?? {}));

function part(section: Section, { stored, pictures }: DocumentOptions): string[] {
  const kept = stored(section);
  const measured = measuredOf(kept);
  const rows = section.rows(measured);
  const head = [`## ${section.title}`, ''];
  const grids = section.grids?.(measured) ?? [];
  if (rows.length + grids.length === 0) return [...head, `${NOT_MEASURED}.`, ''];
  const body = [...head, section.note, '', ...(rows.length > 0 ? table(rows) : []), ...grids.flatMap(grid)];
  if (!kept) return body;
  for (const { name, alt } of section.plots?.(measured) ?? []) body.push(`![${alt}](${pictures}/${name}.svg)`, '');
  const used = section.commands.filter(({ id }) => id in kept.commands);
  const took = kept.seconds === undefined ? '' : ` in ${Math.ceil(kept.seconds)} s`;
  return [
    ...body,
    `Measured${took}: ${describeMachine(kept.machine)}.`,
    '',
    '```',
    ...used.map((command) => {
      const runs = kept.commands[command.id].length;
      return `${typed(command)}${runs > 1 ? `   # ${runs} runs` : ''}`;
    }),
    '```',
    '',
  ];
}

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|software/i;

/** Graphics hardware that computed anything of this, by the names it gave itself. */
export function hardwareIn(figures: unknown): Set<string> {
  const found = new Set<string>();
  const look = (value: unknown): void => {
    if (value === null || typeof value !== 'object') return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'adapter' && typeof inner === 'string' && inner !== '' && !SOFTWARE.test(inner)) found.add(inner);
      look(inner);
    }
  };
  look(figures);
  return found;
}

function summary(rows: readonly Row[]): string[] {
  const promised = rows.filter(({ target, met }) => target !== '' || met !== null);
  const met = promised.filter((row) => row.met === true);
  const missed = promised.filter((row) => row.met === false);
  const open = promised.length - met.length - missed.length;
  const unmeasured = open === 0 ? '' : ` ${open} ${open === 1 ? 'is' : 'are'} not measured yet.`;
  return [
    `${met.length} of ${promised.length - open} measured targets are met.${unmeasured}`,
    '',
    ...(missed.length > 0
      ? [
          'Not met:',
          '',
          ...missed.map((row) => `- ${row.what}: ${row.measured}${row.target && `; target ${row.target}`}`),
          '',
        ]
      : []),
  ];
}

const QUALITY_ABOUT = [
  'Recommenders under published protocols, in Node on the WASM device with one thread: how good, not how fast (fit times',
  'are beside the point and of one run). Settings and stopping look at validation parts; each test part is scored once',
  'in a run. Intervals: 95 % bootstrap over customers, 1,000 draws; p: paired randomization test. Seed 1 throughout.',
  'The choice settings were tuned on validation parts of these same data sets under other splits, so that rows of these',
  'test parts took part in choosing them: read the third digit with care.',
];

/** A document is of one piece only where all of it was measured at one commit. */
function commitsOf(sections: readonly Section[], { stored }: DocumentOptions): string {
  const commits = new Set(sections.flatMap((section) => stored(section)?.machine.commit ?? []));
  return commits.size > 1
    ? `Parts were measured at ${commits.size} commits; each names its own.`
    : 'All of it was measured at one commit.';
}

export function writeDocument(sections: readonly Section[], options: DocumentOptions): string {
  const { kind, stored } = options;
  const all = sections.flatMap((section) => section.rows(measuredOf(stored(section))));
  const adapters = [...hardwareIn(sections.map((section) => stored(section)?.commands))];
  const on =
    adapters.length > 0
      ? `Measured on ${adapters.join(', ')}.`
      : 'Not measured on a GPU: the browser found only software adapters.';
  const about =
    kind === 'quality'
      ? QUALITY_ABOUT
      : kind === 'gpu'
        ? [`${on} Rows of wasm and reference are of the same machine’s processor.`]
        : [
            'Everything runs in the production build in a real browser, through the same import as a drop, but for what is',
            'said to be measured otherwise. Nothing here was measured on a GPU: webgpu and webgl ran on Chromium’s software',
            'adapter, so that their answers are checked and their milliseconds say nothing about a graphics card. Memory is',
            'the largest resident size of the tab’s process. Ratios are taken within one run; times depend on the machine and',
            `on what else it does. ${commitsOf(sections, options)}`,
          ];
  return [
    { gpu: '# Results on graphics hardware', results: '# Results', quality: '# Quality' }[kind],
    '',
    `Written by \`npm run bench:${kind === 'quality' ? 'quality' : 'all'}${kind === 'gpu' ? ' -- --gpu system' : ''}\` from the figures in \`bench/${options.pictures}/\`.`,
    ...summary(all),
    ...about,
    '',
    ...sections.flatMap((section) => part(section, options)),
  ].join('\n');
}
