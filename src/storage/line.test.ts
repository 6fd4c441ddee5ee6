import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AppError } from '../base/error.ts';
import { type KeptLine, type KeptRequest, packLine, unpackLine } from './line.ts';

const request: KeptRequest = { model: 'mf', preset: 'balanced', settings: { 'taste.factors': 8 }, seed: 1 };
const line: KeptLine<KeptRequest> = {
  ratings: 123,
  tries: 1,
  runs: [
    { id: 'run-2', request },
    { id: 'run-1', request: { ...request, model: 'neumf', preset: 'quick', settings: {} }, within: 30 },
    { id: 'run-3', request: { ...request, privacy: { fewest: 5, most: 50 } } },
    {
      id: 'run-4',
      request: { ...request, model: 'itemNeighbours', settings: { 'choice.measure': 'jaccard', 'choice.k': 7 } },
    },
  ],
};

it('comes back as it went, in its order', () => {
  expect(unpackLine(packLine(line))).toEqual(line);
});

it('refuses what no page wrote', () => {
  const spoilt: object[] = [
    { ...line, tries: 0.5 },
    { ...line, ratings: 'x' },
    { ...line, runs: null },
    { ...line, runs: [{ id: 7, request }] },
    { ...line, runs: [line.runs[0], line.runs[0]] },
    { ...line, runs: [{ id: 'a', request: { ...request, model: 'oracle' } }] },
    { ...line, runs: [{ id: 'a', request: { ...request, preset: 'huge' } }] },
    { ...line, runs: [{ id: 'a', request: { ...request, settings: { factors: 'many' } } }] },
    { ...line, runs: [{ id: 'a', request: { ...request, settings: null } }] },
    { ...line, runs: [{ id: 'a', request: { ...request, settings: { 'choice.measure': 'oracle' } } }] },
    { ...line, runs: [{ id: 'a', request: { ...request, settings: { 'choice.measure': 1 } } }] },
    { ...line, runs: [{ id: 'a', request: { ...request, settings: { 'choice.k': 'jaccard' } } }] },
    { ...line, runs: [{ id: 'a', request: { ...request, privacy: { fewest: -1, most: null } } }] },
    { ...line, runs: [{ id: 'a', request: { ...request, privacy: 5 } }] },
    { ...line, runs: [{ id: 'a' }] },
    { ...line, runs: [{ id: 'a', request, within: 'soon' }] },
  ];
  for (const one of spoilt) {
    expect(() => unpackLine(packLine(one as KeptLine<KeptRequest>)), JSON.stringify(one)).toThrow(AppError);
  }
});

it('never throws anything but projectDamaged for a file cut short or changed', () => {
  const whole = packLine(line);
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), (at, byte, cut) => {
      const bytes = cut ? whole.slice(0, at) : whole.slice();
      if (!cut) bytes[at] = byte;
      try {
        unpackLine(bytes);
      } catch (thrown) {
        expect((thrown as AppError).code).toBe('projectDamaged');
      }
    }),
  );
});
