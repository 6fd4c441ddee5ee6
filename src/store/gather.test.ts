import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { gather } from './gather.ts';

/** A page that can be hidden and shown. */
function fakePage() {
  const listeners: (() => void)[] = [];
  const page = {
    visibilityState: 'visible' as DocumentVisibilityState,
    addEventListener: (_: string, listener: () => void) => void listeners.push(listener),
  };
  const show = (visibilityState: DocumentVisibilityState) => {
    page.visibilityState = visibilityState;
    for (const listener of listeners) listener();
  };
  return { page: page as unknown as Document, show };
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

describe('gather', () => {
  it('shows a single event at once and a burst in two pictures, in order', () => {
    const shown: number[][] = [];
    const { add } = gather<number>((events) => shown.push([...events]), fakePage().page);
    add(1);
    expect(shown).toEqual([[1]]);
    for (const event of [2, 3, 4]) add(event);
    vi.advanceTimersByTime(1000);
    expect(shown).toEqual([[1], [2, 3, 4]]);
    add(5);
    expect(shown).toEqual([[1], [2, 3, 4], [5]]);
  });

  it('shows nothing while the page is hidden and all of it, once, when it is seen again', () => {
    const shown: number[][] = [];
    const { page, show } = fakePage();
    const { add } = gather<number>((events) => shown.push([...events]), page);
    add(0);
    show('hidden');
    for (let event = 1; event <= 600; event++) {
      add(event);
      vi.advanceTimersByTime(250);
    }
    expect(shown).toEqual([[0]]);
    show('visible');
    // what a frozen page had in its queue arrives behind the event
    add(601);
    add(602);
    vi.advanceTimersByTime(1000);
    expect(shown.flat()).toEqual(Array.from({ length: 603 }, (_, event) => event));
    expect(shown.length).toBeLessThanOrEqual(3);
  });

  it('lets go of everything when asked, hidden or not', () => {
    const shown: number[][] = [];
    const { page, show } = fakePage();
    const { add, flush } = gather<number>((events) => shown.push([...events]), page);
    show('hidden');
    add(1);
    flush();
    flush();
    show('visible');
    vi.advanceTimersByTime(1000);
    expect(shown).toEqual([[1]]);
  });
});
