import { AppError } from '../../base/error.ts';
import { GROUP } from '../gpu-layout.ts';
import type { GlContext, Target, Texture } from './context.ts';

const BYTES_PER_MB = 1024 * 1024;

export type TexelFormat = 'real' | 'real2' | 'real4' | 'integer' | 'integer2';

const COMPONENTS: Record<TexelFormat, number> = { real: 1, real2: 2, real4: 4, integer: 1, integer2: 2 };

/** Textures and framebuffers that live and die together. */
export class TextureSet {
  readonly #context: GlContext;
  readonly #textures: WebGLTexture[] = [];
  readonly #framebuffers: WebGLFramebuffer[] = [];
  /** Bytes of all textures of the set. */
  bytes = 0;
  #destroyed = false;

  constructor(context: GlContext) {
    this.#context = context;
  }

  /** Throws when the context is gone, TypeError when the set was destroyed. */
  assertUsable(): void {
    this.#context.assertUsable();
    if (this.#destroyed) throw new TypeError('the session was destroyed');
  }

  /** A run of `count` texels, with `data` (padded with zeros) where given. */
  run(format: TexelFormat, count: number, data?: Float32Array | Uint32Array): Texture {
    const width = Math.max(1, Math.min(count, 1 << this.#context.shift));
    const height = Math.max(1, Math.ceil(count / width));
    return this.rectangle(format, width, height, data);
  }

  /** A width × height texture. Throws `deviceOutOfMemory` when the device allows none so large. */
  rectangle(format: TexelFormat, width: number, height: number, data?: Float32Array | Uint32Array): Texture {
    const { gl } = this.#context;
    const made = this.#create(format, width, height, 0);
    const { internal, external, type } = formatOf(gl, format);
    gl.texStorage2D(gl.TEXTURE_2D, 1, internal, width, height);
    // textures start as zeros
    if (data && data.length > 0) {
      const texels = padTo(data, width * height * COMPONENTS[format]);
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, height, external, type, texels);
    }
    return made;
  }

  /** Writes a run again. */
  write({ texture, width, height }: Texture, format: TexelFormat, data: Float32Array | Uint32Array): void {
    const { gl } = this.#context;
    const { external, type } = formatOf(gl, format);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    const texels = padTo(data, width * height * COMPONENTS[format]);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, height, external, type, texels);
  }

  /** Padded rows (gpu-layout.ts) as one layer for each group of four coordinates; a texel is one row's group. */
  rows(padded: Float32Array, rows: number, groups: number): Texture {
    const { gl, shift } = this.#context;
    const width = Math.max(1, Math.min(rows, 1 << shift));
    const height = Math.max(1, Math.ceil(rows / width));
    if (groups > (gl.getParameter(gl.MAX_ARRAY_TEXTURE_LAYERS) as number)) throw outOfMemory(padded.byteLength);
    const made = this.#create('real4', width, height, groups);
    gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, gl.RGBA32F, width, height, groups);
    this.writeRows(made, padded);
    return made;
  }

  /** Writes `rows` again. */
  writeRows({ texture, width, height, layers: groups }: Texture, padded: Float32Array): void {
    const { gl } = this.#context;
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, texture);
    const layer = new Float32Array(width * height * GROUP);
    for (let v = 0; v < groups; v++) {
      for (let from = v * GROUP, to = 0; from < padded.length; from += groups * GROUP, to += GROUP) {
        for (let c = 0; c < GROUP; c++) layer[to + c] = padded[from + c];
      }
      gl.texSubImage3D(gl.TEXTURE_2D_ARRAY, 0, 0, 0, v, width, height, 1, gl.RGBA, gl.FLOAT, layer);
    }
  }

  /** What a draw writes to: up to four textures of one size, or one layer of an array. */
  target(textures: readonly Texture[], layer = 0): Target {
    const { gl } = this.#context;
    const framebuffer = gl.createFramebuffer();
    this.#framebuffers.push(framebuffer);
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    const attachments = textures.map((_, at) => gl.COLOR_ATTACHMENT0 + at);
    textures.forEach(({ texture, layers }, at) => {
      if (layers > 0) gl.framebufferTextureLayer(gl.FRAMEBUFFER, attachments[at], texture, 0, layer);
      else gl.framebufferTexture2D(gl.FRAMEBUFFER, attachments[at], gl.TEXTURE_2D, texture, 0);
    });
    gl.drawBuffers(attachments);
    return { framebuffer, width: textures[0].width, height: textures[0].height };
  }

  /** Throws `deviceOutOfMemory` when the driver refused any of it; asked once after a session is set up. */
  checkMemory(): void {
    const { gl } = this.#context;
    this.#context.assertUsable();
    const error = gl.getError();
    this.#context.assertUsable();
    if (error === gl.OUT_OF_MEMORY) throw outOfMemory(this.bytes);
    if (error !== gl.NO_ERROR) throw new Error(`WebGL error ${error}`);
  }

  destroy(): void {
    this.#destroyed = true;
    const { gl } = this.#context;
    for (const framebuffer of this.#framebuffers) gl.deleteFramebuffer(framebuffer);
    for (const texture of this.#textures) gl.deleteTexture(texture);
    this.#framebuffers.length = 0;
    this.#textures.length = 0;
  }

  #create(format: TexelFormat, width: number, height: number, layers: number): Texture {
    const { gl, maxSize } = this.#context;
    const bytes = width * height * Math.max(1, layers) * COMPONENTS[format] * 4;
    if (width > maxSize || height > maxSize) throw outOfMemory(bytes);
    this.bytes += bytes;
    const texture = gl.createTexture();
    this.#textures.push(texture);
    const kind = layers > 0 ? gl.TEXTURE_2D_ARRAY : gl.TEXTURE_2D;
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(kind, texture);
    // float textures are complete only without filtering
    gl.texParameteri(kind, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(kind, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    return { texture, width, height, layers };
  }
}

function formatOf(gl: WebGL2RenderingContext, format: TexelFormat) {
  switch (format) {
    case 'real':
      return { internal: gl.R32F, external: gl.RED, type: gl.FLOAT };
    case 'real2':
      return { internal: gl.RG32F, external: gl.RG, type: gl.FLOAT };
    case 'real4':
      return { internal: gl.RGBA32F, external: gl.RGBA, type: gl.FLOAT };
    case 'integer':
      return { internal: gl.R32UI, external: gl.RED_INTEGER, type: gl.UNSIGNED_INT };
    case 'integer2':
      return { internal: gl.RG32UI, external: gl.RG_INTEGER, type: gl.UNSIGNED_INT };
    default:
      return format satisfies never;
  }
}

function padTo(data: Float32Array | Uint32Array, length: number): Float32Array | Uint32Array {
  if (data.length === length) return data;
  const padded = data instanceof Float32Array ? new Float32Array(length) : new Uint32Array(length);
  padded.set(data);
  return padded;
}

function outOfMemory(bytes: number): AppError {
  return new AppError('deviceOutOfMemory', { device: 'webgl', neededMb: Math.ceil(bytes / BYTES_PER_MB) });
}

/** Builds textures in a set of their own; destroys it again when that fails. */
export function allocate<T>(context: GlContext, build: (textures: TextureSet) => T): T {
  context.assertUsable();
  const textures = new TextureSet(context);
  try {
    const built = build(textures);
    textures.checkMemory();
    return built;
  } catch (thrown) {
    textures.destroy();
    throw thrown;
  }
}
