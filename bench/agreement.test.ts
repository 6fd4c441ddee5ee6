import { describe, expect, it } from 'vitest';
import { type ListedItem, sameUpToTies } from './agreement.ts';

const list = (text: string): ListedItem[] =>
  text.split(' ').map((part) => {
    const [item, score] = part.split(':');
    return { item, score: Number(score) };
  });
const same = (a: string, b: string) => sameUpToTies(list(a), list(b), { count: 2, tie: 0.01 });

describe('lists that agree', () => {
  it('may differ in order and in what stands below', () => {
    expect(same('a:0.9 b:0.8 c:0.1', 'b:0.9 a:0.8 d:0.3')).toBe(true);
  });

  it('may differ by a tie', () => {
    expect(same('a:0.9 b:0.5 c:0.495', 'a:0.9 c:0.5 b:0.498')).toBe(true);
  });

  it('may not differ by more, nor by what one of them does not hold', () => {
    expect(same('a:0.9 b:0.5 c:0.4', 'a:0.9 c:0.5 b:0.498')).toBe(false);
    expect(same('a:0.9 c:0.5 b:0.498', 'a:0.9 b:0.5 c:0.4')).toBe(false);
    expect(same('a:0.9 b:0.5 d:0.5', 'a:0.9 c:0.5 b:0.5')).toBe(false);
  });
});
