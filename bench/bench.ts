/**
 * The measuring instrument: `npm run bench -- --data FILE …` drives the production build in a real
 * headless Chromium through the same import path as a drop, fits once, and prints one JSON object as
 * its last output. Failures print `{"error": {code, message}}` and exit with 1.
 */
import { writeFileSync } from 'node:fs';
import { parseBenchArguments, UsageError } from './arguments.ts';
import { BenchError, type Failure } from './giving.ts';
import { measure } from './measure.ts';

function failureOf(thrown: unknown): Failure {
  if (thrown instanceof BenchError) return thrown.detail;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: thrown instanceof UsageError ? 'usage' : 'unexpected', message };
}

try {
  const args = parseBenchArguments(process.argv.slice(2));
  const result = await measure(args);
  if (args.json) writeFileSync(args.json, `${JSON.stringify(result, null, 2)}\n`);
  console.log(JSON.stringify(result));
} catch (thrown) {
  console.log(JSON.stringify({ error: failureOf(thrown) }));
  process.exitCode = 1;
}
