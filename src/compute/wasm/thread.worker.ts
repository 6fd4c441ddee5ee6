/** One helping thread: instantiates the kernels on every session's memory it is told of, and helps when called. */
import { tryToEscape } from '../../base/escape.ts';
import { help, instantiate, type Kernels } from './control.ts';
import type { ThreadMessage, ThreadReply } from './threads.ts';

const sessions = new Map<number, { thread: number; memory: WebAssembly.Memory; kernels: Kernels }>();

self.onmessage = ({ data }: MessageEvent<ThreadMessage>) => {
  if (data.type === 'start') {
    self.postMessage('ready' satisfies ThreadReply);
  } else if (data.type === 'open') {
    const { session, thread, memory, module } = data;
    sessions.set(session, { thread, memory, kernels: instantiate(module, memory) });
  } else if (data.type === 'help') {
    const session = sessions.get(data.session);
    if (session) help(session.memory, session.kernels, session.thread);
  } else if (data.type === 'close') {
    sessions.delete(data.session);
  } else if (data.type === 'escape') {
    void tryToEscape(data.address).then((attempts) => data.answer.postMessage(attempts));
  }
};
