/** Only tests import this file. */

/**
 * How often something is fetched from a graphics processor while `work` runs: buffers mapped for reading (WebGPU) and
 * pixels read (WebGL), by whichever library.
 */
export async function readsDuring(work: () => Promise<unknown>): Promise<number> {
  let reads = 0;
  const [mapped, gl] = [GPUBuffer.prototype, WebGL2RenderingContext.prototype];
  const { mapAsync } = mapped;
  const { readPixels } = gl;
  mapped.mapAsync = function (this: GPUBuffer, ...given: Parameters<GPUBuffer['mapAsync']>) {
    if ((given[0] & GPUMapMode.READ) !== 0) reads++;
    return mapAsync.apply(this, given);
  };
  gl.readPixels = function (this: WebGL2RenderingContext, ...given: unknown[]) {
    reads++;
    (readPixels as (...given: unknown[]) => void).apply(this, given);
  } as typeof readPixels;
  try {
    await work();
  } finally {
    mapped.mapAsync = mapAsync;
    gl.readPixels = readPixels;
  }
  return reads;
}
