import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { seriousFindings, shoot, sizes } from './console.js';

/** How every screen is looked at. */
export const everyLook = [
  ['light', 'desktop'],
  ['dark', 'desktop'],
  ['light', 'phone'],
  ['dark', 'phone'],
] as const;

/**
 * Looks at a page as it is now, in both themes, on a desktop and on a phone: axe has no serious finding, and nothing is wider
 * than the screen.
 *
 * @param name  of its pictures
 */
export async function expectFineInEveryLook(page: Page, name: string): Promise<void> {
  for (const [colorScheme, size] of everyLook) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(sizes[size]);
    await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor();
    await shoot(page, `${name}-${colorScheme}-${size}`);
    expect(await seriousFindings(page), `${name} in ${colorScheme} on a ${size}`).toEqual([]);
    const wider = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    await expect
      .poll(() => page.evaluate<number>(wider), {
        timeout: 5_000,
        message: `${name} is wider than a ${size}`,
      })
      .toBeLessThanOrEqual(0);
  }
}
