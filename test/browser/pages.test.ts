import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { lastDay } from '@selfheal/pull-request-quality/domain/flaky-tests/quarantined-test.ts';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleConfiguration } from '#test/e2e/support/assemblies.ts';
import { FLAKY, QUARANTINED, storeFlakyTests } from './flaky-tests.ts';
import { type DashboardStage, openDashboard, settled } from './stage.ts';

const FAILED_INSTALL = [
  'Run npm ci',
  'npm error code ERESOLVE',
  'npm error ERESOLVE unable to resolve dependency tree',
  'npm error Found: react@19.1.0',
  'npm error Could not resolve dependency: peer react@"^18.0.0" from chart-kit@4.2.0',
  'Error: Process completed with exit code 1.',
].join('\n');

const GIGABYTE = 1_000_000_000;

let dashboard: DashboardStage;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'selfheal-pages-'));
  const { github } = sampleConfiguration();
  dashboard = await openDashboard({ configuration: { github: { ...github, defaultMode: 'suggest' } } });
  const { samples } = dashboard.stage.world;
  await samples.failRun('transient').delivered;
  await samples.failRun('regression', { rerunMs: 500 }).delivered;
  await settled(dashboard, 2);
});

afterAll(async () => {
  await dashboard?.close();
  rmSync(folder, { recursive: true, force: true });
});

const choose = (page: Page, path: string) => page.locator('input[type=file]').setInputFiles(path);

