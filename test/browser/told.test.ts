import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signIn } from '#lab/drills/approvals.ts';
import { sampleConfiguration } from '#test/e2e/support/assemblies.ts';
import { LOOKS, plainFaults, takePicture, violationsOf } from './looks.ts';
import { type DashboardStage, LOCAL, openDashboard, settled, WIDTHS } from './stage.ts';

const VIEWER = { id: 'U0VIEWER', name: 'viewer', email: 'viewer@example.com', password: `Correct-${'horse'}-8` };

let dashboard: DashboardStage;
let token: string;

/** A request of the local user; the answer's JSON. */
async function api<T>(path: string, body?: object): Promise<T> {
  const response = await fetch(`${dashboard.url}/api${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(response.ok, `${path}: ${response.status}`).toBe(true);
  return (await response.json()) as T;
}

beforeAll(async () => {
  dashboard = await openDashboard({
    configuration: { policy: { ...sampleConfiguration().policy, approvalRequiredRisks: ['low', 'medium', 'high'] } },
  });
  const { runtime, world } = dashboard.stage;
  token = await signIn(dashboard.stage, LOCAL.email, LOCAL.password);
  await api('/incidents');
  // Somebody whom Selfheal knows and who may decide nothing.
  await runtime.createUser(VIEWER.name, VIEWER.email, VIEWER.password, ['viewer']);
  const viewer = await signIn(dashboard.stage, VIEWER.email, VIEWER.password);
  await fetch(`${dashboard.url}/api/incidents`, { headers: { authorization: `Bearer ${viewer}` } });
  world.slack.addPerson(VIEWER);
});

afterAll(() => dashboard?.close());

/** Faults of a page of the dashboard in both colours and widths; takes its pictures. */
async function faultsOf(page: Page, name: string): Promise<string[]> {
  const faults: string[] = [];
  for (const [look, { dark, phone }] of LOOKS) {
    await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce' });
    await page.setViewportSize(phone ? WIDTHS.phone : WIDTHS.desktop);
    await page.locator(`html[data-mantine-color-scheme="${dark ? 'dark' : 'light'}"]`).waitFor();
    await takePicture(page, `${name}-${look}`);
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    if (width > (page.viewportSize()?.width ?? 0)) faults.push(`${name} in ${look}: ${width} pixels wide`);
    faults.push(...(await violationsOf(page)).map((violation) => `${name} in ${look}: ${violation}`));
  }
  return faults;
}

describe('the local Slack in a browser', () => {
  it('shows who may not decide why, lets decide who may, and edits its message in place', async () => {
    const { world } = dashboard.stage;
    const run = world.samples.failRun('transient', { rerunMs: 200 });
    await run.delivered;
    await settled(dashboard, 1, 1);
    const reruns = () => world.journal.count('github.run.rerun', `${run.repository}/runs/${run.runId}`);
    const { page, context, problems } = await dashboard.open('/slack');
    const thread = page.locator('article').first();
    /** Opens a button's confirmation, and presses it as somebody. */
    const press = async (verb: string, who: string) => {
      const button = thread.locator('details').filter({ has: page.locator('summary', { hasText: verb }) });
      await button.locator('summary').click();
      await button.locator('select').selectOption({ label: who });
      await button.getByRole('button', { name: verb, exact: true }).click();
    };

    await press('Approve', VIEWER.name);
    await thread.getByText('Only viewer sees this').waitFor();
    await thread.getByText(/Your roles do not allow it/).waitFor();
    await press('Approve', 'somebody who never signed in');
    await thread.getByText(/Nobody with the address guest@example\.com has signed in/).waitFor();
    expect(reruns()).toBe(0);
    expect(await plainFaults(page, 'slack-asked')).toEqual([]);

    await press('Approve', 'you');
    await thread.getByText('Approved. Selfheal continues.').waitFor();
    await settled(dashboard, 1);
    await page.reload();
    await thread.getByText(/edited \d+ times?/).waitFor();
    expect(await thread.locator('details').count()).toBe(0);
    expect(reruns()).toBe(1);
    expect(await plainFaults(page, 'slack-healed')).toEqual([]);
    expect(problems).toEqual([]);
    await context.close();
  });
});

/** Each try of a test has one of its own. */
let connections = 0;
describe('the page Events', () => {
  it('says why each of what came in opened no incident, finds it by its words, and plays it again', async () => {
    const { page, context, problems } = await dashboard.open('/events?days=1');
    connections += 1;
    const { url } = await api<{ url: string }>('/connections/webhooks', {
      id: `watched-${connections}`,
      source: 'alertmanager',
      scheme: 'path',
    });
    const sample = (name: string) =>
      readFileSync(join(import.meta.dirname, `../../events/alertmanager/${name}.json`), 'utf8');
    const before = dashboard.stage.runtime.executions().length;
    const post = async (body: string) => expect((await fetch(url, { method: 'POST', body })).status).toBe(202);
    await post(sample('two-alerts-firing'));
    await settled(dashboard, before + 1);
    await post(sample('two-alerts-firing'));
    await post('{ not json');
    await page.reload();
    const rows = page.getByRole('list', { name: 'Events' }).getByRole('listitem');
    await expect.poll(async () => await rows.count()).toBeGreaterThan(1);
    await rows.filter({ hasText: 'The body was not JSON in UTF-8' }).first().waitFor();
    const repeated = rows.filter({ hasText: 'The same report had been dealt with before.' }).first();
    await repeated.waitFor();
    const [chip, words] = await Promise.all([
      repeated.locator('.chip').first().boundingBox(),
      repeated.locator('.row-words').boundingBox(),
    ]);
    expect((chip?.x ?? 0) + (chip?.width ?? 0)).toBeLessThanOrEqual(words?.x ?? 0);
    await repeated.locator('summary').click();
    expect(await faultsOf(page, 'events')).toEqual([]);
    await page.setViewportSize(WIDTHS.desktop);
    await repeated.getByRole('button', { name: 'Replay' }).click();
    await repeated.getByText('It is on the intake queue again.').waitFor();
    await page.getByLabel('Search these events').fill('no such alarm');
    await page.getByText('No event of that time has these words.').waitFor();
    expect(problems).toEqual([]);
    await context.close();
  });
});

describe('the draft of a post-mortem', () => {
  it('is read in a dialog, copied as Markdown and saved as a file', async () => {
    const before = dashboard.stage.runtime.executions().length;
    await dashboard.stage.world.samples.failRun('regression').delivered;
    await settled(dashboard, before + 1);
    const { page, context, problems } = await dashboard.open('/incidents');
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page
      .getByRole('link', { name: /Test failure/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Post-mortem' }).click();
    const dialog = page.getByRole('dialog', { name: 'Post-mortem (draft)' });
    await dialog.getByRole('heading', { level: 3 }).first().waitFor();
    expect(await dialog.getByRole('heading', { level: 3 }).count()).toBeGreaterThan(2);
    // Instants are words, not records.
    expect(await dialog.innerText()).not.toMatch(/\d{4}-\d\d-\d\dT\d\d/);
    expect(await faultsOf(page, 'post-mortem')).toEqual([]);
    await page.setViewportSize(WIDTHS.desktop);
    await dialog.getByRole('button', { name: 'Copy as Markdown' }).click();
    await dialog.getByText('Copied as Markdown.').waitFor();
    const copied = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(copied).toMatch(/^# .+/);
    const download = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Save as file' }).click();
    expect((await download).suggestedFilename()).toMatch(/^postmortem-.+\.md$/);
    expect(readFileSync(await (await download).path(), 'utf8')).toBe(copied);
    expect(problems).toEqual([]);
    await context.close();
  });
});
