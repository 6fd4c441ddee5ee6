import { afterEach, expect, it, vi } from 'vitest';
import { expectMemory, MEMORY_CASES } from '../memory-cases.testing.ts';
import { ArenaPool } from './arena-pool.ts';
import { createWasmDevice } from './device.ts';

afterEach(() => vi.restoreAllMocks());

it.each(MEMORY_CASES.map((own) => [own.name, own] as const))('%s takes as much as it says', async (_, own) => {
  const device = await createWasmDevice();
  const arenas = vi.spyOn(ArenaPool.prototype, 'take');
  await expectMemory(own, device, async (starting) => {
    arenas.mockClear();
    await starting();
    expect(arenas).toHaveBeenCalledTimes(1);
    return arenas.mock.calls[0][1];
  });
  device.destroy();
});
