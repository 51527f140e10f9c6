import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SAMPLE_ANNOUNCEMENTS } from '#apps/local/sample/announcements.ts';
import { mailHtml } from '#shared/plugins/notifiers/common/mail/mail-html.ts';
import { mailOf } from '#shared/plugins/notifiers/common/mail/mail-of.ts';
import { BROWSER, WIDTHS } from './stage.ts';

/** `SCREENSHOTS=docs/screenshots npm run test:browser` writes a picture of every mail there. */
const SHOTS = process.env.SCREENSHOTS;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const LOOKS = [
  ['light', false, false],
  ['dark', true, false],
  ['phone', false, true],
  ['phone-dark', true, true],
] as const;

const mails = SAMPLE_ANNOUNCEMENTS.flatMap(({ title, announcement }) => {
  const mail = mailOf(announcement);
  return mail === null ? [] : [{ title, html: mailHtml(mail, announcement) }];
});

let browser: Browser;
beforeAll(async () => {
  browser = await chromium.launch({ executablePath: BROWSER, args: ['--no-sandbox'] });
});
afterAll(() => browser?.close());

it.each(mails)('the mail "$title" is readable in both colours, on a desk and on a phone', async ({ title, html }) => {
  const name = title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const page = await browser.newPage();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.setContent(html);
  await page.evaluate(AXE);
  for (const [look, dark, phone] of LOOKS) {
    await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
    await page.setViewportSize(phone ? WIDTHS.phone : WIDTHS.desktop);
    if (SHOTS !== undefined) {
      mkdirSync(SHOTS, { recursive: true });
      await page.screenshot({ path: join(SHOTS, `mail-${name}-${look}.png`), fullPage: true });
    }
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    expect(width, look).toBeLessThanOrEqual(page.viewportSize()?.width ?? 0);
    const { violations } = await page.evaluate<{ violations: { id: string }[] }>(
      'axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"] })',
    );
    expect(
      violations.map(({ id }) => id),
      look,
    ).toEqual([]);
  }
  // A mail loads nothing: no picture that tells who opened it, no script, no style of another place.
  expect(asked).toEqual([]);
  await page.close();
});
