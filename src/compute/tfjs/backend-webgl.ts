import { AppError } from '../../base/error.ts';
import type { TfjsBackend } from './backend.ts';
import { type TfjsGl, webGlBatchRows, webGlTable } from './embedding-webgl.ts';

/** How often a context is asked whether it is still there: the event alone is not sent to every worker. */
const LOSS_CHECK_MS = 500;

/** What tfjs asks of its own contexts. */
const ATTRIBUTES: WebGLContextAttributes = {
  alpha: false,
  antialias: false,
  premultipliedAlpha: false,
  preserveDrawingBuffer: false,
  depth: false,
  stencil: false,
  failIfMajorPerformanceCaveat: false,
};

/** Fetches all code of this backend. */
export async function loadWebGl() {
  const tf = await import('@tensorflow/tfjs-core');
  tf.enableProdMode();
  return { tf, webgl: await import('@tensorflow/tfjs-backend-webgl') };
}

/** tfjs on a WebGL2 context of its own, made here because its canvas helper fails in Safari's workers. */
export async function startWebGl(): Promise<TfjsBackend> {
  const { tf, webgl } = await loadWebGl();
  const { MathBackendWebGL, setWebGLContext } = webgl;
  const canvas = new OffscreenCanvas(1, 1);
  const gl = canvas.getContext('webgl2', ATTRIBUTES);
  if (!gl?.getExtension('EXT_color_buffer_float')) throw new AppError('deviceMissing', { device: 'webgl' });
  setWebGLContext(2, gl);
  tf.env().set('WEBGL_VERSION', 2);
  if (tf.findBackendFactory('webgl')) tf.removeBackend('webgl');
  const backend = new MathBackendWebGL(canvas);
  tf.registerBackend('webgl', () => backend, 2);
  if (!(await tf.setBackend('webgl'))) throw new AppError('deviceMissing', { device: 'webgl' });

  let timer: ReturnType<typeof setInterval> | undefined;
  const lost = new Promise<AppError>((resolve) => {
    const settle = () => {
      clearInterval(timer);
      resolve(new AppError('deviceLost', { device: 'webgl' }));
    };
    canvas.addEventListener('webglcontextlost', settle);
    timer = setInterval(() => gl.isContextLost() && settle(), LOSS_CHECK_MS);
  });
  const internals = backend as unknown as TfjsGl;
  return {
    tf,
    name: 'webgl',
    lost,
    table: (values, rows, width) => webGlTable(tf, internals, values, rows, width),
    batchRows: (tableRows, capacity) => webGlBatchRows(tf, tableRows, capacity),
    destroy() {
      clearInterval(timer);
      if (tf.findBackend('webgl') === (backend as unknown)) tf.removeBackend('webgl');
      gl.getExtension('WEBGL_lose_context')?.loseContext();
    },
  };
}
