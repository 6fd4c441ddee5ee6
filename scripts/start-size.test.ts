import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startParts } from './start-size.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'start-size-'));
  mkdirSync(join(folder, 'assets'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function build(files: Readonly<Record<string, string>>, page: string): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'assets', name), text);
  writeFileSync(join(folder, 'index.html'), page);
}

const PAGE =
  '<script type="module" crossorigin src="./assets/index-aB_1.js"></script>' +
  '<link rel="modulepreload" crossorigin href="./assets/page-x.js"><link rel="stylesheet" href="./assets/page-x.css">';
const FILES = {
  'index-aB_1.js': 'console.log("one");'.repeat(40),
  'page-x.js': 'two();',
  'page-x.css': 'body{}',
  'later-x.js': 'never at the start',
  'zh-CN-story-x.js': 'nor the words of later steps, however many',
  'en-first-q1.js': 'english',
  'zh-CN-first-q2.js': '一二三四五六七八九十，甲乙丙丁戊己庚辛',
};

it('adds up the scripts the page names and the first words of the larger language, compressed, and nothing else', () => {
  build(FILES, PAGE);
  const packed = (text: string) => gzipSync(Buffer.from(text)).length;
  const parts = Object.fromEntries(startParts(folder).map(({ file, bytes }) => [file, bytes]));
  expect(parts).toEqual({
    'assets/index-aB_1.js': packed(FILES['index-aB_1.js']),
    'assets/page-x.js': packed(FILES['page-x.js']),
    'assets/zh-CN-first-q2.js': packed(FILES['zh-CN-first-q2.js']),
  });
});

it('does not take a folder it cannot measure for a small page', () => {
  expect(() => startParts(folder)).toThrow('No build');
  build(FILES, '<script type="module" src="/elsewhere/index.js"></script>');
  expect(() => startParts(folder)).toThrow('names no script');
  rmSync(join(folder, 'assets', 'zh-CN-first-q2.js'));
  build({}, PAGE);
  expect(() => startParts(folder)).toThrow('language files');
});
