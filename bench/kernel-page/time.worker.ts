/** The product computes in a worker, and so does this. */
import type { TimingRequest } from './requests.ts';
import { time } from './time.ts';

self.onmessage = async ({ data }: MessageEvent<TimingRequest>) => {
  try {
    self.postMessage({ done: await time(data) });
  } catch (thrown) {
    self.postMessage({ failed: thrown instanceof Error ? thrown.message : String(thrown) });
  }
};
