/**
 * `npm test`: everything a change must pass, in order of how fast it says no, with one summary.
 * `--all` adds the slow sweeps (SLOW=1).
 */
import { spawnSync } from 'node:child_process';
import { ensureChromium } from './chromium.ts';

const all = process.argv.includes('--all');
process.env['CHROMIUM_PATH'] = ensureChromium();
if (all) process.env['SLOW'] = '1';

const steps: readonly (readonly [name: string, command: string])[] = [
  ['kernels build', 'npm run --silent build:wasm'],
  ['type check', 'npm run --silent typecheck'],
  ['lint', 'npm run --silent lint'],
  ['unit tests', 'npm run --silent test:unit'],
  ['kernel tests', 'npm run --silent test:kernels'],
  ['page build', 'npx vite build --logLevel warn'],
  ['size of the start screen', 'npm run --silent size'],
  ['end-to-end tests', 'npm run --silent test:e2e'],
];

const outcomes: { name: string; passed: boolean; seconds: number }[] = [];
for (const [name, command] of steps) {
  console.log(`\n── ${name} ──`);
  const started = performance.now();
  const { status } = spawnSync(command, { stdio: 'inherit', shell: true, env: process.env });
  outcomes.push({ name, passed: status === 0, seconds: (performance.now() - started) / 1000 });
}

console.log('\n── summary ──');
for (const { name, passed, seconds } of outcomes) {
  console.log(`${passed ? 'pass' : 'FAIL'}  ${name}  ${seconds.toFixed(1)} s`);
}
const failed = outcomes.filter((outcome) => !outcome.passed).length;
console.log(`\n${outcomes.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
