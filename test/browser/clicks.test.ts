import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signIn } from '#lab/drills/approvals.ts';
import { sampleConfiguration } from '#test/e2e/support/assemblies.ts';
import { type DashboardStage, LOCAL, openDashboard, settled } from './stage.ts';

let dashboard: DashboardStage;
/** Addresses of incidents that wait for a person; a test that ends one takes one of its own. */
let incidents: string[];

beforeAll(async () => {
  const { github } = sampleConfiguration();
  dashboard = await openDashboard({ configuration: { github: { ...github, defaultMode: 'suggest' } } });
  const { samples } = dashboard.stage.world;
  await samples.failRun('regression', { rerunMs: 500 }).delivered;
  samples.fireAlarm('ledger');
  await settled(dashboard, 2);
  const { page, context } = await dashboard.open('/incidents');
  const rows = page.getByRole('list', { name: 'Incidents' }).getByRole('link');
  await rows.nth(1).waitFor();
  const all = await rows.evaluateAll((links) =>
    links.map((link) => ({ to: link.getAttribute('href') ?? '', words: link.textContent ?? '' })),
  );
  const ofRuns = all.filter(({ words }) => !words.includes('ledger'));
  incidents = [...ofRuns, ...all.filter((one) => !ofRuns.includes(one))].map(({ to }) => to);
  await context.close();
});

afterAll(() => dashboard?.close());

const button = (page: Page, name: string) =>
  page.getByRole('region', { name: 'Actions' }).getByRole('button', { name, exact: true });

