/**
 * How fast files become interactions and a matrix, outside a browser: `npx tsx bench/import-speed.ts FILE …`.
 * CPU time of the fastest of three runs of each part: rows read, the whole import, and papaparse on the same text
 * where it is one; the peak of the process's memory over everything.
 */
import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import Papa from 'papaparse';
import { importTables } from '../src/data/clean.ts';
import { toRatings } from '../src/data/ratings.ts';
import { openTables } from '../src/data/read/open.ts';
import { proposePlan } from '../src/data/roles.ts';
import type { TableSource } from '../src/data/table.ts';

const RUNS = 3;

async function fastest<T>(work: () => Promise<T>): Promise<{ seconds: number; result: T }> {
  let best: { seconds: number; result: T } | null = null;
  for (let run = 0; run < RUNS; run++) {
    const before = process.cpuUsage();
    const result = await work();
    const { user, system } = process.cpuUsage(before);
    const seconds = (user + system) / 1e6;
    if (best === null || seconds < best.seconds) best = { seconds, result };
  }
  return best as { seconds: number; result: T };
}

async function countRows(tables: readonly TableSource[]): Promise<number> {
  let rows = 0;
  for (const table of tables) for await (const batch of table.batches({})) rows += batch.rows;
  return rows;
}

function report(what: string, seconds: number, rows: number, bytes: number): void {
  const line = [
    `${(seconds * 1000).toFixed(0)} ms`.padStart(9),
    `${(rows / seconds / 1e6).toFixed(2)} M rows/s`.padStart(14),
    `${(bytes / seconds / 1e6).toFixed(0)} MB/s`.padStart(9),
  ];
  console.log(`  ${what.padEnd(10)} ${line.join(' ')}`);
}

for (const path of process.argv.slice(2)) {
  const blob = await openAsBlob(path);
  const { tables } = await openTables([{ name: basename(path), blob }]);
  const plan = proposePlan(tables);
  const logs = tables.filter(({ id }) => plan.tables.some(({ source, use }) => source === id && use === 'log'));
  const bytes = logs.reduce((sum, table) => sum + (table.bytes ?? 0), 0);
  const read = await fastest(() => countRows(logs));
  console.log(`${basename(path)}: ${read.result} rows, ${(bytes / 1e6).toFixed(0)} MB`);
  report('read', read.seconds, read.result, bytes);
  const whole = await fastest(async () => {
    const { interactions, report: said } = await importTables(tables, plan);
    toRatings(interactions, { feedback: plan.feedback.feedback });
    return said.read;
  });
  report('import', whole.seconds, whole.result, bytes);
  if (logs.length === 1 && logs[0].format === 'csv' && path.endsWith('.csv')) {
    const text = await blob.text();
    const papa = await fastest(async () => Papa.parse(text, { delimiter: logs[0].dialect?.separator }).data.length);
    report('papaparse', papa.seconds, papa.result, bytes);
  }
}
console.log(`peak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`);
