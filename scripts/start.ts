/**
 * `npm start`: builds the page and serves it with the isolation and security headers.
 * Flags: --no-build serves what is in dist/; --port N (default 4173, the next free one if taken);
 * --out-dir FOLDER serves a build made elsewhere.
 */
import { execSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { preview } from 'vite';

const flags = process.argv.slice(2);
const flagValue = (flag: string): string | undefined =>
  flags.includes(flag) ? flags[flags.indexOf(flag) + 1] : undefined;
const wantedPort = flagValue('--port');
const outDir = flagValue('--out-dir') ?? 'dist';

if (!flags.includes('--no-build') || !existsSync(`${outDir}/index.html`)) {
  execSync(`npm run --silent build -- --outDir "${outDir}" --emptyOutDir`, { stdio: 'inherit' });
}
const server = await preview({
  build: { outDir },
  preview: { port: Number(wantedPort ?? 4173), strictPort: wantedPort !== undefined, host: 'localhost' },
});
const address = server.resolvedUrls?.local[0] ?? `http://localhost:${wantedPort ?? 4173}/`;
console.log(`\n  Tastemaker is running at ${address}\n  Stop it with Ctrl+C.\n`);