/** Opens the dialog behind a button, fills its fields, and sends it. */
async function order(page: Page, name: string, verb: string, fields: Readonly<Record<string, string>> = {}) {
  await button(page, name).click();
  const dialog = page.getByRole('dialog');
  for (const [label, value] of Object.entries(fields)) {
    const field = dialog.getByLabel(label);
    if ((await field.evaluate(({ tagName }) => tagName)) === 'SELECT') await field.selectOption(value);
    else await field.fill(value);
  }
  await dialog.getByRole('button', { name: verb, exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
}

/** How often a sentence is in the audit trail that the page shows. */
async function trailed(page: Page, words: string | RegExp): Promise<number> {
  await page.reload();
  await page.getByRole('region', { name: 'Actions' }).waitFor();
  await page.getByText(words).first().waitFor({ state: 'attached' });
  return await page.locator('.trail li').filter({ hasText: words }).count();
}

async function closed(context: BrowserContext, problems: readonly string[]): Promise<void> {
  expect(problems).toEqual([]);
  await context.close();
}

describe('the buttons of an incident', () => {
  it('acknowledge it, assign it, take a note, and copy its link', async () => {
    const { page, context, problems } = await dashboard.open(incidents[0] ?? '');
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await order(page, 'Acknowledge', 'Acknowledge');
    await button(page, 'Acknowledge').waitFor({ state: 'detached' });
    await order(page, 'Assign', 'Assign', { Person: 'octo-dana' });
    await button(page, 'Reassign').waitFor();
    await order(page, 'Add a note', 'Save', { Note: 'The cache is <b>full</b>.' });
    await page.getByText('The cache is <b>full</b>.').first().waitFor();
    expect(await page.locator('main b').count()).toBe(0);
    await button(page, 'Copy link').click();
    await page.getByText('The link is copied.').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(page.url());
    expect(await trailed(page, `${LOCAL.email} acknowledged it.`)).toBe(1);
    expect(await trailed(page, `${LOCAL.email} changed assignee.`)).toBe(1);
    await closed(context, problems);
  });

  it('correct its class and judge what was done', async () => {
    const { page, context, problems } = await dashboard.open(incidents[0] ?? '');
    await order(page, 'Wrong class', 'Save', { Class: 'storage_issues' });
    await order(page, 'Wrong verdict', 'Save', { 'Your verdict': 'no', 'Why (optional)': 'It was the disk.' });
    expect(await trailed(page, `${LOCAL.email} said the actions were wrong.`)).toBe(1);
    await closed(context, problems);
  });

  it('ask for the failed jobs again once, as an incident of its own', async () => {
    const before = dashboard.stage.runtime.executions().length;
    const { page, context, problems } = await dashboard.open(incidents[0] ?? '');
    await button(page, 'Re-run failed jobs').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Why').fill('The registry is back.');
    await dialog.getByRole('button', { name: 'Run again', exact: true }).dblclick();
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => dashboard.stage.runtime.executions().length).toBe(before + 1);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(dashboard.stage.runtime.executions()).toHaveLength(before + 1);
    await closed(context, problems);
  });

  it('tell the second of two browsers that somebody was first, save nothing of theirs, and go on after a look', async () => {
    const first = await dashboard.open(incidents[0] ?? '');
    const second = await dashboard.open(incidents[0] ?? '');
    for (const { page } of [first, second]) await button(page, 'Edit the note').click();
    await first.page.getByRole('dialog').getByLabel('Note').fill('From the first.');
    await first.page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
    await first.page.getByRole('dialog').waitFor({ state: 'detached' });
    const dialog = second.page.getByRole('dialog');
    await dialog.getByLabel('Note').fill('From the second.');
    // The page may have heard of it by itself, which disables the button.
    await dialog
      .getByRole('button', { name: 'Save', exact: true })
      .click({ timeout: 5_000 })
      .catch(() => undefined);
    await dialog.getByText('It was changed meanwhile').waitFor();
    await expect
      .poll(() => dialog.getByRole('alert').innerText())
      .toMatch(/changed notes\..*Nothing of yours was saved\./s);
    await dialog.getByRole('button', { name: 'Show what it is now' }).click();
    await dialog.waitFor({ state: 'detached' });
    await second.page.getByText('From the first.').first().waitFor();
    expect(await second.page.getByText('From the second.').count()).toBe(0);
    await order(second.page, 'Edit the note', 'Save', { Note: 'From both.' });
    await second.page.getByText('From both.').first().waitFor();
    await first.context.close();
    await second.context.close();
  });

  it('end it with what helped, or as a false positive, after which neither is offered', async () => {
    const { page, context, problems } = await dashboard.open(incidents[1] ?? '');
    await order(page, 'Resolve', 'Resolve', {
      'What helped': 'Reverted the change.',
      'Minutes of work (optional)': '12',
    });
    await button(page, 'Resolve').waitFor({ state: 'detached' });
    expect(await trailed(page, /ended it and reported as helpful, after 12 minutes: Reverted the change\./)).toBe(1);
    await page.goto(`${dashboard.url}${incidents[0]}`);
    await order(page, 'False positive', 'End as false positive', { Why: 'It was an exercise.' });
    await button(page, 'False positive').waitFor({ state: 'detached' });
    expect(await trailed(page, /called it a false alarm: It was an exercise\./)).toBe(1);
    await closed(context, problems);
  });
});

describe('Keys and people', () => {
  it('create a key that works, shown once, and revoke it, after which it is refused', async () => {
    const { page, context, problems } = await dashboard.open('/access');
    await page.getByRole('button', { name: 'Create a key' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('build of acme/shop');
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    const key = await dialog.locator('.new-key').innerText();
    const asks = async () =>
      (await fetch(`${dashboard.url}/api/incidents`, { headers: { authorization: `Bearer ${key}` } })).status;
    expect(await asks()).toBe(200);
    await dialog.getByRole('button', { name: 'Done' }).click();
    expect(await page.getByText(key).count()).toBe(0);
    await page.getByRole('button', { name: 'Revoke build of acme/shop' }).click();
    await dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByText(/revoked by/).waitFor();
    // The API remembers an accepted key for some seconds.
    await expect.poll(asks, { interval: 1_000 }).toBe(401);
    await closed(context, problems);
  });

  it("link a person's GitHub login, or say who has to", async () => {
    const { page, context, problems } = await dashboard.open('/access');
    const field = page.getByLabel(/^GitHub login of /).first();
    await field.fill('octo-dana');
    const row = page.getByRole('row').filter({ has: field });
    await row.getByRole('button', { name: 'Link', exact: true }).click();
    // Nobody links themselves: the answer names who can.
    await row.getByRole('alert').waitFor();
    expect(await row.getByRole('alert').innerText()).toMatch(/another administrator/i);
    await closed(context, problems);
  });
});

describe('another person', () => {
  const GRACE = { email: 'grace@example.com', password: `Correct-${'horse'}-9` };

  it('is linked to a GitHub account by an administrator, which stays and is taken back, and keeps their own name', async () => {
    await dashboard.stage.runtime.createUser('grace', GRACE.email, GRACE.password, ['approver']);
    const token = await signIn(dashboard.stage, GRACE.email, GRACE.password);
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${dashboard.url}/api/incidents`, { headers })).status).toBe(200);
    const { page, context, problems } = await dashboard.open('/access');
    const field = page.getByLabel(`GitHub login of ${GRACE.email}`);
    const row = page.getByRole('row').filter({ has: field });
    await field.waitFor();
    const own = page.getByLabel(`GitHub login of ${LOCAL.email}`);
    const ownBefore = await own.inputValue();
    await field.fill('octo-grace');
    await row.getByRole('button', { name: 'Link', exact: true }).click();
    // Nothing is left to save once it is stored.
    await row.getByRole('button').waitFor({ state: 'detached' });
    expect(await row.getByRole('alert').count()).toBe(0);
    await page.reload();
    await field.waitFor();
    expect(await field.inputValue()).toBe('octo-grace');
    if (process.env.SCREENSHOTS !== undefined)
      await page.screenshot({ path: `${process.env.SCREENSHOTS}/people.png`, fullPage: true });
    expect(await own.inputValue()).toBe(ownBefore);
    await field.fill('not a login');
    await row.getByRole('button', { name: 'Link', exact: true }).click();
    await row.getByRole('alert').waitFor();
    expect(await row.getByRole('alert').innerText()).toMatch(/login/i);
    await field.fill('');
    await row.getByRole('button', { name: 'Unlink', exact: true }).click();
    await row.getByRole('button').waitFor({ state: 'detached' });
    await page.reload();
    await field.waitFor();
    expect(await field.inputValue()).toBe('');
    await closed(context, problems);
  });
});

describe('a deployment while a page is open', () => {
  it('reloads once where a file of the pages is gone, and shows what was asked for', async () => {
    const { page, context, problems } = await dashboard.open('/');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    let refused = 0;
    await page.route('**/assets/knowledge*.js', async (route) => {
      refused += 1;
      if (refused === 1) await route.fulfill({ status: 404, body: 'gone' });
      else await route.continue();
    });
    await page.getByRole('navigation').first().getByRole('link', { name: 'Knowledge' }).click();
    await page.getByRole('heading', { name: 'Knowledge', exact: true }).waitFor();
    expect(refused).toBe(2);
    expect(new URL(page.url()).pathname).toBe('/knowledge');
    await closed(context, problems);
  });

  it('keeps the frame, says what is wrong, and reloads no second time where the file stays away', async () => {
    const { page, context } = await dashboard.open('/');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    let loads = 0;
    page.on('load', () => {
      loads += 1;
    });
    await page.route('**/assets/knowledge*.js', (route) => route.fulfill({ status: 404, body: 'gone' }));
    await page.getByRole('navigation').first().getByRole('link', { name: 'Knowledge' }).click();
    await page.getByRole('alert').first().waitFor();
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(loads).toBeLessThanOrEqual(1);
    await page.getByRole('navigation').first().getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await context.close();
  });
});
