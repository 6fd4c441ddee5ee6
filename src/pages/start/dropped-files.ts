/** What a drop holds: files, folders with everything in them, or text. */

export interface DroppedFile {
  readonly file: File;
  /** Path inside the dropped folder, or the name. */
  readonly path: string;
}

/** Files of operating systems and version control that nobody means to drop. */
const HIDDEN = /(^|\/)(\.|__MACOSX|Thumbs\.db$|desktop\.ini$)/;

async function filesOf(entry: FileSystemEntry): Promise<DroppedFile[]> {
  const path = entry.fullPath.replace(/^\//, '') || entry.name;
  if (HIDDEN.test(path)) return [];
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => {
      (entry as FileSystemFileEntry).file(resolve, reject);
    });
    return [{ file, path }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: DroppedFile[] = [];
  // A reader hands out at most 100 entries at a time and ends with none.
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (entries.length === 0) return found;
    for (const child of entries) found.push(...(await filesOf(child)));
  }
}

/**
 * Every file in a drop, folders opened. The entries are taken from the transfer before the first
 * `await`: afterwards the browser has emptied it.
 */
export async function droppedFiles(transfer: Pick<DataTransfer, 'items' | 'files'>): Promise<readonly DroppedFile[]> {
  const entries: FileSystemEntry[] = [];
  for (const item of Array.from(transfer.items)) {
    const entry = item.kind === 'file' ? item.webkitGetAsEntry?.() : null;
    if (entry) entries.push(entry);
  }
  const plain = Array.from(transfer.files).map((file) => ({ file, path: file.name }));
  // Files made by a script (tests, drags out of another page) have no entry.
  if (entries.length === 0) return plain;
  const found: DroppedFile[] = [];
  for (const entry of entries) found.push(...(await filesOf(entry)));
  return found;
}

/** Files of a picker; with a folder picker the path inside it. */
export function pickedFiles(list: FileList | null): readonly DroppedFile[] {
  return Array.from(list ?? []).map((file) => ({ file, path: file.webkitRelativePath || file.name }));
}
