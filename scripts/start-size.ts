/**
 * What the start screen costs before it stands: the scripts that index.html of the build names, and the first
 * words of the larger of the two languages, compressed as a host sends them. `npm test` runs it after the build; past the limit it fails.
 * Flag: --out-dir FOLDER measures a build made elsewhere.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/** Bytes, compressed: a second on a slow phone line (1.6 Mbit/s). */
export const START_LIMIT = 200_000;

export interface StartPart {
  readonly file: string;
  readonly bytes: number;
}

/** Every script the start screen waits for, largest first. Throws where `folder` holds no build of this page. */
export function startParts(folder: string): StartPart[] {
  const page = join(folder, 'index.html');
  if (!existsSync(page)) throw new Error(`No build in ${folder}.`);
  const linked = [...readFileSync(page, 'utf8').matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map(
    ([, file]) => file,
  );
  if (linked.length === 0) throw new Error(`${page} names no script.`);
  const languages = readdirSync(join(folder, 'assets'))
    .filter((file) => /^(en|zh-CN)-first-[^.]*\.js$/.test(file))
    .map((file) => `assets/${file}`);
  if (languages.length !== 2) throw new Error(`${languages.length} language files in ${folder}, not two.`);
  const measured = (file: string): StartPart => ({ file, bytes: gzipSync(readFileSync(join(folder, file))).length });
  const [language] = languages.map(measured).sort((a, b) => b.bytes - a.bytes);
  return [...linked.map(measured), language].sort((a, b) => b.bytes - a.bytes);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const flag = process.argv.indexOf('--out-dir');
  const parts = startParts(flag < 0 ? 'dist' : process.argv[flag + 1]);
  const total = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
  for (const { file, bytes } of parts) console.log(`${kilobytes(bytes).padStart(9)}  ${file}`);
  console.log(`${kilobytes(total).padStart(9)}  of ${kilobytes(START_LIMIT)} that the start screen may cost`);
  if (total > START_LIMIT) process.exit(1);
}
