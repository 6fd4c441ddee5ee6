/**
 * Two slots in the browser's private file system and a pointer to the good one, so a write cut short
 * (tab closed, storage full) never costs the project that was there before; beside them the run in progress.
 */
import { AppError } from '../base/error.ts';

const POINTER = 'current.json';
const SLOTS = ['project-a.bin', 'project-b.bin'] as const;
/** A project that could not be read, kept for whoever can. */
const SET_ASIDE = 'damaged.bin';
const RUN = 'run.bin';
/** The same once it has been read: a run that brings the tab down is tried twice and not for ever. */
const RUN_AGAIN = 'run-again.bin';

async function folder(): Promise<FileSystemDirectoryHandle> {
  try {
    return await (await navigator.storage.getDirectory()).getDirectoryHandle('tastemaker', { create: true });
  } catch (cause) {
    throw new AppError('storageUnavailable', {}, { cause });
  }
}

async function currentSlot(directory: FileSystemDirectoryHandle): Promise<string | null> {
  try {
    const text = await (await (await directory.getFileHandle(POINTER)).getFile()).text();
    const slot = (JSON.parse(text) as { slot?: unknown }).slot;
    return SLOTS.find((name) => name === slot) ?? null;
  } catch {
    return null;
  }
}

async function writeFile(
  directory: FileSystemDirectoryHandle,
  name: string,
  pieces: readonly Uint8Array<ArrayBuffer>[],
) {
  const handle = await directory.getFileHandle(name, { create: true });
  const file = await handle.createWritable();
  try {
    for (const piece of pieces) await file.write(piece);
    await file.close();
  } catch (cause) {
    await file.abort().catch(() => undefined);
    throw cause;
  }
}

/** Writes the project; the previous one stays until this one is whole. Throws `storageFull` or `storageUnavailable`. */
export async function writeProject(pieces: readonly Uint8Array<ArrayBuffer>[]): Promise<void> {
  const directory = await folder();
  const slot = (await currentSlot(directory)) === SLOTS[0] ? SLOTS[1] : SLOTS[0];
  try {
    await writeFile(directory, slot, pieces);
    await writeFile(directory, POINTER, [new TextEncoder().encode(JSON.stringify({ slot }))]);
  } catch (cause) {
    const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
    const full = cause instanceof DOMException && cause.name === 'QuotaExceededError';
    throw full
      ? new AppError('storageFull', { neededMb: Math.ceil(bytes / 1e6) }, { cause })
      : new AppError('storageUnavailable', {}, { cause });
  }
}

/** The last whole project, or null where there is none. */
export async function readProject(): Promise<Uint8Array<ArrayBuffer> | null> {
  const directory = await folder();
  const slot = await currentSlot(directory);
  if (!slot) return null;
  try {
    return new Uint8Array(await (await (await directory.getFileHandle(slot)).getFile()).arrayBuffer());
  } catch {
    return null;
  }
}

/** Puts a project that could not be read out of the way, so that it is reported once. */
export async function setProjectAside(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const directory = await folder();
  await writeFile(directory, SET_ASIDE, [bytes]).catch(() => undefined);
  await directory.removeEntry(POINTER).catch(() => undefined);
}

/** Keeps the run in progress; a file half written never takes the place of a whole one. */
export async function writeRun(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const directory = await folder();
  await writeFile(directory, RUN, [bytes]);
  await directory.removeEntry(RUN_AGAIN).catch(() => undefined);
}

/** The run that was in progress when the tab was closed, or null. The same one is given twice at most. */
export async function readRun(): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    const directory = await folder();
    const read = async (name: string) => {
      const file = await (await directory.getFileHandle(name)).getFile();
      return new Uint8Array(await file.arrayBuffer());
    };
    const bytes = await read(RUN).catch(() => null);
    if (!bytes) {
      const again = await read(RUN_AGAIN);
      await directory.removeEntry(RUN_AGAIN);
      return again;
    }
    await writeFile(directory, RUN_AGAIN, [bytes]);
    await directory.removeEntry(RUN);
    return bytes;
  } catch {
    return null;
  }
}

export async function eraseRun(): Promise<void> {
  try {
    const directory = await folder();
    for (const name of [RUN, RUN_AGAIN]) await directory.removeEntry(name).catch(() => undefined);
  } catch {
    // no storage, nothing kept
  }
}

/** Removes everything this product keeps on the machine. */
export async function eraseProject(): Promise<void> {
  const directory = await folder();
  for (const name of [POINTER, ...SLOTS, SET_ASIDE, RUN, RUN_AGAIN])
    await directory.removeEntry(name).catch(() => undefined);
}