/** Fills the reason of the dialog in front and confirms it. */
async function confirm(page: Page, verb: string, reason?: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  if (reason !== undefined) await dialog.getByLabel('Why').fill(reason);
  await dialog.getByRole('button', { name: verb, exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
}

describe('Try a log', () => {
  it('says of a pasted log what failed, how sure it is, what else it may be, and which lines decided', async () => {
    const { page, problems, context } = await dashboard.open('/try');
    await page.getByLabel('Paste a log').fill(FAILED_INSTALL);
    await page.getByRole('button', { name: 'Analyse' }).click();
    await page.locator('.verdict-class', { hasText: 'Dependency conflicts' }).waitFor();
    expect(await page.locator('.confidence .number').first().innerText()).toMatch(/^\d+ %$/);
    expect(await page.locator('.log-line mark').first().innerText()).toContain('ERESOLVE');
    expect(problems).toEqual([]);
    await context.close();
  });

  it('unpacks .gz, and shows markup of a log as text', async () => {
    const path = join(folder, 'build.txt.gz');
    writeFileSync(path, gzipSync(FAILED_INSTALL.replace('react@19.1.0', '<img src=x onerror=alert(1)>')));
    const { page, problems, context } = await dashboard.open('/try');
    await choose(page, path);
    await page.locator('.verdict-class', { hasText: 'Dependency conflicts' }).waitFor();
    await page.getByText('<img src=x onerror=alert(1)>').first().waitFor();
    expect(await page.locator('main img[src="x"]').count()).toBe(0);
    expect(problems).toEqual([]);
    await context.close();
  });

  it('takes the beginning and the end of a file of 1 GB in bounded memory, says so, and cites its own line numbers', async () => {
    const path = join(folder, 'large.txt');
    const filler = `${'compiled module 4711 of the project without a warning '.repeat(3)}\n`.repeat(6_000);
    const file = openSync(path, 'w');
    writeSync(file, filler);
    // A hole, which takes no room on the disk.
    ftruncateSync(file, GIGABYTE);
    writeSync(file, `\n${filler.repeat(4)}${FAILED_INSTALL}`, GIGABYTE);
    closeSync(file);
    const { page, context } = await dashboard.open('/try');
    await choose(page, path);
    await page.locator('.verdict-class', { hasText: 'Dependency conflicts' }).waitFor();
    const { metrics } = await (await context.newCDPSession(page))
      .send('Performance.getMetrics')
      .catch(() => ({ metrics: [] }));
    expect(metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0).toBeLessThan(GIGABYTE / 4);
    await page.getByText('its beginning and its end were read').waitFor();
    const cited = page.locator('.log-line[data-cited]').filter({ hasText: 'code ERESOLVE' });
    expect(await cited.first().locator('.log-number').innerText()).toBe('30003');
    await context.close();
  });

  it.each([
    ['nothing.txt', Buffer.alloc(0), 'is empty'],
    ['image.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, ...Array.from({ length: 400 }, () => 0)]), 'is not text'],
    ['logs.zip', Buffer.from('PK\u0003\u0004 and so on'), 'is a zip archive'],
    ['cut.gz', Buffer.from([0x1f, 0x8b, 0x08, 0x00, 1, 2, 3]), 'is damaged'],
  ])('says of %s what is wrong with it', async (name, content, problem) => {
    writeFileSync(join(folder, name), content);
    const { page, context } = await dashboard.open('/try');
    await choose(page, join(folder, name));
    expect(await page.getByRole('alert').innerText()).toContain(`${name} ${problem}`.replace('cut.gz is', 'it is'));
    await context.close();
  });
});

describe('Knowledge', () => {
  it('is written down after it was tried, changed, undone, removed and found again', async () => {
    const { page, problems, context } = await dashboard.open('/knowledge');
    await page.getByRole('link', { name: 'Add a pattern' }).click();
    await page.getByLabel('Recognised by').fill('could not reach ledger-db-*: connection refused');
    await page.getByLabel('A line or a log').fill('ok\ncould not reach ledger-db-7: connection refused\nok');
    await page.getByRole('button', { name: 'Try it' }).click();
    await page.getByText('It matches 1 line.').waitFor();
    await page.getByLabel('Title').fill('The ledger <b>database</b> is away');
    await page.getByLabel('What helps').fill('Fail over to the replica.');
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('It could be saved.').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'The ledger <b>database</b> is away' }).waitFor();
    expect(await page.locator('main b').count()).toBe(0);
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('dialog').getByLabel('Title').fill('The ledger database is away');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'The ledger database is away', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Undo the last change' }).click();
    await confirm(page, 'Restore it');
    await page.getByRole('heading', { name: 'The ledger <b>database</b> is away' }).waitFor();
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await confirm(page, 'Remove it', 'written by a test');
    await page.getByText('It counts no longer: written by a test').waitFor();
    await page.getByRole('navigation', { name: 'Where you are' }).getByRole('link').click();
    await page.getByLabel('Show removed').check();
    await page.getByRole('link', { name: /ledger/ }).waitFor();
    await page.getByRole('searchbox').fill('npm ECONNRESET registry');
    await page.keyboard.press('Enter');
    await page.locator('.results li').first().waitFor();
    expect(problems).toEqual([]);
    await context.close();
  });

  it('says who was first when two people change one pattern', async () => {
    const { page, context } = await dashboard.open('/knowledge');
    await page.getByRole('link', { name: 'Add a pattern' }).click();
    await page.getByLabel('Recognised by').fill('quota of disk * exceeded on build agent');
    await page.getByLabel('Title').fill('A full disk');
    await page.getByLabel('What helps').fill('Clean the caches.');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'A full disk' }).waitFor();
    const second = await context.newPage();
    await second.goto(page.url());
    await second.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('dialog').getByLabel('What helps').fill('Clean the caches of npm.');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByRole('paragraph').filter({ hasText: 'Clean the caches of npm.' }).waitFor();
    await second.getByRole('dialog').getByLabel('What helps').fill('Buy a larger disk.');
    await second.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await second.getByText('Somebody else changed it meanwhile.').waitFor();
    await second.getByRole('button', { name: 'Show what it is now' }).click();
    await second.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await second.locator('.prose .lines').innerText()).toBe('Clean the caches of npm.');
    await context.close();
  });
});

