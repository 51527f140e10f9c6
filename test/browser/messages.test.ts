import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { channelLookPage, LOOK_IDS } from '#apps/local/message-looks.ts';
import { SAMPLE_ANNOUNCEMENTS } from '#apps/local/sample/announcements.ts';
import { mailHtml } from '#shared/plugins/notifiers/common/mail/mail-html.ts';
import { mailOf } from '#shared/plugins/notifiers/common/mail/mail-of.ts';
import { plainFaults } from './looks.ts';
import { BROWSER } from './stage.ts';

/** A mail has neither landmarks nor a heading of a site. */
const MAIL_RULES = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'];

const mails = SAMPLE_ANNOUNCEMENTS.flatMap(({ title, announcement }) => {
  const mail = mailOf(announcement);
  return mail === null ? [] : [{ title, html: mailHtml(mail, announcement) }];
});

let browser: Browser;
beforeAll(async () => {
  browser = await chromium.launch({ executablePath: BROWSER, args: ['--no-sandbox'] });
});
afterAll(() => browser?.close());

/** A window with a document, and what it asked for. */
async function shown(html: string) {
  const page = await browser.newPage();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.setContent(html);
  return { page, asked };
}

it.each(mails)('the mail "$title" is readable in both colours, on a desk and on a phone', async ({ title, html }) => {
  const { page, asked } = await shown(html);
  const name = `mail-${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;
  expect(await plainFaults(page, name, MAIL_RULES)).toEqual([]);
  // A mail loads nothing: no picture that tells who opened it, no script, no style of another place.
  expect(asked).toEqual([]);
  await page.close();
});

it.each(LOOK_IDS)('the messages of %s are readable in both colours, on a desk and on a phone', async (id) => {
  const { page, asked } = await shown((await channelLookPage(id)) ?? '');
  expect(await page.locator('article').count()).toBeGreaterThanOrEqual(2);
  // Markup in a log is words.
  expect(await page.locator('article b, article img').count()).toBe(0);
  expect(await plainFaults(page, `messages-${id}`)).toEqual([]);
  expect(asked).toEqual([]);
  await page.close();
});
