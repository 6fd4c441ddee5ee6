/**
 * `npm start`: builds the page and serves it with the isolation and security headers.
 * Flags: --no-build serves what is in dist/; --port N (default 4173, the next free one if taken).
 */
import { execSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { preview } from 'vite';

const flags = process.argv.slice(2);
const portAt = flags.indexOf('--port');
const port = portAt >= 0 ? Number(flags[portAt + 1]) : 4173;

if (!flags.includes('--no-build') || !existsSync('dist/index.html')) {
  execSync('npm run --silent build', { stdio: 'inherit' });
}
const server = await preview({ preview: { port, strictPort: portAt >= 0, host: 'localhost' } });
const address = server.resolvedUrls?.local[0] ?? `http://localhost:${port}/`;
console.log(`\n  Tastemaker is running at ${address}\n  Stop it with Ctrl+C.\n`);
