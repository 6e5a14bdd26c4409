import { readFileSync } from 'node:fs';
import type axe from 'axe-core';
import type { Page } from 'playwright-core';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
/** The rules whose result depends on colors. */
const COLOR_RULES = ['color-contrast', 'link-in-text-block'];

interface Check {
  /** A selector of what is checked: the whole page by default. */
  readonly within?: string;
  /** Checks only what can differ from a page that was checked in other colors. */
  readonly onlyColors?: boolean;
}

/** What axe-core finds in light and in dark, of which people cannot use the page. */
export async function seriousViolations(page: Page): Promise<string[]> {
  await page.emulateMedia({ colorScheme: 'light' });
  const inLight = await findViolations(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  const inDark = await findViolations(page, { onlyColors: true });
  await page.emulateMedia({ colorScheme: null });
  return [...inLight.map((found) => `light, ${found}`), ...inDark.map((found) => `dark, ${found}`)];
}

/** What axe-core finds in the page as it is, of which people cannot use it. */
export async function findViolations(
  page: Page,
  { within = ':root', onlyColors = false }: Check = {},
): Promise<string[]> {
  if (await page.evaluate<boolean>('typeof axe === "undefined"')) await page.evaluate(AXE);
  const options: axe.RunOptions = {
    resultTypes: ['violations'],
    selectors: false,
    ...(onlyColors && { runOnly: { type: 'rule', values: COLOR_RULES }, preload: false }),
  };
  const { violations } = await page.evaluate(
    (given) => (globalThis as unknown as { axe: typeof axe }).axe.run(given.within, given.options),
    { within, options },
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
