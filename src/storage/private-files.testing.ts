/** The browser's private file system in memory, as far as it is used here; every write can be made to take as long as wanted. */

export interface PrivateFiles {
  /** By name, in the one folder there is. */
  readonly files: Map<string, Uint8Array<ArrayBuffer>>;
  /** Writes begun from now on end only when the function this gives is called. */
  hold(): () => void;
}

const missing = () => new DOMException('no such file', 'NotFoundError');

/** Stands in for `navigator.storage` from the moment of the call. `stub`: `vi.stubGlobal`. */
export function openPrivateFiles(stub: (name: string, value: unknown) => unknown): PrivateFiles {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  let gate: Promise<void> = Promise.resolve();

  function writable(name: string) {
    // As the browser has it: nobody sees anything of it before it is closed, and the last to close stays.
    const pieces: Uint8Array[] = [];
    const open = gate;
    return {
      write: async (piece: Uint8Array) => void pieces.push(piece.slice()),
      async close() {
        await open;
        files.set(name, new Uint8Array(await new Blob(pieces as Uint8Array<ArrayBuffer>[]).arrayBuffer()));
      },
      abort: async () => undefined,
    };
  }

  const folder = {
    async getFileHandle(name: string, { create = false } = {}) {
      if (!files.has(name)) {
        if (!create) throw missing();
        files.set(name, new Uint8Array());
      }
      return {
        createWritable: async () => writable(name),
        async getFile() {
          const bytes = files.get(name);
          if (!bytes) throw missing();
          return new Blob([bytes]);
        },
      };
    },
    async removeEntry(name: string) {
      if (!files.delete(name)) throw missing();
    },
  };
  stub('navigator', { storage: { getDirectory: async () => ({ getDirectoryHandle: async () => folder }) } });
  return {
    files,
    hold() {
      let release = () => {};
      gate = new Promise((resolve) => {
        release = resolve;
      });
      const held = gate;
      return () => {
        if (gate === held) gate = Promise.resolve();
        release();
      };
    },
  };
}
