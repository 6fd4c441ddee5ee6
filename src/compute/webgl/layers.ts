import { GROUP } from '../gpu-layout.ts';
import type { GlContext, Target } from './context.ts';

/** Reads the layers of row textures (one target each) back into padded rows, side by side. */
export async function readRows(
  context: GlContext,
  sides: readonly { readonly layers: readonly Target[]; readonly rows: number }[],
): Promise<Float32Array<ArrayBuffer>[]> {
  const texels = await context.read(sides.flatMap(({ layers }) => layers));
  let next = 0;
  return sides.map(({ layers, rows }) => {
    const groups = layers.length;
    const padded = new Float32Array(rows * groups * GROUP);
    for (let v = 0; v < groups; v++) {
      const layer = texels[next++];
      for (let row = 0; row < rows; row++) {
        const at = (row * groups + v) * GROUP;
        for (let c = 0; c < GROUP; c++) padded[at + c] = layer[row * GROUP + c];
      }
    }
    return padded;
  });
}