describe('Policy', () => {
  it('[E10] is changed within what is deployed, with a reason, and every version can be restored', async () => {
    const { page, problems, context } = await dashboard.open('/policy');
    const limit = page.getByRole('spinbutton', { name: 'Actions per incident, at most' });
    const deployed = await limit.inputValue();
    await limit.fill('2');
    await page.getByRole('combobox', { name: 'Mode of all other repositories' }).selectOption('observe');
    await page.getByRole('button', { name: 'Review and save' }).click();
    const week = page.getByRole('dialog').getByRole('list', { name: 'The last week' });
    await week
      .getByText(/policy\.maxActionsPerIncident: of \d+ actions of the last 7 days \d+ would have been/)
      .waitFor();
    await week
      .getByText(/modes: of \d+ events of the last 7 days \d+ would/)
      .first()
      .waitFor();
    await confirm(page, 'Save', 'a quiet week');
    await page.getByText('Changed: version 1').waitFor();
    expect(await limit.inputValue()).toBe('2');
    expect(await page.locator('tr', { has: limit }).innerText()).toMatch(/changed here/);
    await page.locator('tr', { has: limit }).getByRole('button', { name: 'take back' }).click();
    await page.getByRole('button', { name: 'Review and save' }).click();
    await confirm(page, 'Save', 'one is enough');
    await expect.poll(() => limit.inputValue()).toBe(deployed);
    await page.getByRole('button', { name: 'Restore version 1' }).click();
    await confirm(page, 'Restore it', 'as it was');
    await expect.poll(() => limit.inputValue()).toBe('2');
    expect(problems).toEqual([]);
    await context.close();
  });

  it('[E10] lies behind "Services and policy" in the navigation; the mode of a service is lowered there, never raised above what is deployed', async () => {
    const { page, problems, context } = await dashboard.open('/');
    await page.getByRole('link', { name: 'Services and policy' }).first().click();
    await page.getByRole('heading', { name: 'Services and policy', level: 1 }).waitFor();
    const mode = page.getByRole('combobox', { name: 'Mode of ledger' });
    const deployed = await mode.inputValue();
    const others = page.getByRole('combobox', { name: 'Mode of all other repositories' });
    expect(await others.locator('option[value="suggest"]').isDisabled()).toBe(false);
    expect(await others.locator('option[value="act"]').isDisabled()).toBe(true);
    await mode.selectOption('observe');
    await page.getByRole('button', { name: 'Review and save' }).click();
    await confirm(page, 'Save', 'only watching this week');
    await page.reload();
    await expect.poll(() => mode.inputValue()).toBe('observe');
    const row = page.locator('tr', { has: mode });
    expect(await row.innerText()).toMatch(/changed here/);
    await row.getByRole('button', { name: 'take back' }).click();
    await page.getByRole('button', { name: 'Review and save' }).click();
    await confirm(page, 'Save', 'the week is over');
    await expect.poll(() => mode.inputValue()).toBe(deployed);
    expect(problems).toEqual([]);
    await context.close();
  });

  it('[E10] has thresholds of single actions, never below those of the policy', async () => {
    const { page, problems, context } = await dashboard.open('/policy');
    await page.getByLabel('Action', { exact: true }).selectOption('rerun-workflow-run');
    await page.getByRole('button', { name: 'Add settings of an action' }).click();
    const threshold = page.getByRole('spinbutton', { name: 'rerun-workflow-run acts from this confidence on' });
    const general = page.getByRole('spinbutton', { name: 'Acts without asking from this confidence' });
    expect(await threshold.inputValue()).toBe(await general.inputValue());
    expect(await threshold.getAttribute('min')).toBe(await general.getAttribute('min'));
    await threshold.fill('0.97');
    await page.getByRole('button', { name: 'Review and save' }).click();
    await page.getByRole('dialog').getByText('actions.rerun-workflow-run.actAtConfidence').waitFor();
    await confirm(page, 'Save', 'only when it is sure');
    await page.reload();
    await expect.poll(() => threshold.inputValue()).toBe('0.97');
    expect(problems).toEqual([]);
    await context.close();
  });

  it('[E10] is stopped and resumed, frozen and muted', async () => {
    const { page, context } = await dashboard.open('/policy');
    await page.getByRole('button', { name: 'Stop everything' }).click();
    await confirm(page, 'Stop everything', 'an audit');
    await page.getByText('Everything is stopped').waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await confirm(page, 'Resume', 'the audit is over');
    await page.getByText('Everything is stopped').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Add a freeze' }).click();
    await page.getByRole('dialog').getByLabel('From').fill('2031-12-20T00:00');
    await page.getByRole('dialog').getByLabel('To', { exact: true }).fill('2031-12-27T00:00');
    await page.getByLabel('What for').fill('Holidays');
    await page.getByRole('dialog').getByRole('button', { name: 'Add' }).click();
    await page
      .getByRole('button', { name: /^Mute / })
      .first()
      .click();
    await page.getByLabel('Why').fill('moving to another cluster');
    await page.getByRole('dialog').getByRole('button', { name: 'Mute' }).click();
    await page.getByText('2 changes not saved').waitFor();
    await page.getByRole('button', { name: 'Review and save' }).click();
    await confirm(page, 'Save', 'the end of the year');
    await page.getByText('moving to another cluster').first().waitFor();
    expect(await page.getByRole('button', { name: 'Take back the freeze Holidays' }).count()).toBe(1);
    await context.close();
  });

  it('[E10] says plainly that somebody else changed it', async () => {
    const { page, context } = await dashboard.open('/policy');
    await page.getByRole('spinbutton', { name: 'Actions per day, at most' }).fill('3');
    await page.getByRole('button', { name: 'Review and save' }).click();
    await page.getByRole('dialog').getByText('policy.maxActionsPerDay', { exact: true }).waitFor();
    const { page: second, context: other } = await dashboard.open('/policy');
    await second.getByRole('spinbutton', { name: 'Actions per day, at most' }).fill('4');
    await second.getByRole('button', { name: 'Review and save' }).click();
    await confirm(second, 'Save', 'first');
    await page.getByRole('dialog').getByLabel('Why').fill('second');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByText('Somebody else changed it meanwhile. Nothing of yours was saved.').waitFor();
    await page.getByRole('button', { name: 'Show what it is now' }).click();
    await page.getByRole('button', { name: 'Keep mine on top of it' }).click();
    await page.getByRole('button', { name: 'Review and save' }).click();
    await confirm(page, 'Save', 'second');
    await expect.poll(() => page.getByText('1 change not saved').count()).toBe(0);
    await other.close();
    await context.close();
  });

  it('[E10] loses nothing of a change when the API is down, and saves it when it is back', async () => {
    const { page, context } = await dashboard.open('/policy');
    const limit = page.getByRole('spinbutton', { name: 'Actions per day, at most' });
    await limit.fill('2');
    await page.getByRole('button', { name: 'Review and save' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('policy.maxActionsPerDay', { exact: true }).waitFor();
    await dialog.getByLabel('Why').fill('while it was down');
    await page.route('**/api/**', (route) => route.abort());
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await dialog.getByRole('alert').waitFor();
    expect(await dialog.getByLabel('Why').inputValue()).toBe('while it was down');
    await page.unroute('**/api/**');
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.reload();
    await expect.poll(() => limit.inputValue()).toBe('2');
    await context.close();
  });

  it('[E38] is reset to what was deployed by a button, after it has said what that changes', async () => {
    const { page, context } = await dashboard.open('/policy');
    const limit = page.getByRole('spinbutton', { name: 'Actions per target and hour, at most' });
    const deployed = await limit.inputValue();
    await limit.fill('1');
    await page.getByRole('button', { name: 'Review and save' }).click();
    await confirm(page, 'Save', 'before the reset');
    await page.getByRole('button', { name: 'Review and save' }).waitFor({ state: 'detached' });
    await expect.poll(() => page.getByRole('button', { name: 'Reset to what was deployed' }).isEnabled()).toBe(true);
    await page.getByRole('button', { name: 'Reset to what was deployed' }).click();
    await page.getByRole('dialog').getByText('policy.maxActionsPerTargetPerHour').waitFor();
    await confirm(page, 'Reset everything', 'start again');
    await expect.poll(() => limit.inputValue()).toBe(deployed);
    await page.getByText('Reset to what was deployed: version').waitFor();
    expect(await page.getByRole('button', { name: 'Reset to what was deployed' }).isDisabled()).toBe(true);
    await context.close();
  });
});

describe('Learning', () => {
  it('[A78] [D118] shows at /ai-dashboard stage, health, accuracy over time, reliability, models, costs and service levels', async () => {
    const { page, problems, context } = await dashboard.open('/ai-dashboard');
    for (const name of ['Stage', 'Health', 'Accuracy over time', 'Whether the confidence can be believed', 'Models'])
      await page.getByRole('heading', { name, exact: true }).waitFor();
    await page.locator('.stage-progress .meter').waitFor();
    await page.locator('.recharts-line').nth(1).waitFor({ state: 'attached' });
    await page.locator('.cost-tiles > div').nth(3).waitFor();
    expect(await page.locator('.cost-tiles > div').count()).toBe(4);
    await page
      .getByRole('region', { name: 'Service levels' })
      .getByRole('rowheader', { name: /ledger/ })
      .waitFor();
    await page.getByLabel('Period').selectOption('90');
    await expect.poll(() => page.url()).toContain('days=90');
    expect(problems).toEqual([]);
    await context.close();
  });
});

describe('Incidents', () => {
  it('keep what was loaded when a new one arrives', async () => {
    const { page, problems, context } = await dashboard.open('/');
    await context.route('**/api/incidents?*', (route) => {
      const url = new URL(route.request().url());
      url.searchParams.set('limit', '1');
      return route.continue({ url: url.href });
    });
    await page.goto(`${dashboard.url}/incidents?show=all`);
    const rows = page.getByRole('list', { name: 'Incidents' }).getByRole('link');
    await rows.first().waitFor();
    expect(await rows.count()).toBe(1);
    const newest = await rows.first().getAttribute('href');
    await page.getByRole('button', { name: 'Load more' }).click();
    await rows.nth(1).waitFor();
    const second = await rows.nth(1).getAttribute('href');
    await dashboard.stage.world.samples.failRun('transient').delivered;
    await expect.poll(() => rows.nth(1).getAttribute('href')).toBe(newest);
    expect(await rows.count()).toBe(2);
    await page.getByRole('button', { name: 'Load more' }).click();
    await rows.nth(2).waitFor();
    expect(await rows.nth(2).getAttribute('href')).toBe(second);
    expect(problems).toEqual([]);
    await context.close();
  });
});

/** Each try of a test starts one of its own. */
let experiments = 0;
describe('Experiments', () => {
  it('says while they are read, that there is none, and why they could not be read', async () => {
    const { page, problems, context } = await dashboard.open('/');
    let answer: (() => Promise<void>) | undefined;
    await context.route('**/api/experiments', (route) => {
      answer = () => route.fulfill({ json: { experiments: [] } });
    });
    await page.getByRole('link', { name: 'Experiments' }).first().click();
    await page.getByRole('status', { name: 'Loading' }).first().waitFor();
    await expect.poll(() => answer !== undefined).toBe(true);
    await answer?.();
    await page.getByRole('heading', { name: 'No experiment yet' }).waitFor();
    await context.unroute('**/api/experiments');
    await context.route('**/api/experiments', (route) =>
      route.fulfill({ status: 500, json: { title: 'Internal error', detail: 'The table does not answer.' } }),
    );
    await page.reload();
    await page.getByRole('alert').getByText('The table does not answer.').waitFor();
    await context.unroute('**/api/experiments');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('alert').waitFor({ state: 'detached' });
    expect(problems.filter((problem) => !problem.endsWith('/api/experiments'))).toEqual([]);
    await context.close();
  });

  it('are started by keyboard, survive a reload, tell a second tab that there is one already, and are stopped', async () => {
    const { page, problems, context } = await dashboard.open('/experiments');
    const second = await context.newPage();
    await second.goto(`${dashboard.url}/experiments`);
    experiments += 1;
    const title = `Retry or rerun ${experiments}`;
    for (const each of [page, second]) {
      await each.getByRole('button', { name: 'Start an experiment' }).press('Enter');
      const dialog = each.getByRole('dialog');
      await dialog.getByLabel('What is compared').fill(title);
      await dialog.getByLabel('Second solution').selectOption({ index: 0 });
      await dialog.getByLabel('Only in the repository').fill('acme/shop');
    }
    await page.getByRole('dialog').getByLabel('Days').press('Enter');
    const card = page.getByRole('region', { name: title, exact: true });
    await card.getByText('Too early to say.').waitFor();
    expect(await card.getByRole('rowheader').count()).toBe(2);
    expect(await card.getByText('from 30 incidents on').count()).toBe(2);
    await second.getByRole('dialog').getByLabel('Days').press('Enter');
    await second.getByRole('alert').getByText(`there is an experiment retry-or-rerun-${experiments} already`).waitFor();
    expect(await second.getByLabel('What is compared').inputValue()).toBe(title);
    await page.reload();
    await card.getByRole('button', { name: `Stop ${title}` }).click();
    await confirm(page, 'Stop it');
    await card.getByText('Ended', { exact: true }).waitFor();
    expect(await card.getByRole('button').count()).toBe(0);
    expect(problems).toEqual([]);
    await context.close();
  });
});

describe('Drill', () => {
  it('[E9] runs a test of the whole way and shows it to its end; the list marks it', async () => {
    const { page, problems, context } = await dashboard.open('/drill');
    await page.getByRole('button', { name: 'Run: Conflicting package versions' }).click();
    await page.locator('.workflow li[data-state="done"]', { hasText: 'Record' }).waitFor();
    await page.getByText(/Dependency conflicts, \d+ % sure/).waitFor();
    await page.getByRole('link', { name: 'Full timeline' }).waitFor();
    await page.goto(`${dashboard.url}/incidents`);
    await page.locator('.rows a').first().waitFor();
    const drills = await page.locator('.rows a', { hasText: 'Conflicting package versions' }).allInnerTexts();
    expect(drills.length).toBeGreaterThan(0);
    for (const text of drills) expect(text).toMatch(/\bsimulated\b/i);
    expect(problems).toEqual([]);
    await context.close();
  });
});

describe('Tests', () => {
  it('are empty at first', async () => {
    const { page, context } = await dashboard.open('/tests');
    const empty = page.getByText('No test has failed yet').or(page.getByText('No test fails by chance'));
    await expect.poll(() => empty.count()).toBe(1);
    await context.close();
  });

  it('are listed with owner and last day, led by the keyboard', async () => {
    const { page, problems, context } = await dashboard.open('/tests');
    await storeFlakyTests(dashboard.stage, 'gh-000000000000000000000001');
    await page.locator('.rows a').nth(1).waitFor();
    expect(await page.locator('.rows a').first().innerText()).toMatch(
      /In quarantine[\s\S]*<b>many<\/b>[\s\S]*@acme\/basket/,
    );
    expect(await page.locator('.rows b').count()).toBe(0);
    await page.keyboard.press('/');
    await page.keyboard.type('stock');
    await expect.poll(() => page.locator('.rows a').count()).toBe(1);
    await page.getByRole('searchbox').fill('');
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: FLAKY }).waitFor();
    expect(await page.getByText('by chance in').count()).toBe(1);
    expect(await page.locator('.result-strip span').count()).toBe(12);
    await page.keyboard.press('u');
    await page.getByRole('heading', { name: 'Tests', exact: true }).waitFor();
    expect(problems).toEqual([]);
    await context.close();
  });

  it('are given more time and released, by one person at a time', async () => {
    const { page, problems, context } = await dashboard.open('/tests');
    await page.getByRole('link', { name: /In quarantine/ }).click();
    await page.getByRole('heading', { name: QUARANTINED }).waitFor();
    const second = await context.newPage();
    await second.goto(page.url());
    await second.getByRole('button', { name: 'Release' }).click();
    const until = lastDay(new Date(), 20);
    await page.getByRole('button', { name: 'Extend' }).click();
    await page.getByLabel('New last day').fill(until);
    // Before the second page reads again, it decides about what it saw.
    await second.route('**/api/tests/*?*', (route) =>
      route.request().method() === 'GET' ? route.abort() : route.continue(),
    );
    await confirm(page, 'Extend it', 'no time before the release');
    await page.getByText(`Extended until ${until}`).waitFor();
    await second.getByRole('dialog').getByLabel('Why').fill('mended');
    await second.getByRole('button', { name: 'Release it' }).click();
    await second.getByText('Somebody else changed it meanwhile.').waitFor();
    await second.unroute('**/api/tests/*?*');
    await second.getByRole('button', { name: 'Show what it is now' }).click();
    await second.getByText(`Extended until ${until}`).waitFor();
    await confirm(second, 'Release it');
    await page.getByText('Released', { exact: true }).first().waitFor();
    expect(await page.getByRole('button', { name: 'Extend' }).count()).toBe(0);
    expect(problems).toEqual([]);
    await context.close();
  });
});

