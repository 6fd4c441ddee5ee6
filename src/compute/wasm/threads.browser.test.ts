import { describe, expect, it } from 'vitest';
import { yieldToEvents } from '../../base/progress.ts';
import { createRandom } from '../../base/random.ts';
import { type ComputeDevice, type SampledDescent, type StochasticDescent, TOLERANCE } from '../device.ts';
import { parityCases } from '../parity-cases.ts';
import {
  explicitProblem,
  implicitProblem,
  positiveDefinite,
  type Shape,
  sampledProblem,
  stochasticProblem,
} from '../parity-problems.ts';
import { createReferenceDevice } from '../reference/device.ts';
import { ArenaPlan, doublesAt, floatsAt, wordsAt } from './arena.ts';
import { ArenaPool } from './arena-pool.ts';
import { createWasmDevice, detectWasm } from './device.ts';
import { loadModule } from './load.ts';
import { hasFusedMultiplyAdd } from './support.ts';
import { helpers } from './threads.ts';
import { Workspace } from './workspace.ts';

/** Enough rows for many chunks, very uneven, some empty. */
const large: Shape = { users: 3000, items: 900, length: (u) => (u % 11 === 0 ? 0 : u % 97 === 1 ? 800 : 5 + (u % 60)) };

const normals = (length: number) => {
  const random = createRandom(1);
  return random.normals(length);
};

/** Every number the operations give, as text: cheaper to compare than deep equality. */
async function everything(device: ComputeDevice): Promise<string> {
  const explicit = await device.explicitDescent(explicitProblem(large, 18));
  const implicit = await device.implicitDescent(implicitProblem(large, 12));
  const results: unknown[] = [];
  const sampled = (await device.sampledDescent?.(sampledProblem(large, 18))) as SampledDescent;
  const priors = { means: new Float32Array(19), precisions: new Float32Array(19).fill(2) };
  const stochastic = (await device.stochasticDescent?.(stochasticProblem(large, 18))) as StochasticDescent;
  for (let sweep = 0; sweep < 3; sweep++) {
    results.push(await explicit.sweep(), await implicit.sweep(), await stochastic.sweep());
    for (const side of ['user', 'item'] as const) results.push(await sampled.draw(side, priors, 1, sweep));
  }
  results.push(await sampled.factors(), await stochastic.factors());
  sampled.destroy();
  stochastic.destroy();
  const { userFactors: queries, itemFactors: keys } = await implicit.factors();
  results.push(await explicit.factors(), await implicit.factors());
  results.push(await device.topK({ queries, keys, factors: 12, count: 10 }));
  results.push(await device.dots(queries.subarray(0, 12 * 200), keys, 12));
  results.push(await device.invert({ matrix: positiveDefinite(300), size: 300 }));
  const held = await device.holdMatrix({ data: normals(900 * 40), columns: 40 });
  results.push(await held.timesSparse(implicitProblem(large, 12).byUser));
  held.destroy();
  explicit.destroy();
  implicit.destroy();
  return JSON.stringify(results);
}

describe('WASM threads', () => {
  it('are found on an isolated page', async () => {
    expect(globalThis.crossOriginIsolated).toBe(true);
    const finding = await detectWasm({ threads: 2 });
    expect(finding).toMatchObject({ state: 'available', detail: '', info: { threads: 2 } });
  });

  it('give the same bits, however many', async () => {
    const alone = await createWasmDevice({ threads: 1 });
    const expected = await everything(alone);
    alone.destroy();
    for (const threads of [2, 3]) {
      const device = await createWasmDevice({ threads });
      expect(device.info.threads).toBe(threads);
      // repeated, because every run hands the chunks out differently
      for (let run = 0; run < 2; run++) expect((await everything(device)) === expected).toBe(true);
      device.destroy();
    }
  });

  it('really share the work', async () => {
    const workers = await helpers(1);
    const engine = {
      module: await loadModule('shared'),
      shared: true,
      workers,
      helping: { on: true },
      arenas: new ArenaPool(),
    };
    const plan = new ArenaPlan();
    const [rows, stride, chunks] = [64_000, 16, 500];
    const factors = plan.words(rows * stride);
    const partials = plan.doubles(chunks * stride * stride);
    const task = plan.words(5);
    const workspace = new Workspace(engine, plan, 0);
    floatsAt(workspace.memory, factors, rows * stride).fill(1);
    wordsAt(workspace.memory, task, 5).set([factors, rows, stride, rows / chunks, partials]);
    // a helper may miss calls for as long as the machine has no turn for it
    const end = performance.now() + 30_000;
    while (workspace.helped === 0 && performance.now() < end) {
      workspace.run((phase) => phase('gramRows', task, chunks));
      await yieldToEvents();
    }
    expect(workspace.helped).toBeGreaterThan(0);
    const sums = doublesAt(workspace.memory, partials, chunks * stride * stride);
    for (let chunk = 0; chunk < chunks; chunk++) expect(sums[chunk * stride * stride]).toBe(rows / chunks);
    workspace.destroy();
  });

  it('answer as often as they are asked: memory that workers know is used again', async () => {
    const device = await createWasmDevice({ threads: 2 });
    const keys = normals(600);
    const request = { queries: keys.subarray(0, 60), keys, factors: 6, count: 5 };
    const expected = await device.topK(request);
    // a fresh shared memory each time would use up the addresses after some 120
    for (let call = 0; call < 300; call++) {
      const { indices, scores } = await device.topK(request);
      if (call % 50 === 0) expect({ indices, scores }).toEqual(expected);
    }
    device.destroy();
  });

  it.each([false, true])('agree with the reference device, fused multiply–add: %s', async (fused) => {
    expect(hasFusedMultiplyAdd()).toBe(true);
    const device = await createWasmDevice({ threads: 3, fused });
    const reference = createReferenceDevice();
    for (const { name, difference } of parityCases()) {
      expect(await difference(device, reference), name).toBeLessThanOrEqual(TOLERANCE.kernel);
    }
    device.destroy();
  });
});
