import { describe, expect, it } from 'vitest';
import { describeGpuDevice } from '../gpu-suite.ts';
import { createWebGlDevice, detectWebGl } from './device.ts';
import { segmentRows } from './side.ts';

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

describeGpuDevice('webgl', () => createWebGlDevice());