describe('Notifications', () => {
  it('shows what each channel would say, as inert text, led by the keyboard', async () => {
    const { page, problems, context } = await dashboard.open('/previews');
    const before = dashboard.stage.runtime.mailbox.list().length;
    await page
      .getByRole('region', { name: 'Comment on the pull request' })
      .getByText('Waiting for an approval')
      .waitFor();
    await page.getByRole('button', { name: /^An incident was resolved/ }).click();
    const comment = page.getByRole('region', { name: 'Comment on the pull request' });
    await comment.getByText('onerror=alert(1)').waitFor();
    expect(await page.locator('main img[src="x"], main pre b').count()).toBe(0);
    for (const _ of [1, 2, 3]) await page.keyboard.press('j');
    await page.getByText('[Selfheal] Needs a human: ledger-latency').first().waitFor();
    await expect.poll(() => new URL(page.url()).searchParams.get('show')).toBe('A human has to take over');
    await page.keyboard.press('k');
    await page.reload();
    expect(await page.getByRole('button', { pressed: true }).innerText()).toContain('An alarm was resolved');
    expect(dashboard.stage.runtime.mailbox.list().length).toBe(before);
    expect(problems).toEqual([]);
    await context.close();
  });

  it('says so when they cannot be read', async () => {
    const { page, context } = await dashboard.open('/nothing');
    await page.route('**/local-api/previews', (route) => route.abort());
    await page.goto(`${dashboard.url}/previews`);
    await page.getByText('The local cloud does not answer.').waitFor();
    await page.unroute('**/local-api/previews');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'Notifications' }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    await context.close();
  });
});

