import { FlateErrorCode, Gunzip, Inflate } from 'fflate';
import { AppError } from '../../base/error.ts';
import type { ByteSource } from './byte-source.ts';

/** Bytes a single compressed stream may unfold to. */
export const MAX_UNFOLDED = 8 * 2 ** 30;
/** From this many bytes on a stream that unfolds to more than MAX_RATIO times its size is taken for a bomb. */
const BOMB_FROM = 64 * 2 ** 20;
const MAX_RATIO = 1000;

/** Throws `zipTooLarge` when `unfolded` bytes out of `packed` are more than an honest file gives. */
export function refuseBomb(file: string, unfolded: number, packed: number): void {
  if (unfolded > MAX_UNFOLDED || (unfolded > BOMB_FROM && unfolded > packed * MAX_RATIO)) {
    const limit = Math.min(MAX_UNFOLDED, Math.max(BOMB_FROM, packed * MAX_RATIO));
    throw new AppError('zipTooLarge', { file, limitMb: Math.round(limit / 2 ** 20) });
  }
}

export interface InflateOptions {
  readonly format: 'gzip' | 'deflate-raw';
  /** The name errors carry. */
  readonly file: string;
  /** Bytes it must unfold to, where that is written down. */
  readonly size: number | null;
  /** About how many, where only that is known. */
  readonly about?: number;
}

/**
 * A compressed source, unfolded as it is read, by the engine's own DecompressionStream. That one stops after the
 * first member of a gzip of several and does not say what it disliked, so where it fails fflate goes over the
 * same bytes again, continues behind what was already handed on, or says whether the stream is cut short
 * (`fileTruncated`) or damaged (`fileDamaged`). A bomb ends in `zipTooLarge`.
 */
export function inflate(packed: ByteSource, options: InflateOptions): ByteSource {
  return {
    size: options.size,
    about: options.about,
    async *read() {
      const packedSize = packed.size ?? 0;
      let done = 0;
      let failed = false;
      try {
        for await (const piece of nativePieces(packed, options.format)) {
          done += piece.length;
          refuseBomb(options.file, done, packedSize);
          yield piece;
        }
      } catch (thrown) {
        if (thrown instanceof AppError) throw thrown;
        failed = true;
      }
      if (failed) {
        let skip = done;
        done = 0;
        for await (const piece of fflatePieces(packed, options)) {
          done += piece.length;
          refuseBomb(options.file, done, packedSize);
          if (skip < piece.length) yield piece.subarray(skip);
          skip = Math.max(0, skip - piece.length);
        }
      }
      if (options.size !== null && done !== options.size) {
        throw done < options.size
          ? new AppError('fileTruncated', { file: options.file })
          : new AppError('fileDamaged', { file: options.file, detail: `${done} bytes instead of ${options.size}` });
      }
    },
  };
}

/** Thrown by the source below is kept apart from what the decompressor throws. */
async function* nativePieces(packed: ByteSource, format: CompressionFormat): AsyncGenerator<Uint8Array> {
  const stream = new DecompressionStream(format);
  const writer = stream.writable.getWriter();
  const reader = stream.readable.getReader();
  let sourceError: unknown = null;
  const feeding = (async () => {
    try {
      for await (const piece of packed.read()) await writer.write(piece as Uint8Array<ArrayBuffer>);
      await writer.close();
    } catch (thrown) {
      if (thrown instanceof AppError) sourceError = thrown;
      await writer.abort(thrown).catch(() => undefined);
    }
  })();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      yield value;
    }
  } catch (thrown) {
    throw sourceError ?? thrown;
  } finally {
    await reader.cancel().catch(() => undefined);
    await feeding;
  }
}

async function* fflatePieces(packed: ByteSource, options: InflateOptions): AsyncGenerator<Uint8Array> {
  const out: Uint8Array[] = [];
  let ended = false;
  const engine = options.format === 'gzip' ? new Gunzip() : new Inflate();
  engine.ondata = (piece, final) => {
    if (piece !== null && piece.length > 0) out.push(piece);
    ended = final;
  };
  const push = (piece: Uint8Array, last: boolean) => {
    try {
      engine.push(piece, last);
    } catch (cause) {
      const code = (cause as { code?: number }).code;
      const detail = cause instanceof Error ? cause.message : String(cause);
      if (code === FlateErrorCode.UnexpectedEOF) throw new AppError('fileTruncated', { file: options.file }, { cause });
      throw new AppError('fileDamaged', { file: options.file, detail }, { cause });
    }
  };
  for await (const piece of packed.read()) {
    push(piece, false);
    yield* out.splice(0, out.length);
  }
  push(new Uint8Array(0), true);
  yield* out.splice(0, out.length);
  if (!ended) throw new AppError('fileTruncated', { file: options.file });
}
