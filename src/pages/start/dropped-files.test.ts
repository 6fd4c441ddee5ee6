import { expect, it } from 'vitest';
import { droppedFiles } from './dropped-files.ts';

function fileEntry(fullPath: string): FileSystemEntry {
  const name = fullPath.split('/').at(-1)!;
  return {
    isFile: true,
    isDirectory: false,
    name,
    fullPath,
    file: (resolve: (file: File) => void) => resolve(new File(['x'], name)),
  } as unknown as FileSystemEntry;
}

/** A directory whose reader hands out its children at most `batch` at a time, as browsers do. */
function folder(fullPath: string, children: FileSystemEntry[], batch = 100): FileSystemEntry {
  return {
    isFile: false,
    isDirectory: true,
    name: fullPath.split('/').at(-1)!,
    fullPath,
    createReader: () => {
      let at = 0;
      return {
        readEntries: (resolve: (entries: FileSystemEntry[]) => void) => {
          resolve(children.slice(at, at + batch));
          at += batch;
        },
      };
    },
  } as unknown as FileSystemEntry;
}

function transfer(entries: (FileSystemEntry | null)[], files: File[] = []) {
  return {
    items: entries.map((entry) => ({ kind: 'file', webkitGetAsEntry: () => entry })),
    files,
  } as unknown as DataTransfer;
}

it('opens folders to the last file, however many there are', async () => {
  const many = Array.from({ length: 250 }, (_, i) => fileEntry(`/log/day-${i}.csv`));
  const found = await droppedFiles(transfer([folder('/log', many), fileEntry('/books.csv')]));
  expect(found).toHaveLength(251);
  expect(found[0].path).toBe('log/day-0.csv');
  expect(found.at(-1)?.path).toBe('books.csv');
});

it('leaves out what operating systems put beside the files', async () => {
  const found = await droppedFiles(
    transfer([folder('/ml', [fileEntry('/ml/.DS_Store'), fileEntry('/ml/u.data'), folder('/ml/__MACOSX', [])])]),
  );
  expect(found.map(({ path }) => path)).toEqual(['ml/u.data']);
});

it('takes files without entries, as scripts and other pages drop them', async () => {
  const found = await droppedFiles(transfer([null], [new File(['x'], 'ratings.csv')]));
  expect(found.map(({ path }) => path)).toEqual(['ratings.csv']);
});
