import type { EscapeAttempt } from '../../base/escape.ts';
import type { Helpers } from './control.ts';
import { hasThreads } from './support.ts';

export type ThreadMessage =
  | { readonly type: 'start' }
  | {
      readonly type: 'open';
      readonly session: number;
      /** Which one it is of this session's threads, from 1 (0 is the caller): whose scratch it takes. */
      readonly thread: number;
      readonly memory: WebAssembly.Memory;
      readonly module: WebAssembly.Module;
    }
  | { readonly type: 'help'; readonly session: number }
  | { readonly type: 'close'; readonly session: number }
  | { readonly type: 'escape'; readonly address: string; readonly answer: MessagePort };
export type ThreadReply = 'ready';

/** A worker that has not answered by then is done without. */
const PATIENCE_MS = 10_000;

/**
 * The helping workers. They are started once and stay, asleep in their event loops, for the life of
 * the page: a session that begins after data was dropped must not fetch a script.
 */
const starting: Promise<Worker | null>[] = [];
let sessions = 0;

function start(): Promise<Worker | null> {
  const worker = new Worker(new URL('./thread.worker.ts', import.meta.url), { type: 'module' });
  return new Promise((resolve) => {
    const giveUp = () => {
      worker.terminate();
      resolve(null);
    };
    const timer = setTimeout(giveUp, PATIENCE_MS);
    worker.onerror = giveUp;
    worker.onmessage = () => {
      clearTimeout(timer);
      // What it throws over a chunk is said by the control words; the page need not hear of it as well.
      worker.onerror = (event) => event.preventDefault();
      resolve(worker);
    };
    worker.postMessage({ type: 'start' } satisfies ThreadMessage);
  });
}

/** Up to `count` helping workers; fewer where some do not start, none where memory cannot be shared. */
export async function helpers(count: number): Promise<Worker[]> {
  if (!hasThreads()) return [];
  while (starting.length < count) starting.push(start());
  const started = await Promise.all(starting.slice(0, count));
  return started.filter((worker) => worker !== null);
}

/** The privacy proof: every helping worker tries to get out, and says what became of it. In order of the threads. */
export async function helpersTryToEscape(address: string): Promise<EscapeAttempt[][]> {
  const started = (await Promise.all(starting)).filter((worker) => worker !== null);
  return Promise.all(
    started.map(
      (worker) =>
        new Promise<EscapeAttempt[]>((resolve) => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = ({ data }: MessageEvent<EscapeAttempt[]>) => {
            port1.close();
            resolve(data);
          };
          worker.postMessage({ type: 'escape', address, answer: port2 } satisfies ThreadMessage, [port2]);
        }),
    ),
  );
}

/** One session's memory as the workers know it. */
export class HelperSession implements Helpers {
  readonly #workers: readonly Worker[];
  readonly #session = ++sessions;

  constructor(workers: readonly Worker[], memory: WebAssembly.Memory, module: WebAssembly.Module) {
    this.#workers = workers;
    // Its place here and not in the order they were started: where one did not start, the others move up.
    for (const [at, worker] of workers.entries()) {
      worker.postMessage({
        type: 'open',
        session: this.#session,
        thread: at + 1,
        memory,
        module,
      } satisfies ThreadMessage);
    }
  }

  get count(): number {
    return this.#workers.length;
  }

  call(): void {
    this.#tell({ type: 'help', session: this.#session });
  }

  close(): void {
    this.#tell({ type: 'close', session: this.#session });
  }

  #tell(message: ThreadMessage): void {
    for (const worker of this.#workers) worker.postMessage(message);
  }
}
