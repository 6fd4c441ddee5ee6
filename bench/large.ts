/**
 * The largest data in one tab: `npx tsx bench/large.ts [--format csv|parquet] [--solver sweep|sgd] [--small]` makes 25 million ratings up
 * in a temporary file, has the bench import them and train on them, and deletes the file. Prints the bench's JSON
 * object last, or `{"skipped": why}` where disk or memory is short.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statfsSync, statSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FULL_SIZE } from './generate-ratings.ts';

const SMALL_RATINGS = 200_000;
/** Bytes of the file at 25 million ratings, rounded up, and of memory for the tab (3 GB are allowed), the browser and us. */
const DISK_NEEDED = { csv: 1e9, parquet: 8e8 } as const;
const MEMORY_NEEDED = 6e9;
const EPOCHS = 3;

/** Memory that could be had, caches given up; Linux says it better than Node. */
function availableMemory(): number {
  if (!existsSync('/proc/meminfo')) return freemem();
  const line = readFileSync('/proc/meminfo', 'utf8').match(/MemAvailable:\s+(\d+) kB/);
  return line ? Number(line[1]) * 1024 : freemem();
}

function whatIsShort(format: keyof typeof DISK_NEEDED): string | null {
  const { bavail, bsize } = statfsSync(tmpdir());
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  const [disk, memory] = [bavail * bsize, availableMemory()];
  if (disk < DISK_NEEDED[format]) return `${gigabytes(disk)} of disk free, ${gigabytes(DISK_NEEDED[format])} needed`;
  if (memory < MEMORY_NEEDED) return `${gigabytes(memory)} of memory free, ${gigabytes(MEMORY_NEEDED)} needed`;
  return null;
}

/** The last line a script of ours prints, whether it ended well or not. */
function lastLine(script: string, args: readonly string[]): string {
  const words = ['--import', 'tsx', `bench/${script}.ts`, ...args];
  try {
    const printed = execFileSync(process.execPath, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
    return printed.trim().split('\n').at(-1) ?? '';
  } catch (thrown) {
    const last = String((thrown as { stdout?: string }).stdout ?? '')
      .trim()
      .split('\n')
      .at(-1);
    if (last?.startsWith('{')) return last;
    throw thrown;
  }
}

const { values } = parseArgs({
  options: {
    format: { type: 'string', default: 'csv' },
    solver: { type: 'string' },
    small: { type: 'boolean', default: false },
  },
});
const format = values.format === 'parquet' ? 'parquet' : 'csv';
const short = values.small ? null : whatIsShort(format);
if (short !== null) {
  console.log(JSON.stringify({ skipped: short }));
} else {
  const folder = mkdtempSync(join(tmpdir(), 'large-'));
  try {
    const file = join(folder, `ratings.${format}`);
    const ratings = values.small ? SMALL_RATINGS : FULL_SIZE.ratings;
    console.log(lastLine('generate', ['--ratings', String(ratings), '--out', file]));
    const solver = values.solver ? ` --solver ${values.solver}` : '';
    const options = `--head taste --factors 32 --epochs ${EPOCHS}${solver} --skip-story`;
    const result = JSON.parse(lastLine('bench', ['--data', file, ...options.split(' ')])) as object;
    console.log(JSON.stringify({ ...result, fileBytes: statSync(file).size }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
