/**
 * Text into rows, beside papaparse on the same text in the same run: `npx tsx bench/reading.ts [FILE.zip]
 * [--small]`, in Node, which is the browser's engine with a clock for processor time. In turns, five rounds each;
 * what is told is the middle. Prints one JSON object last.
 *
 * Three numeric columns are made up on the spot; of a zip the largest table is read, unpacked beforehand. Ours
 * decodes bytes, papaparse is given the text already decoded.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { unzipSync } from 'fflate';
import Papa from 'papaparse';
import { openTables } from '../src/data/read/open.ts';
import { CSV_HEADER, csvRows } from './generate-csv.ts';
import { generateRatings, planFor } from './generate-ratings.ts';
import { median } from './median.ts';

const ROUNDS = 5;
const ROWS = 2_000_000;
const SMALL_ROWS = 50_000;

interface Subject {
  readonly name: string;
  readonly bytes: Uint8Array;
}

interface Read {
  readonly name: string;
  readonly rows: number;
  readonly megabytes: number;
  readonly seconds: number;
  readonly papaSeconds: number;
  readonly rowsPerSecond: number;
  readonly megabytesPerSecond: number;
  /** Papaparse's time over ours. */
  readonly ratio: number;
}

/** `user,product,rating` of made-up ratings: the fourth column, the time, is cut off. */
function numbers(rows: number): Subject {
  const pieces: string[] = [CSV_HEADER.replace(/,[^,]*\n$/, '\n')];
  for (const chunk of generateRatings(planFor(rows, 1))) {
    pieces.push(new TextDecoder().decode(csvRows(chunk)).replaceAll(/,[^,\n]*\n/g, '\n'));
  }
  return { name: 'numbers', bytes: new TextEncoder().encode(pieces.join('')) };
}

function largestIn(path: string): Subject {
  const files = Object.entries(unzipSync(readFileSync(path)));
  const [[, bytes]] = files.sort(([, a], [, b]) => b.length - a.length);
  return { name: basename(path, '.zip'), bytes };
}

async function readOurs({ name, bytes }: Subject): Promise<number> {
  const blob = new Blob([bytes as BlobPart]);
  const { tables } = await openTables([{ name: `${name}.csv`, blob }]);
  let rows = 0;
  for await (const batch of tables[0].batches({})) rows += batch.rows;
  return rows;
}

async function processorSeconds(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

async function compare(subject: Subject): Promise<Read> {
  const text = new TextDecoder().decode(subject.bytes);
  // No quote in it: a quote character that cannot occur switches papaparse to its fastest path.
  const quoteChar = text.includes('"') ? '"' : '\u0001';
  const ours: number[] = [];
  const papa: number[] = [];
  let rows = 0;
  for (let round = 0; round <= ROUNDS; round++) {
    const own = await processorSeconds(async () => {
      rows = await readOurs(subject);
    });
    const theirs = await processorSeconds(() => Papa.parse(text, { delimiter: ',', quoteChar }));
    // The first of both is for the compiler.
    if (round > 0) {
      ours.push(own);
      papa.push(theirs);
    }
  }
  const [seconds, papaSeconds] = [median(ours), median(papa)];
  const megabytes = subject.bytes.length / 1e6;
  return {
    name: subject.name,
    rows,
    megabytes,
    seconds,
    papaSeconds,
    rowsPerSecond: rows / seconds,
    megabytesPerSecond: megabytes / seconds,
    ratio: papaSeconds / seconds,
  };
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { small: { type: 'boolean', default: false } },
});
const subjects = [numbers(values.small ? SMALL_ROWS : ROWS), ...positionals.map(largestIn)];
const reads: Record<string, Read> = {};
for (const subject of subjects) reads[subject.name] = await compare(subject);
console.log(JSON.stringify({ reads }));
