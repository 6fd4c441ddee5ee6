/**
 * A data set of any size: `npm run bench:generate -- --ratings 25e6 --out FILE.csv|FILE.parquet`. Ratings of
 * heavy-tailed activity and popularity with planted tastes (generate-ratings.ts); `--customers`, `--products`
 * and `--seed` may be given too. The file belongs outside the repository.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { CSV_HEADER, csvRows } from './generate-csv.ts';
import { ParquetFile } from './generate-parquet.ts';
import { generateRatings, planFor, type RatingsPlan } from './generate-ratings.ts';

interface Wanted {
  readonly plan: RatingsPlan;
  readonly out: string;
}

const TEXT = { type: 'string' } as const;

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} ${text}: not a whole number above 0`);
  return value;
}

function parse(args: readonly string[]): Wanted {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ratings: { ...TEXT, default: '25e6' },
      customers: TEXT,
      products: TEXT,
      seed: { ...TEXT, default: '1' },
      out: TEXT,
    },
  });
  if (!values.out || !/\.(csv|parquet)$/.test(values.out)) throw new Error('--out FILE.csv or FILE.parquet is missing');
  const usual = planFor(wholeNumber('ratings', values.ratings), wholeNumber('seed', values.seed));
  return {
    out: values.out,
    plan: {
      ...usual,
      ...(values.customers ? { customers: wholeNumber('customers', values.customers) } : {}),
      ...(values.products ? { products: wholeNumber('products', values.products) } : {}),
    },
  };
}

function write({ plan, out }: Wanted): number {
  const file = openSync(out, 'w');
  let written = 0;
  const put = (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    written += bytes.length;
  };
  try {
    if (out.endsWith('.csv')) {
      put(new TextEncoder().encode(CSV_HEADER));
      for (const chunk of generateRatings(plan)) put(csvRows(chunk));
    } else {
      const parquet = new ParquetFile(put);
      for (const chunk of generateRatings(plan)) parquet.add(chunk);
      parquet.end();
    }
  } finally {
    closeSync(file);
  }
  return written;
}

try {
  const wanted = parse(process.argv.slice(2));
  const started = performance.now();
  const bytes = write(wanted);
  const { ratings, customers, products } = wanted.plan;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `${wanted.out}: ${ratings} ratings, ${customers} customers, ${products} products, ${bytes} bytes, ${seconds} s`,
  );
} catch (thrown) {
  console.error((thrown as Error).message);
  process.exitCode = 1;
}
