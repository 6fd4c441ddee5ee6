import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

const SCHEMES = ['light', 'dark'] as const;

interface Look {
  /** Said beside what is found. */
  readonly where?: string;
  /** A selector: what of the page is looked at. */
  readonly within?: string;
}

/**
 * Axe finds nothing to say by WCAG 2.1 AA. Colours are looked at when they have come to rest: an inherited one changes
 * level by level, a frame for each, and deep text still has those of before meanwhile.
 */
export async function expectAccessible(page: Page, { where = '', within }: Look = {}): Promise<void> {
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every(({ playState, effect }) => playState !== 'running' || effect?.getComputedTiming().endTime === Infinity),
  );
  const axe = new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']);
  const { violations } = await (within === undefined ? axe : axe.include(within)).analyze();
  const found = violations.map(({ id, nodes }) => {
    const places = nodes.slice(0, 3).map(({ target }) => target.join(' '));
    return `${where} ${id} ${places.join(' | ')}`.trim();
  });
  expect(found).toEqual([]);
}

/** The same in both themes; without motion. */
export async function expectAccessibleInBoth(page: Page, look: Look = {}): Promise<void> {
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expectAccessible(page, { ...look, where: [look.where, colorScheme].filter(Boolean).join(' in ') });
  }
}
