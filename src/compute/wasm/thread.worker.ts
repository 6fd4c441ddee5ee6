/** One helping thread: instantiates the kernels on every session's memory it is told of, and helps when called. */
import { tryToEscape } from '../../base/escape.ts';
import { help, instantiate, type Kernels } from './control.ts';
import type { ThreadMessage, ThreadReply } from './threads.ts';

const sessions = new Map<number, { memory: WebAssembly.Memory; kernels: Kernels }>();
let thread = 0;

self.onmessage = ({ data }: MessageEvent<ThreadMessage>) => {
  if (data.type === 'start') {
    thread = data.thread;
    self.postMessage('ready' satisfies ThreadReply);
  } else if (data.type === 'open') {
    sessions.set(data.session, { memory: data.memory, kernels: instantiate(data.module, data.memory) });
  } else if (data.type === 'help') {
    const session = sessions.get(data.session);
    if (session) help(session.memory, session.kernels, thread);
  } else if (data.type === 'close') {
    sessions.delete(data.session);
  } else if (data.type === 'escape') {
    void tryToEscape(data.address).then((attempts) => data.answer.postMessage(attempts));
  }
};
