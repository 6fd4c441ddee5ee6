/** How the fault tests do harm: to the engine worker, its threads, and the hardware under them. */
import { expect, type Page, type Worker } from '@playwright/test';

type GlobalWithHarm = typeof globalThis & { harmed?: number };

/** The engine worker of this page; the newest where there was more than one. */
export function engineWorker(page: Page): Worker {
  const worker = page.workers().findLast((one) => one.url().includes('engine.worker'));
  if (!worker) throw new TypeError('no engine worker');
  return worker;
}

/** The compute threads beside the engine's own. */
export function threadWorkers(page: Page): Worker[] {
  return page.workers().filter((one) => one.url().includes('thread.worker'));
}

/** Puts code before the engine's own, so that it meets a browser already damaged. */
export async function damageEngine(page: Page, code: string): Promise<void> {
  await page.route('**/engine.worker-*.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${code}\n${await response.text()}` });
  });
}

/** How often the harm was done so far. */
export function harmDone(page: Page): Promise<number> {
  return engineWorker(page).evaluate(() => (globalThis as GlobalWithHarm).harmed ?? 0);
}

/**
 * The GPU goes away with work under way: right behind the given submission from now on, before any of it is done.
 * `how` is a lost device, or a driver that says it ran out of memory and drops the commands.
 */
export async function loseWebGpuAt(page: Page, submission: number, how: 'lost' | 'memory'): Promise<void> {
  await engineWorker(page).evaluate(
    ([at, kind]) => {
      const world = globalThis as GlobalWithHarm;
      const { createCommandEncoder } = GPUDevice.prototype;
      const { submit } = GPUQueue.prototype;
      let left = at;
      let device: GPUDevice | null = null;
      GPUDevice.prototype.createCommandEncoder = function (...given) {
        device = this;
        return createCommandEncoder.apply(this, given);
      };
      GPUQueue.prototype.submit = function (...given) {
        submit.apply(this, given);
        if (--left !== 0 || !device) return;
        world.harmed = (world.harmed ?? 0) + 1;
        if (kind === 'lost') device.destroy();
        else {
          const error = new GPUOutOfMemoryError('as a driver would say it');
          device.dispatchEvent(new GPUUncapturedErrorEvent('uncapturederror', { error }));
        }
      };
    },
    [submission, how] as const,
  );
}

/** The WebGL context that draws is lost between two draws of one sweep or step. */
export async function loseWebGlAt(page: Page, draw: number): Promise<void> {
  await engineWorker(page).evaluate((at) => {
    const world = globalThis as GlobalWithHarm;
    const { drawArrays, drawElements } = WebGL2RenderingContext.prototype;
    let left = at;
    const count = (context: WebGL2RenderingContext) => {
      if (--left !== 0) return;
      world.harmed = (world.harmed ?? 0) + 1;
      context.getExtension('WEBGL_lose_context')?.loseContext();
    };
    WebGL2RenderingContext.prototype.drawArrays = function (...given) {
      drawArrays.apply(this, given);
      count(this);
    };
    WebGL2RenderingContext.prototype.drawElements = function (...given) {
      drawElements.apply(this, given);
      count(this);
    };
  }, draw);
}

/**
 * From now on WebAssembly memories are as if 4 GB were much less: none above a megabyte ('nothing'), or none above nine
 * tenths of the first that is asked for beyond one.
 */
export async function limitWasmMemory(page: Page, how: 'nothing' | 'less'): Promise<void> {
  await engineWorker(page).evaluate((kind) => {
    const world = globalThis as GlobalWithHarm;
    const megabyte = 2 ** 20;
    let most = kind === 'nothing' ? megabyte : Number.POSITIVE_INFINITY;
    WebAssembly.Memory = new Proxy(WebAssembly.Memory, {
      construct(target, [descriptor]: [WebAssembly.MemoryDescriptor]) {
        const bytes = descriptor.initial * 65_536;
        if (most === Number.POSITIVE_INFINITY && bytes > megabyte) most = 0.9 * bytes;
        if (bytes <= most) return new target(descriptor);
        world.harmed = (world.harmed ?? 0) + 1;
        throw new RangeError('WebAssembly.Memory(): could not allocate memory');
      },
    });
  }, how);
}

/** From now on the graphics card says that it binds no buffer larger than this. */
export async function limitWebGpuBuffers(page: Page, bytes: number): Promise<void> {
  await engineWorker(page).evaluate((most) => {
    Object.defineProperty(GPUSupportedLimits.prototype, 'maxStorageBufferBindingSize', { get: () => most });
  }, bytes);
}

/**
 * The first compute thread meets its end the next time it has finished a chunk: `ends` and the chunk is never reported,
 * as when the browser kills it; `throws` and it says so.
 */
export async function harmThread(page: Page, how: 'ends' | 'throws'): Promise<void> {
  const [thread] = threadWorkers(page);
  expect(thread, 'a compute thread').toBeDefined();
  await thread.evaluate((kind) => {
    const { add, store } = Atomics;
    /** The control word that counts finished chunks, and the one that says a thread has failed. */
    const [DONE, FAILED] = [16, 37];
    Atomics.add = ((array: Int32Array, at: number, value: number) => {
      if (at !== DONE) return add(array, at, value);
      if (kind === 'throws') store(array, FAILED, 1);
      else close();
      throw new Error('harmed');
    }) as typeof Atomics.add;
  }, how);
}

/** Ends the engine worker, as the browser does to one that takes too much. */
export async function endEngine(page: Page): Promise<void> {
  await engineWorker(page)
    .evaluate(() => close())
    // It may be gone before it has answered.
    .catch(() => undefined);
}
