import { AppError } from '../../base/error.ts';
import { yieldToEvents } from '../../base/progress.ts';

/** Looks at a fence this often without pausing, then every POLL_MS: short work answers at once, long work is cheap. */
const EAGER_POLLS = 20;
const POLL_MS = 2;

/** A linked program with the places of its uniforms. */
interface Program {
  readonly program: WebGLProgram;
  readonly locations: Map<string, WebGLUniformLocation | null>;
  readonly units: Map<string, number>;
}

export interface Texture {
  readonly texture: WebGLTexture;
  readonly width: number;
  readonly height: number;
  /** 0 for a plain 2-D texture, else the layers of a 2-D array. */
  readonly layers: number;
}

/** Textures of equal size that one draw writes to. */
export interface Target {
  readonly framebuffer: WebGLFramebuffer;
  readonly width: number;
  readonly height: number;
}

export interface Draw {
  readonly program: Program;
  readonly textures: Readonly<Record<string, Texture>>;
  readonly integers?: Readonly<Record<string, number>>;
  readonly reals?: Readonly<Record<string, number>>;
  readonly target: Target;
}

const VERTEX_SHADER = `#version 300 es
void main() {
  // one triangle that covers everything
  gl_Position = vec4(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0, 0.0, 1.0);
}`;

/**
 * A WebGL2 context used for arithmetic: programs, draws that cover a target, reads that never block, and one place
 * where loss arrives. Runs of numbers lie in textures row by row, `1 << shift` texels a row.
 */
export class GlContext {
  readonly gl: WebGL2RenderingContext;
  /** log2 of the texels in a row of every texture that holds a run of numbers. */
  readonly shift: number;
  readonly maxSize: number;
  /** Resolves when the context is lost; not when it is closed on purpose. */
  readonly lost: Promise<AppError>;
  readonly #programs = new Map<string, Program>();
  readonly #loseContext: WEBGL_lose_context | null;
  #failure: AppError | null = null;
  #closed = false;
  #announce: (error: AppError) => void = () => {};

  constructor(canvas: OffscreenCanvas, gl: WebGL2RenderingContext) {
    this.gl = gl;
    this.maxSize = gl.getParameter(gl.MAX_TEXTURE_SIZE) as number;
    // 4,096 wherever it is allowed (WebGL2 promises 2,048)
    this.shift = this.maxSize >= 4096 ? 12 : 11;
    this.#loseContext = gl.getExtension('WEBGL_lose_context');
    this.lost = new Promise((resolve) => {
      this.#announce = resolve;
    });
    canvas.addEventListener('webglcontextlost', (event) => {
      event.preventDefault();
      this.#fail();
    });
    gl.bindVertexArray(gl.createVertexArray());
    gl.disable(gl.DITHER);
  }

