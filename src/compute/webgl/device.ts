import { AppError } from '../../base/error.ts';
import type { ComputeDevice, DeviceFinding, DeviceInfo } from '../device.ts';
import { isSoftwareRenderer } from '../gpu-layout.ts';
import { createProcessor } from '../processor.ts';
import { productsOfColumns } from '../row-products.ts';
import { autoencoder } from './autoencoder.ts';
import { GlContext } from './context.ts';
import { explicitDescent } from './explicit-descent.ts';
import { implicitDescent } from './implicit-descent.ts';
import { sampledDescent } from './sampled-descent.ts';
import { dots } from './scores.ts';
import { topK } from './top-k.ts';

/** A ComputeDevice on WebGL2. */
export interface WebGlDevice extends ComputeDevice {
  /** Loses the context as if the hardware had gone away: for tests, and for the drill "what if the GPU goes away". */
  simulateLoss(): void;
}

interface Opened {
  readonly canvas: OffscreenCanvas;
  readonly gl: WebGL2RenderingContext;
}

/** A context that can draw into 32-bit floats, or the reason why there is none. */
function open(): Opened | 'noApi' | 'noAdapter' | 'noFloatTargets' {
  if (typeof OffscreenCanvas === 'undefined') return 'noApi';
  const canvas = new OffscreenCanvas(1, 1);
  const gl = canvas.getContext('webgl2', {
    alpha: false,
    antialias: false,
    depth: false,
    stencil: false,
    powerPreference: 'high-performance',
  });
  if (!gl) return 'noAdapter';
  if (gl.getExtension('EXT_color_buffer_float')) return { canvas, gl };
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return 'noFloatTargets';
}

function deviceInfo(gl: WebGL2RenderingContext): DeviceInfo {
  const unmasked = gl.getExtension('WEBGL_debug_renderer_info');
  const renderer = gl.getParameter(unmasked ? unmasked.UNMASKED_RENDERER_WEBGL : gl.RENDERER) as string | null;
  const adapter = renderer ?? '';
  return { kind: 'webgl', adapter, software: isSoftwareRenderer(adapter), threads: 1, simd: false };
}

/** Looks for WebGL2 with float targets; the context is given back at once. Never throws. */
export async function detectWebGl(): Promise<DeviceFinding> {
  const missing = (detail: string): DeviceFinding => ({
    kind: 'webgl',
    state: 'missing',
    info: null,
    detail,
    speed: 0,
  });
  try {
    const opened = open();
    if (typeof opened === 'string') return missing(opened);
    const info = deviceInfo(opened.gl);
    opened.gl.getExtension('WEBGL_lose_context')?.loseContext();
    return { kind: 'webgl', state: info.software ? 'software' : 'available', info, detail: '', speed: 0 };
  } catch (thrown) {
    return missing(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

/** Takes a WebGL2 context. Throws `deviceMissing` where there is none that can draw into floats. */
export async function createWebGlDevice(): Promise<WebGlDevice> {
  const opened = open();
  if (typeof opened === 'string') throw new AppError('deviceMissing', { device: 'webgl' }, { cause: opened });
  const info = deviceInfo(opened.gl);
  const context = new GlContext(opened.canvas, opened.gl);
  const processor = createProcessor();
  return {
    info,
    lost: context.lost,
    explicitDescent: (problem) => explicitDescent(context, problem),
    sampledDescent: (problem) => sampledDescent(context, problem),
    implicitDescent: (problem) => implicitDescent(context, problem),
    autoencoder: (problem) => autoencoder(context, problem),
    topK: (request) => topK(context, request),
    dots: (a, b, factors) => dots(context, a, b, factors),
    rowProducts: (request) => productsOfColumns(request, (a, b, width) => dots(context, a, b, width)),
    async holdMatrix(request) {
      context.assertUsable();
      return processor.holdMatrix(request);
    },
    async invert(request) {
      context.assertUsable();
      return processor.invert(request);
    },
    simulateLoss: () => context.simulateLoss(),
    destroy() {
      context.close();
      processor.destroy();
    },
  };
}
