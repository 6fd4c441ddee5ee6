import { createElement, startTransition, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand';
import { useCalm } from './use-calm.ts';

interface Ticking {
  readonly ticks: number;
  readonly other: string;
}

const PARTS = 60;
const PART_MS = 1.5;

const newStore = () => createStore<Ticking>(() => ({ ticks: 0, other: '' }));

function tick(store: ReturnType<typeof newStore>): void {
  store.setState(({ ticks }) => ({ ticks: ticks + 1 }));
}

describe('useCalm', () => {
  it('shows what the store holds in the end, and what changed before anybody listened', async () => {
    const store = newStore();
    const Shown = () => createElement('p', null, `${useCalm(store, (state) => state.ticks)}`);
    const home = document.createElement('div');
    const root = createRoot(home);
    root.render(createElement(Shown));
    tick(store);
    await vi.waitFor(() => expect(home.textContent).toBe('1'));
    tick(store);
    tick(store);
    await vi.waitFor(() => expect(home.textContent).toBe('3'));
    root.unmount();
  });

  it('is not drawn again for what is not selected, and follows what is selected otherwise', async () => {
    const store = newStore();
    let drawn = 0;
    let choose: (which: keyof Ticking) => void = () => undefined;
    function Shown() {
      const [which, setWhich] = useState<keyof Ticking>('other');
      choose = setWhich;
      drawn++;
      return createElement('p', null, `${useCalm(store, (state) => state[which])}`);
    }
    const home = document.createElement('div');
    const root = createRoot(home);
    root.render(createElement(Shown));
    await vi.waitFor(() => expect(drawn).toBe(1));
    await new Promise((soon) => setTimeout(soon, 20));
    tick(store);
    await new Promise((soon) => setTimeout(soon, 50));
    expect(drawn).toBe(1);
    choose('ticks');
    await vi.waitFor(() => expect(home.textContent).toBe('1'));
    root.unmount();
  });

  it('lets a page that is drawn in slices be drawn in slices while it changes', async () => {
    const store = newStore();
    const events: ('drawn' | 'tick')[] = [];
    function Part() {
      const ticks = useCalm(store, (state) => state.ticks);
      const begun = performance.now();
      while (performance.now() - begun < PART_MS);
      events.push('drawn');
      return createElement('i', null, ticks);
    }
    let turn: (open: boolean) => void = () => undefined;
    function Page() {
      const [open, setOpen] = useState(false);
      turn = setOpen;
      return open ? Array.from({ length: PARTS }, (_, at) => createElement(Part, { key: at })) : null;
    }
    const home = document.createElement('div');
    const root = createRoot(home);
    root.render(createElement(Page));
    await new Promise((soon) => setTimeout(soon, 20));
    const ticking = setInterval(() => {
      tick(store);
      events.push('tick');
    }, 10);
    startTransition(() => turn(true));
    await vi.waitFor(() => expect(home.children).toHaveLength(PARTS), { timeout: 10_000 });
    clearInterval(ticking);
    // Drawn all at once, as the store's own hook has it, the parts would follow one another without a tick in between.
    const runs = events
      .join(' ')
      .split('tick')
      .map((run) => run.split('drawn').length - 1);
    expect(Math.max(...runs)).toBeLessThan(PARTS);
    await vi.waitFor(() => expect(home.children[PARTS - 1].textContent).toBe(`${store.getState().ticks}`));
    root.unmount();
  });
});
