/**
 * Two slots in the browser's private file system and a pointer to the good one, so a write cut short
 * (tab closed, storage full) never costs the project that was there before; beside them the run in progress and
 * the runs in line.
 */
import { AppError } from '../base/error.ts';

const POINTER = 'current.json';
const SLOTS = ['project-a.bin', 'project-b.bin'] as const;
/** A project that could not be read, kept for whoever can. */
const SET_ASIDE = 'damaged.bin';
/** What lies beside the project: the newest checkpoint of the run in progress, and the runs in line. */
export type SideFile = 'run.bin' | 'line.json';
const SIDE_FILES: readonly SideFile[] = ['run.bin', 'line.json'];

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

/** Writes a side file; one half written never takes the place of a whole one. Throws `storageUnavailable` or what the disk says. */
export async function writeSideFile(name: SideFile, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  await writeFile(await folder(), name, [bytes]);
}

/** A side file, or null where there is none (or no storage at all). */
export async function readSideFile(name: SideFile): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    const file = await (await (await folder()).getFileHandle(name)).getFile();
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    return null;
  }
}

/** Never rejects: what is not there need not be removed. */
export async function eraseSideFile(name: SideFile): Promise<void> {
  try {
    await (await folder()).removeEntry(name);
  } catch {
    // no storage, nothing kept
  }
}

/** Removes everything this product keeps on the machine. */
export async function eraseProject(): Promise<void> {
  const directory = await folder();
  for (const name of [POINTER, ...SLOTS, SET_ASIDE, ...SIDE_FILES])
    await directory.removeEntry(name).catch(() => undefined);
}
