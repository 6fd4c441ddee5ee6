import type { ErrorCode } from './error-codes.ts';

export type ErrorParams = Readonly<Record<string, string | number>>;

/**
 * The one error type that reaches a person. It carries a code and parameters, never a sentence:
 * `i18n/` turns the code into what happened, what was kept and what to do. Programming mistakes are
 * not AppErrors; they throw TypeError or RangeError with the offending value.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly params: ErrorParams;

  constructor(code: ErrorCode, params: ErrorParams = {}, options?: { cause?: unknown }) {
    super(`${code} ${JSON.stringify(params)}`, options);
    this.name = 'AppError';
    this.code = code;
    this.params = params;
  }
}

/** What an AppError looks like on its way through `postMessage`. */
export interface WireError {
  readonly code: ErrorCode;
  readonly params: ErrorParams;
  readonly detail: string;
}

/** Anything thrown, as an AppError; what nobody foresaw becomes `unexpected` with its message kept. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (isAbort(thrown)) return new AppError('cancelled', {}, { cause: thrown });
  const detail = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return new AppError('unexpected', { detail }, { cause: thrown });
}

/** True for the rejection an AbortSignal causes. */
export function isAbort(thrown: unknown): boolean {
  return thrown instanceof DOMException
    ? thrown.name === 'AbortError'
    : thrown instanceof AppError && thrown.code === 'cancelled';
}

const DEVICE_FAILURES: ReadonlySet<ErrorCode> = new Set(['deviceLost', 'deviceOutOfMemory', 'deviceFailedSelfTest']);

/** True where the device is the trouble: it has gone, is too small, or computes wrongly. Another one may do. */
export function isDeviceFailure(thrown: unknown): thrown is AppError {
  return thrown instanceof AppError && DEVICE_FAILURES.has(thrown.code);
}

/** What browsers and compiled code say when an array or a heap cannot be had; the words are all they have in common. */
const NO_MEMORY = /allocation (failed|size overflow)|out of memory|\bOOM\b|enlarge memory/i;

/** True for the engine's own word on memory and for the browser's. */
export function isOutOfMemory(thrown: unknown): boolean {
  if (thrown instanceof AppError) return thrown.code === 'deviceOutOfMemory';
  return thrown instanceof Error && NO_MEMORY.test(thrown.message);
}

/** Throws `cancelled` when the signal has fired; call it between chunks of long work. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AppError('cancelled');
}