describe('Connect', () => {
  it('gives the commands for a repository, and says when its first failed run has arrived', async () => {
    const { page, problems, context } = await dashboard.open('/connect');
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(dashboard.url).origin });
    const name = page.getByLabel('Its owner and name');
    await name.fill('https://github.com/acme/shop');
    await page.getByText('Only owner and name, such as acme/shop').waitFor();
    await name.fill('acme/other');
    await page.getByText('None of acme/other has arrived yet.').waitFor();
    await page.getByText('Or with a token').click();
    await page.getByRole('button', { name: 'Copy the command that adds the webhook' }).click();
    await page.getByText('Copied').waitFor();
    const copied = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(copied).toContain('gh api repos/acme/other/hooks');
    expect(copied).toMatch(/config\[url\]=http:\/\/127\.0\.0\.1:\d+\/webhooks\/github/);
    const form = page.getByRole('link', { name: 'Fill in the form on GitHub' });
    const address = new URL((await form.getAttribute('href')) ?? '');
    expect([address.host, address.pathname]).toEqual(['github.com', '/organizations/acme/settings/apps/new']);
    expect(address.searchParams.getAll('events[]')).toEqual(['workflow_run', 'issue_comment']);
    expect(address.searchParams.get('webhook_url')).toBe(/config\[url\]=([^']+)/.exec(copied)?.[1]);
    await page.getByLabel('acme is an organisation').uncheck();
    expect(new URL((await form.getAttribute('href')) ?? '').pathname).toBe('/settings/apps/new');

    await dashboard.stage.world.samples.failRun('transient').delivered;
    await name.fill('acme/shop');
    await page.getByText('The first one arrived:').waitFor();
    await page.getByText('The first one arrived:').getByRole('link').click();
    await page.waitForURL(/\/incidents\/gh-/);
    expect(problems).toEqual([]);
    await context.close();
  });
});
