import { expect, test } from 'vitest';
import { HelperSession, type ThreadMessage } from './threads.ts';

test('helpers of a session are numbered from 1 without a gap, whichever of them started', () => {
  const told: [worker: string, message: ThreadMessage][] = [];
  const worker = (name: string) =>
    ({ postMessage: (message: ThreadMessage) => void told.push([name, message]) }) as unknown as Worker;
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const [second, third] = [worker('second'), worker('third')];
  // The first did not start. A workspace has scratch for as many threads as there are: numbers beyond would leave it.
  const session = new HelperSession([second, third], memory, {} as WebAssembly.Module);
  expect(session.count).toBe(2);
  expect(told.map(([name, message]) => [name, message.type === 'open' && message.thread])).toEqual([
    ['second', 1],
    ['third', 2],
  ]);
  session.call();
  expect(told.slice(2).map(([, { type }]) => type)).toEqual(['help', 'help']);
});
