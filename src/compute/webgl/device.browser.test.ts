import { describe, expect, it } from 'vitest';
import { describeGpuDevice } from '../gpu-suite.testing.ts';
import { GlContext } from './context.ts';
import { createWebGlDevice, detectWebGl } from './device.ts';
import { segmentRows } from './side.ts';
import { allocate } from './textures.ts';

describe('finding WebGL2', () => {
  it('says that the test adapter is made of software', async () => {
    const finding = await detectWebGl();
    expect(finding).toMatchObject({ kind: 'webgl', state: 'software', detail: '', info: { software: true } });
    expect(finding.info?.adapter).toContain('SwiftShader');
    const device = await createWebGlDevice();
    expect(device.info).toEqual(finding.info);
    device.destroy();
  });

  it('says so when floats cannot be drawn into', async () => {
    const { getContext } = OffscreenCanvas.prototype;
    const prototype = WebGL2RenderingContext.prototype;
    const { getExtension } = prototype;
    prototype.getExtension = function (this: WebGL2RenderingContext, name: string) {
      return name === 'EXT_color_buffer_float' ? null : (getExtension as (name: string) => unknown).call(this, name);
    } as typeof getExtension;
    try {
      expect(await detectWebGl()).toMatchObject({ state: 'missing', detail: 'noFloatTargets', info: null });
      await expect(createWebGlDevice()).rejects.toMatchObject({ code: 'deviceMissing', params: { device: 'webgl' } });
      OffscreenCanvas.prototype.getContext = (() => null) as typeof getContext;
      expect(await detectWebGl()).toMatchObject({ state: 'missing', detail: 'noAdapter' });
    } finally {
      prototype.getExtension = getExtension;
      OffscreenCanvas.prototype.getContext = getContext;
    }
  });
});

describe('segments of rows', () => {
  it('cover every entry once, row by row', () => {
    const pointers = Uint32Array.of(0, 3, 3, 131, 400);
    const { segments, rowSegments } = segmentRows(pointers);
    expect([...rowSegments]).toEqual([0, 1, 1, 0, 1, 1, 2, 3]);
    expect([...segments]).toEqual([0, 3, 3, 131, 131, 259, 259, 387, 387, 400]);
  });
});

describe('running out of memory', () => {
  it('is refused before the driver is asked', () => {
    const canvas = new OffscreenCanvas(1, 1);
    const gl = canvas.getContext('webgl2');
    if (!gl) throw new Error('no WebGL2');
    gl.getExtension('EXT_color_buffer_float');
    const context = new GlContext(canvas, gl);
    const texels = (context.maxSize + 1) << context.shift;
    expect(() => allocate(context, (textures) => textures.run('real', texels))).toThrowError(
      expect.objectContaining({
        code: 'deviceOutOfMemory',
        params: { device: 'webgl', neededMb: Math.ceil((texels * 4) / 1024 / 1024) },
      }),
    );
    context.close();
  });
});

describeGpuDevice('webgl', () => createWebGlDevice());
