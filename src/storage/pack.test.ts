import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../base/error.ts';
import { joinBytes } from '../base/join-bytes.ts';
import { pack, unpack } from './pack.ts';

describe('pack', () => {
  it('brings back nested values and every kind of array', () => {
    const value = {
      name: 'Läden 商店',
      list: [1, { inner: new Float32Array([1.5, Number.NaN, -0]) }],
      ids: ['0120735', 'b'],
      bytes: new Uint8Array([1, 2, 3]),
      times: new Float64Array([1e12, Number.NaN]),
      codes: new Uint32Array([0xffffffff]),
      none: null,
    };
    expect(unpack(joinBytes(pack(value, 3)))).toEqual({ version: 3, value });
  });

  it('keeps arrays of arbitrary lengths apart', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }), (arrays) => {
        expect(unpack(joinBytes(pack({ arrays }, 1))).value).toEqual({ arrays });
      }),
    );
  });

  it('refuses damaged files with an AppError and nothing else', () => {
    const whole = joinBytes(pack({ a: new Float32Array(100), b: { c: new Uint32Array(7) } }, 1));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), (at, byte, cut) => {
        const damaged = cut ? whole.slice(0, at) : whole.slice();
        if (!cut) damaged[at] = byte;
        try {
          unpack(damaged);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(AppError);
        }
      }),
    );
  });
});
