/**
 * Bytes that can be read more than once from the start: a file, an entry of a zip, a gzip inside either.
 * Nothing is held in memory but the piece at hand.
 */
export interface ByteSource {
  /** Bytes it yields, where that is known beforehand. */
  readonly size: number | null;
  /** About as many, where only that is known: what a gzip says of itself. */
  readonly about?: number;
  /** From the beginning, in pieces of any length; leaving the loop early releases whatever is open. */
  read(): AsyncIterable<Uint8Array>;
}

/** Bytes asked of a Blob at a time: few turns of the event loop, little memory. */
const BLOB_PIECE = 1 << 20;

/** A file (or a part of one) as it lies on the disk. The next piece is on its way while one is being read. */
export function blobSource(blob: Blob): ByteSource {
  const ask = (at: number) => blob.slice(at, at + BLOB_PIECE).arrayBuffer();
  return {
    size: blob.size,
    async *read() {
      let next = ask(0);
      for (let at = 0; at < blob.size; at += BLOB_PIECE) {
        const piece = await next;
        if (at + BLOB_PIECE < blob.size) {
          next = ask(at + BLOB_PIECE);
          // Nobody may come for it any more; whoever does is told.
          next.catch(() => undefined);
        }
        yield new Uint8Array(piece);
      }
    },
  };
}

/** The first `length` bytes (fewer if there are no more), and whether that was all of it. */
export async function readHead(
  source: ByteSource,
  length: number,
): Promise<{ readonly bytes: Uint8Array; readonly whole: boolean }> {
  const pieces: Uint8Array[] = [];
  let held = 0;
  let whole = true;
  for await (const piece of source.read()) {
    pieces.push(piece);
    held += piece.length;
    if (held > length) {
      whole = false;
      break;
    }
  }
  const bytes = joinBytes(pieces, held);
  return { bytes: bytes.subarray(0, length), whole };
}

/** Everything, up to `limit` bytes; null when there is more than that. */
export async function readAll(source: ByteSource, limit: number): Promise<Uint8Array | null> {
  const { bytes, whole } = await readHead(source, limit);
  return whole ? bytes : null;
}

function joinBytes(pieces: readonly Uint8Array[], length: number): Uint8Array {
  if (pieces.length === 1) return pieces[0];
  const joined = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
