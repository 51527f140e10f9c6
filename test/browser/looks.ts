import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { WIDTHS } from './stage.ts';

/** `SCREENSHOTS=docs/screenshots npm run test:browser` writes a picture of every page and message there. */
const SHOTS = process.env.SCREENSHOTS;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

export const LOOKS = [
  ['light', { dark: false, phone: false }],
  ['dark', { dark: true, phone: false }],
  ['phone', { dark: false, phone: true }],
  ['phone-dark', { dark: true, phone: true }],
] as const;

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** What axe finds on a page, with the beginning of each element. */
export async function violationsOf(
  page: Page,
  rules: readonly string[] = [...RULES, 'best-practice'],
): Promise<string[]> {
  // Through the debugger: the policy of the page refuses scripts that are not its own. Once per document.
  if (!(await page.evaluate<boolean>('"axe" in globalThis'))) await page.evaluate(AXE);
  const { violations } = await page.evaluate<{ violations: Violation[] }>(
    `axe.run(document, { runOnly: ${JSON.stringify(rules)} })`,
  );
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

/** Takes the picture of a page, where pictures are asked for. */
export async function takePicture(page: Page, name: string, { fullPage = false } = {}): Promise<void> {
  if (SHOTS === undefined) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage });
}

/** What is wrong with a plain page, one without scripts, in both colours and widths; takes its pictures. */
export async function plainFaults(page: Page, name: string, rules?: readonly string[]): Promise<string[]> {
  const faults: string[] = [];
  for (const [look, { dark, phone }] of LOOKS) {
    await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
    await page.setViewportSize(phone ? WIDTHS.phone : WIDTHS.desktop);
    await takePicture(page, `${name}-${look}`, { fullPage: true });
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    if (width > (page.viewportSize()?.width ?? 0)) faults.push(`${name} in ${look}: ${width} pixels wide`);
    faults.push(...(await violationsOf(page, rules)).map((violation) => `${name} in ${look}: ${violation}`));
  }
  return faults;
}
