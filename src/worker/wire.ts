/**
 * How calls cross between page and worker: comlink carries them; functions travel as proxies,
 * AbortSignals as a port, AppErrors as code and parameters (comlink would keep only the message).
 */
import * as Comlink from 'comlink';
import { AppError, toAppError, type WireError } from '../base/error.ts';

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: WireError };

/** What an API is on the wire: what its methods take and give is checked on either side, by the same interface. */
type Methods = Record<string, (...args: readonly unknown[]) => Promise<unknown>>;

Comlink.transferHandlers.set('signal', {
  canHandle: (value: unknown): value is AbortSignal => value instanceof AbortSignal,
  serialize: (signal: AbortSignal) => {
    const { port1, port2 } = new MessageChannel();
    const tell = () => port1.postMessage('abort');
    if (signal.aborted) tell();
    else signal.addEventListener('abort', tell, { once: true });
    return [port2, [port2]];
  },
  deserialize: (port: MessagePort) => {
    const controller = new AbortController();
    port.onmessage = () => controller.abort();
    return controller.signal;
  },
});

/** Buffers that should move rather than be copied; set by the method that returns them. */
const transferable = new WeakMap<object, Transferable[]>();

/** Marks what a method returns so that these buffers are moved to the page. */
export function moving<T extends object>(value: T, buffers: Transferable[]): T {
  transferable.set(value, buffers);
  return value;
}

/** The worker's side: every method answers with an Outcome instead of throwing. */
export function exposeApi(api: object): void {
  const methods = api as Methods;
  const wrapped: Methods = {};
  for (const name of Object.keys(methods)) {
    wrapped[name] = async (...args) => {
      try {
        const value = await methods[name](...args);
        const buffers = typeof value === 'object' && value !== null ? transferable.get(value) : undefined;
        const outcome = { ok: true, value };
        return buffers ? Comlink.transfer(outcome, buffers) : outcome;
      } catch (thrown) {
        const { code, params, message } = toAppError(thrown);
        if (code === 'unexpected') console.error(thrown);
        return { ok: false, error: { code, params, detail: message } };
      }
    };
  }
  Comlink.expose(wrapped);
}

/** Rejects when the worker cannot even begin: a browser that does not know its language, a file that is missing. */
function failedStart(worker: Worker): Promise<never> {
  const failed = new Promise<never>((_, reject) => {
    worker.addEventListener('error', ({ message }) => {
      reject(
        message
          ? new AppError('browserTooOld', { missing: 'JavaScript modules in workers', detail: message })
          : new AppError('unexpected', { detail: 'the engine could not be loaded' }),
      );
    });
  });
  failed.catch(() => undefined);
  return failed;
}

/** The page's side: the same API with AppErrors thrown again. From `gone` on every call rejects with `engineDied`. */
export function connectApi<Api extends object>(worker: Worker, gone: Promise<void>): Api {
  const remote = Comlink.wrap<Methods>(worker) as unknown as Methods;
  const failed = failedStart(worker);
  const waiting = new Set<(error: AppError) => void>();
  let answered = false;
  let died: AppError | null = null;
  void gone.then(() => {
    died = new AppError('engineDied');
    for (const reject of waiting) reject(died);
  });
  /** What a call is answered with, or the end of the worker where that comes first. */
  const whileAlive = (answer: Promise<unknown>) =>
    new Promise<unknown>((resolve, reject) => {
      waiting.add(reject);
      answer.then(resolve, reject).finally(() => waiting.delete(reject));
    });
  return new Proxy({} as Api, {
    get(_, name) {
      // Not a promise itself: `await engine` must not call a remote method named `then`.
      if (typeof name !== 'string' || name === 'then') return undefined;
      return async (...args: unknown[]) => {
        const prepared = args.map((arg) => (typeof arg === 'function' ? Comlink.proxy(arg as () => void) : arg));
        if (died) throw died;
        const answer = whileAlive(remote[name](...prepared));
        // A worker that has answered once is alive; what it throws later is its own affair.
        const outcome = (await (answered ? answer : Promise.race([answer, failed]))) as Outcome<unknown>;
        answered = true;
        if (outcome.ok) return outcome.value;
        throw new AppError(outcome.error.code, outcome.error.params, { cause: outcome.error.detail });
      };
    },
  });
}