  /** Throws `deviceLost` when the context is gone, TypeError when the device was destroyed. */
  assertUsable(): void {
    if (!this.#closed && this.gl.isContextLost()) this.#fail();
    if (this.#failure) throw this.#failure;
    if (this.#closed) throw new TypeError('the webgl device was destroyed');
  }

  /** Compiles a fragment shader body (after the common header) once per source. */
  program(body: string): Program {
    const known = this.#programs.get(body);
    if (known) return known;
    this.assertUsable();
    const { gl } = this;
    const program = gl.createProgram();
    for (const [type, source] of [
      [gl.VERTEX_SHADER, VERTEX_SHADER],
      [gl.FRAGMENT_SHADER, this.#header() + body],
    ] as const) {
      const shader = gl.createShader(type);
      if (!shader) break;
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
      gl.deleteShader(shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS)) {
      this.assertUsable();
      const logs = (gl.getAttachedShaders(program) ?? []).map((shader) => gl.getShaderInfoLog(shader));
      throw new Error(`shader: ${gl.getProgramInfoLog(program)} ${logs.join(' ')}`);
    }
    const made: Program = { program, locations: new Map(), units: new Map() };
    this.#programs.set(body, made);
    return made;
  }

  /** Runs a fragment shader once for every texel of the target. */
  draw({ program, textures, integers = {}, reals = {}, target }: Draw): void {
    const { gl } = this;
    gl.useProgram(program.program);
    for (const [name, { texture, layers }] of Object.entries(textures)) {
      let unit = program.units.get(name);
      if (unit === undefined) {
        unit = program.units.size;
        program.units.set(name, unit);
        gl.uniform1i(this.#location(program, name), unit);
      }
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(layers > 0 ? gl.TEXTURE_2D_ARRAY : gl.TEXTURE_2D, texture);
    }
    for (const [name, value] of Object.entries(integers)) gl.uniform1i(this.#location(program, name), value);
    for (const [name, value] of Object.entries(reals)) gl.uniform1f(this.#location(program, name), value);
    gl.bindFramebuffer(gl.FRAMEBUFFER, target.framebuffer);
    gl.viewport(0, 0, target.width, target.height);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  /** Copies what was drawn (its first texture) into a layer of an array texture of the same size. */
  copyToLayer(from: Target, to: Texture, layer: number): void {
    const { gl } = this;
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, from.framebuffer);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, to.texture);
    gl.copyTexSubImage3D(gl.TEXTURE_2D_ARRAY, 0, 0, 0, layer, 0, 0, from.width, from.height);
  }

  /**
   * The texels of each target, four numbers each, without ever waiting for the GPU on this thread: copies into a pixel
   * buffer, a fence, and a look now and then. A lost context never signals its fence, so every look asks for that too.
   */
  async read(targets: readonly Target[]): Promise<Float32Array<ArrayBuffer>[]> {
    this.assertUsable();
    const { gl } = this;
    const sizes = targets.map(({ width, height }) => width * height * 4);
    const buffer = gl.createBuffer();
    try {
      gl.bindBuffer(gl.PIXEL_PACK_BUFFER, buffer);
      const total = sizes.reduce((sum, size) => sum + size, 0);
      gl.bufferData(gl.PIXEL_PACK_BUFFER, total * 4, gl.STREAM_READ);
      let offset = 0;
      targets.forEach(({ framebuffer, width, height }, at) => {
        gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
        gl.readPixels(0, 0, width, height, gl.RGBA, gl.FLOAT, offset);
        offset += sizes[at] * 4;
      });
      gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
      await this.#finished();
      gl.bindBuffer(gl.PIXEL_PACK_BUFFER, buffer);
      offset = 0;
      return sizes.map((size) => {
        const values = new Float32Array(size);
        gl.getBufferSubData(gl.PIXEL_PACK_BUFFER, offset, values);
        offset += size * 4;
        return values;
      });
    } finally {
      gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
      gl.deleteBuffer(buffer);
    }
  }

  /** The context is lost as if the hardware had gone away: for tests and for the loss drill. */
  simulateLoss(): void {
    this.#loseContext?.loseContext();
  }

  /** Gives the context back. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#programs.clear();
    this.#loseContext?.loseContext();
  }

  async #finished(): Promise<void> {
    const { gl } = this;
    const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
    try {
      for (let poll = 0; ; poll++) {
        this.assertUsable();
        if (fence) {
          const state = gl.clientWaitSync(fence, 0, 0);
          if (state === gl.ALREADY_SIGNALED || state === gl.CONDITION_SATISFIED) return;
        }
        if (poll < EAGER_POLLS) await yieldToEvents();
        else await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    } finally {
      gl.deleteSync(fence);
    }
  }

  #location(program: Program, name: string): WebGLUniformLocation | null {
    let location = program.locations.get(name);
    if (location === undefined) {
      location = this.gl.getUniformLocation(program.program, name);
      program.locations.set(name, location);
    }
    return location;
  }

  #header(): string {
    return `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2D;
precision highp sampler2DArray;
precision highp usampler2D;
const int SHIFT = ${this.shift};
// where number i of a run lies, and which number this fragment makes
ivec2 place(int i) { return ivec2(i & ${(1 << this.shift) - 1}, i >> SHIFT); }
int self() { return int(gl_FragCoord.x) + (int(gl_FragCoord.y) << SHIFT); }
`;
  }

  #fail(): void {
    if (this.#closed || this.#failure) return;
    this.#failure = new AppError('deviceLost', { device: 'webgl' });
    this.#announce(this.#failure);
  }
}
