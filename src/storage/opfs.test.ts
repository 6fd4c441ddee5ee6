import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  eraseProject,
  eraseSideFile,
  isProjectKept,
  readProject,
  readSideFile,
  setProjectAside,
  settledSideFiles,
  writeProject,
  writeSideFile,
} from './opfs.ts';
import { openPrivateFiles, type PrivateFiles } from './private-files.testing.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (of: Uint8Array | null | undefined) => (of ? new TextDecoder().decode(of) : null);

let disk: PrivateFiles;
beforeEach(() => {
  disk = openPrivateFiles(vi.stubGlobal);
});
afterEach(() => void vi.unstubAllGlobals());

/** Long enough for everything that waits for nothing. */
const rest = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('a side file', () => {
  it('is not overtaken: the older of two writes ends first, and whoever reads or erases waits for both', async () => {
    const release = disk.hold();
    const slow = writeSideFile('privacy.json', bytes('first'));
    await rest();
    // The write that is under way stays held; those that begin from now on are not.
    disk.hold()();
    const quick = writeSideFile('privacy.json', bytes('second'));
    const read = readSideFile('privacy.json');
    let settled = false;
    const settling = settledSideFiles(['privacy.json']).then(() => {
      settled = true;
    });
    // What lies beside it waits for nothing.
    await writeSideFile('reshape.json', bytes('other'));
    await settledSideFiles(['reshape.json']);
    await rest();
    expect(settled).toBe(false);
    release();
    await Promise.all([slow, quick, settling]);
    expect(text(disk.files.get('privacy.json'))).toBe('second');
    expect(text(await read)).toBe('second');

    const again = disk.hold();
    const late = writeSideFile('privacy.json', bytes('third'));
    await rest();
    const gone = eraseSideFile('privacy.json');
    await rest();
    again();
    await Promise.all([late, gone]);
    expect(disk.files.has('privacy.json')).toBe(false);
  });

  it('goes on after a write that failed', async () => {
    vi.stubGlobal('navigator', {});
    const failed = writeSideFile('reshape.json', bytes('lost'));
    await expect(failed).rejects.toMatchObject({ code: 'storageUnavailable' });
    disk = openPrivateFiles(vi.stubGlobal);
    await writeSideFile('reshape.json', bytes('kept'));
    expect(text(disk.files.get('reshape.json'))).toBe('kept');
  });
});

it('a project is kept from its first write until it is deleted or set aside', async () => {
  expect(await isProjectKept()).toBe(false);
  await writeSideFile('line.json', bytes('runs alone are none'));
  expect(await isProjectKept()).toBe(false);
  await writeProject([bytes('project')]);
  expect([await isProjectKept(), text(await readProject())]).toEqual([true, 'project']);
  await setProjectAside(bytes('project'));
  expect(await isProjectKept()).toBe(false);
  await writeProject([bytes('next')]);
  await eraseProject();
  expect(await isProjectKept()).toBe(false);
  vi.stubGlobal('navigator', {});
  expect(await isProjectKept()).toBe(false);
});

it('deleting everything deletes what is being written too', async () => {
  const release = disk.hold();
  const project = writeProject([bytes('project')]);
  const side = writeSideFile('privacy.json', bytes('settings'));
  await rest();
  const gone = eraseProject();
  await rest();
  release();
  await Promise.all([project, side, gone]);
  expect([...disk.files.keys()]).toEqual([]);
});
