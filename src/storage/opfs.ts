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
/** What lies beside the project: the newest checkpoint of the run in progress, the runs in line, how lists are re-ordered, and what is not learned from. */
export type SideFile = 'run.bin' | 'line.json' | 'reshape.json' | 'privacy.json';
const SIDE_FILES: readonly SideFile[] = ['run.bin', 'line.json', 'reshape.json', 'privacy.json'];

/** By what is written: the end of the last thing asked of it. */
const ends = new Map<SideFile | 'project', Promise<unknown>>();

/** After all that was asked of it before: of two writes at once either could be the one that stays. */
function inTurn<T>(what: SideFile | 'project', work: () => Promise<T>): Promise<T> {
  const turn = (ends.get(what) ?? Promise.resolve()).then(work);
  ends.set(
    what,
    turn.catch(() => undefined),
  );
  return turn;
}

/** Resolves when all that was asked of these files so far is done, well or not. */
export async function settledSideFiles(names: readonly SideFile[]): Promise<void> {
  await Promise.all(names.map((name) => ends.get(name)));
}

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
export function writeProject(pieces: readonly Uint8Array<ArrayBuffer>[]): Promise<void> {
  return inTurn('project', () => writeInFreeSlot(pieces));
}

async function writeInFreeSlot(pieces: readonly Uint8Array<ArrayBuffer>[]): Promise<void> {
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

/** Whether there is a project to read. Never rejects: no storage, nothing kept. */
export async function isProjectKept(): Promise<boolean> {
  try {
    return (await currentSlot(await folder())) !== null;
  } catch {
    return false;
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

/**
 * Writes a side file; one half written never takes the place of a whole one, and an older one never that of a newer one.
 * Throws `storageUnavailable` or what the disk says.
 */
export function writeSideFile(name: SideFile, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  return inTurn(name, async () => writeFile(await folder(), name, [bytes]));
}

/** A side file as the writes before this left it, or null where there is none (or no storage at all). */
export function readSideFile(name: SideFile): Promise<Uint8Array<ArrayBuffer> | null> {
  return inTurn(name, async () => {
    try {
      const file = await (await (await folder()).getFileHandle(name)).getFile();
      return new Uint8Array(await file.arrayBuffer());
    } catch {
      return null;
    }
  });
}

/** Never rejects: what is not there need not be removed. */
export function eraseSideFile(name: SideFile): Promise<void> {
  return inTurn(name, async () => {
    try {
      await (await folder()).removeEntry(name);
    } catch {
      // no storage, nothing kept
    }
  });
}

/** Removes everything this product keeps on the machine, what is being written at this moment included. */
export async function eraseProject(): Promise<void> {
  const sides = SIDE_FILES.map(eraseSideFile);
  await inTurn('project', async () => {
    const directory = await folder();
    for (const name of [POINTER, ...SLOTS, SET_ASIDE]) await directory.removeEntry(name).catch(() => undefined);
  });
  await Promise.all(sides);
}
