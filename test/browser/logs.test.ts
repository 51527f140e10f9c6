import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SourceLine } from '#apps/cli/forward/log-source.ts';
import { makeOtlpSender } from '#apps/cli/forward/otlp-sender.ts';
import { logicalIdOf } from '#test/e2e/support/template.ts';
import { HOUR, MINUTE, START, usualLines } from '#test/unit/domain/log-watch/made-log.ts';
import { type DashboardStage, LOCAL, openDashboard } from './stage.ts';

const LEARNED_HOURS = 26;
let dashboard: DashboardStage;
let send: (lines: readonly Omit<SourceLine, 'service'>[]) => Promise<void>;

beforeAll(async () => {
  dashboard = await openDashboard();
  const { url } = dashboard;
  const post = async (path: string, body: unknown, token: string | null) => {
    const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
    const headers = { 'content-type': 'application/json', ...authorization };
    const response = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await response.json()) as { token: string; text: string };
  };
  const { token } = await post('/api/auth/login', { user: LOCAL.name, password: LOCAL.password }, null);
  const expiresAt = new Date(Date.now() + 24 * HOUR).toISOString();
  const key = await post('/api/keys', { name: 'shipper', roles: ['operator'], expiresAt }, token);
  const sender = makeOtlpSender({
    base: url,
    token: async () => key.text,
    service: 'orders',
    now: Date.now,
    pause: async () => {},
    say: () => {},
  });
  send = async (lines) => await sender.send(lines.map((line) => ({ service: null, ...line })));
});

afterAll(async () => await dashboard?.close());

/** The schedule of the function that judges logs fires, as it does once a minute, until the page shows what it found. */
async function judgedUntil(shown: Locator): Promise<void> {
  const { stage } = dashboard;
  const look = async () => {
    await stage.runtime.schedules.trigger(logicalIdOf(stage, 'log-watch'));
    return await shown.count();
  };
  await expect.poll(look, { interval: 1_000 }).toBeGreaterThan(0);
}

it('[D34] the page Logs follows what a service sends, and says what is unusual about it and why', async () => {
  const { page, problems, context } = await dashboard.open('/logs');
  await page.getByText('No service sends its log').waitFor();
  const end = Date.now();
  for (let hour = LEARNED_HOURS; hour > 0; hour -= 1)
    await send(
      Array.from({ length: 60 }, (_, minute) => {
        const at = end - hour * HOUR + minute * MINUTE;
        return usualLines(Math.floor((at - START) / MINUTE)).map((text) => ({ at, text }));
      }).flat(),
    );
  await judgedUntil(page.getByText("Nothing unusual against the service's own past."));
  expect(await page.getByLabel('Service').inputValue()).toBe('orders');

  const attributes = { 'host.name': 'till-7' };
  await send([{ at: Date.now(), text: 'INFO <b>a line</b> that comes while one looks', attributes }]);
  await page.getByText('INFO <b>a line</b> that comes while one looks').first().waitFor();
  await page.locator('.logs-line').getByText('host.name=till-7').waitFor();
  const fault = Array.from({ length: 12 }, (_, n) => ({
    at: Date.now(),
    text: `ERROR connection to 10.0.0.${n}:5432 refused`,
  }));
  await send(fault);
  const unusual = page.getByRole('list', { name: 'Unusual' });
  await judgedUntil(unusual.getByText(/12 times in 5 minutes: ERROR connection|1\d errors in \d+ minutes, usually/));
  await page
    .getByRole('cell', { name: /connection to .* refused/ })
    .first()
    .waitFor();
  const counted = page.getByRole('table', { name: 'Lines by level in windows of five minutes' });
  // Of the errors that are usual, one or two may fall into the same window.
  await expect.poll(() => counted.innerText()).toMatch(/\t1[2-6]\t0\t/);

  await page.getByLabel('Lines', { exact: true }).selectOption('Errors');
  await page.getByText('INFO <b>a line</b>').waitFor({ state: 'detached' });
  await expect.poll(() => page.locator('.logs-line').count()).toBeGreaterThanOrEqual(12);
  await unusual.getByRole('link', { name: 'Incident' }).first().click();
  await page.getByRole('heading', { level: 1 }).filter({ hasText: 'orders' }).waitFor();
  expect(problems).toEqual([]);
  await context.close();

  const phone = await dashboard.open('/logs', { phone: true });
  await phone.page.getByRole('heading', { name: 'Live tail' }).waitFor();
  await phone.page.locator('.logs-line').first().waitFor();
  await phone.page.getByRole('list', { name: 'Unusual' }).getByRole('link', { name: 'Incident' }).first().waitFor();
  await phone.page
    .getByRole('cell', { name: /connection to .* refused/ })
    .first()
    .waitFor();
  const overflow = await phone.page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
  expect(overflow).toBeLessThanOrEqual(0);
  if (process.env.LOGS_PICTURE !== undefined) {
    await phone.page.screenshot({ path: `${process.env.LOGS_PICTURE}-phone.png`, fullPage: true });
    const wide = await dashboard.open('/logs', { dark: true });
    await wide.page.locator('.logs-line').first().waitFor();
    await wide.page.waitForTimeout(1_500);
    await wide.page.screenshot({ path: `${process.env.LOGS_PICTURE}-desktop.png`, fullPage: true });
  }
  await phone.context.close();
});
