/**
 * How fast text becomes rows, beside papaparse on the same bytes: `npx tsx bench/read-speed.ts [file …]`.
 * Without files: three numeric columns made up on the spot, and quoted text. CPU time of the fastest of five
 * runs; decoding is part of the work on both sides, decompression is not (files are unpacked first).
 */
import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import Papa from 'papaparse';
import { createRandom } from '../src/base/random.ts';
import { guessLayout } from '../src/data/read/dialect.ts';
import { openTables } from '../src/data/read/open.ts';
import { RowParser } from '../src/data/read/row-parser.ts';
import { TextFeed } from '../src/data/read/text-feed.ts';

const RUNS = 5;
const PIECE = 1 << 16;

interface Subject {
  readonly name: string;
  readonly bytes: Uint8Array;
}

function madeUp(): Subject[] {
  const random = createRandom(1);
  const numbers: string[] = [];
  for (let row = 0; row < 2_000_000; row++) {
    numbers.push(`${random.integer(100_000)},${random.integer(20_000)},${1 + random.integer(5)}`);
  }
  const words = ['lantern', 'heart, white', 'tea "for two"', 'Grün & blau', 'bag', 'clock\nbig'];
  const quoted: string[] = [];
  for (let row = 0; row < 300_000; row++) {
    const word = () => `"${words[random.integer(words.length)].replaceAll('"', '""')}"`;
    quoted.push(`${random.integer(1e6)},${word()},${word()},2010-12-${10 + random.integer(20)} 08:26:00`);
  }
  const encode = (lines: string[]) => new TextEncoder().encode(lines.join('\n'));
  return [
    { name: 'three numeric columns', bytes: encode(numbers) },
    { name: 'quoted text', bytes: encode(quoted) },
  ];
}

function readOurs(bytes: Uint8Array): number {
  const { dialect, columns } = guessLayout(bytes.subarray(0, 1 << 19), false);
  const parser = new RowParser({ separator: dialect.separator, quoted: dialect.quoted, columns });
  const feed = new TextFeed(dialect.encoding, (piece, final) => {
    const done = parser.push(piece, final);
    parser.ready.length = 0;
    return done;
  });
  for (let at = 0; at < bytes.length; at += PIECE) feed.push(bytes.subarray(at, at + PIECE));
  feed.end();
  return parser.rows;
}

function readPapa(bytes: Uint8Array): number {
  const { dialect } = guessLayout(bytes.subarray(0, 1 << 19), false);
  // Unquoted dialects: a quote character that cannot occur switches papaparse to its fastest path.
  const quoteChar = dialect.quoted ? '"' : '\u0001';
  const text = new TextDecoder(dialect.encoding).decode(bytes);
  return Papa.parse<string[]>(text, { delimiter: dialect.separator, quoteChar }).data.length;
}

function fastest(read: () => number): { readonly seconds: number; readonly rows: number } {
  let seconds = Number.POSITIVE_INFINITY;
  let rows = 0;
  for (let run = 0; run < RUNS; run++) {
    const before = process.cpuUsage();
    rows = read();
    const used = process.cpuUsage(before);
    seconds = Math.min(seconds, (used.user + used.system) / 1e6);
  }
  return { seconds, rows };
}

function report({ name, bytes }: Subject): void {
  for (const [reader, read] of [
    ['ours', readOurs],
    ['papaparse', readPapa],
  ] as const) {
    const { seconds, rows } = fastest(() => read(bytes));
    const line = [
      `${(seconds * 1000).toFixed(0)} ms`.padStart(8),
      `${(rows / seconds / 1e6).toFixed(2)} M rows/s`.padStart(14),
      `${(bytes.length / seconds / 1e6).toFixed(0)} MB/s`.padStart(9),
    ];
    console.log(`${name.padEnd(40)} ${reader.padEnd(10)} ${rows} rows ${line.join(' ')}`);
  }
}

/** The largest text table of a file, unpacked, and the time that opening and reading all of it takes. */
async function reportFile(path: string): Promise<void> {
  const before = performance.now();
  const { tables } = await openTables([{ name: basename(path), blob: await openAsBlob(path) }]);
  const opened = performance.now();
  let rows = 0;
  for (const table of tables) for await (const batch of table.batches({})) rows += batch.rows;
  const [openMs, readMs] = [opened - before, performance.now() - opened].map((ms) => ms.toFixed(0));
  console.log(
    `${basename(path).padEnd(40)} open ${openMs} ms, read ${rows} rows of ${tables.length} tables ${readMs} ms`,
  );
}

const files = process.argv.slice(2);
if (files.length === 0) for (const subject of madeUp()) report(subject);
for (const path of files) await reportFile(path);
