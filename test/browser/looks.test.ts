import { testKeyOf } from '@selfheal/diagnosis/failure/history/test-record.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QUARANTINED, storeFlakyTests } from './flaky-tests.ts';
import { LOOKS, takePicture, violationsOf } from './looks.ts';
import { type DashboardStage, openDashboard, settled, WIDTHS } from './stage.ts';

let dashboard: DashboardStage;
let pages: Record<string, string> = {};

beforeAll(async () => {
  dashboard = await openDashboard({ configuration: { policy: { actAtConfidence: 0.99 } } });
  const { samples } = dashboard.stage.world;
  await samples.failRun('regression').delivered;
  samples.fireAlarm('checkout');
  await samples.failRun('transient').delivered;
  samples.fireAlarm('ledger');
  await settled(dashboard, 4, 2);
  const { page, context } = await dashboard.open('/incidents');
  const story = await page.getByRole('link', { name: /Test failure/ }).getAttribute('href');
  await storeFlakyTests(dashboard.stage, story?.split('/').at(-1) ?? '');
  await page.goto(`${dashboard.url}/approvals`);
  const approval = await page.locator('.rows a').first().getAttribute('href');
  await page.goto(`${dashboard.url}/knowledge`);
  await page.getByRole('link', { name: 'Add a pattern' }).click();
  await page.getByLabel('Recognised by').fill('could not reach ledger-db-*: connection refused');
  await page.getByLabel('Title').fill('The database of the ledger is away');
  await page.getByLabel('What helps').fill('Fail over to the replica.');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'How its confidence came about' }).waitFor();
  const pattern = new URL(page.url()).pathname + new URL(page.url()).search;
  await page.goto(`${dashboard.url}/experiments`);
  await page.getByRole('button', { name: 'Start an experiment' }).click();
  await page.getByLabel('What is compared').fill('Does the second of the actions help more often?');
  await page.getByLabel('Second solution').selectOption({ index: 1 });
  for (const dark of [false, true]) {
    await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
    await page.locator(`html[data-mantine-color-scheme="${dark ? 'dark' : 'light'}"]`).waitFor();
    expect(await violationsOf(page), 'the form of an experiment').toEqual([]);
  }
  await page.getByRole('dialog').getByRole('button', { name: 'Start', exact: true }).click();
  await page.getByText('Too early to say.').first().waitFor();
  pages = {
    overview: '/',
    incidents: '/incidents',
    incident: story ?? '',
    approvals: '/approvals',
    approval: approval ?? '',
    tests: '/tests',
    test: `/tests/${testKeyOf(QUARANTINED)}?repository=acme/shop`,
    try: '/try',
    knowledge: '/knowledge',
    pattern,
    'new-pattern': '/knowledge/new?scope=acme/shop',
    policy: '/policy',
    learning: '/learning',
    experiments: '/experiments',
    access: '/access',
    connect: '/connect',
    drill: '/drill',
    previews: '/previews?show=An+incident+was+resolved',
    local: '/local',
    'not-found': '/nothing',
  };
  await context.close();
});

afterAll(() => dashboard?.close());

/** What is wrong with pages in both colours and widths; takes their pictures. */
async function faultsOf(shown: Readonly<Record<string, string>>): Promise<string[]> {
  const faults: string[] = [];
  for (const [name, path] of Object.entries(shown)) {
    const { page, context, problems } = await dashboard.open(path);
    await page.locator('h1').first().waitFor();
    await page.waitForLoadState('networkidle').catch(() => undefined);
    for (const [look, { dark, phone }] of LOOKS) {
      const scheme = dark ? 'dark' : 'light';
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await page.setViewportSize(phone ? WIDTHS.phone : WIDTHS.desktop);
      await page.locator(`html[data-mantine-color-scheme="${scheme}"]`).waitFor();
      await page.locator('.skeleton').first().waitFor({ state: 'detached' });
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      if (width > (page.viewportSize()?.width ?? 0)) faults.push(`${name} in ${look}: ${width} pixels wide`);
      await takePicture(page, `${name}-${look}`, { fullPage: !phone });
      faults.push(...(await violationsOf(page)).map((violation) => `${name} in ${look}: ${violation}`));
    }
    faults.push(...problems.filter((problem) => !/axe/.test(problem)).map((problem) => `${name}: ${problem}`));
    await context.close();
  }
  return faults;
}

describe('every page', () => {
  it('can be read by everybody and is no wider than the window, light and dark, wide and narrow', async () => {
    expect(await faultsOf(pages)).toEqual([]);
  });

  it('can be read and says so while the kill switch is on', async () => {
    const { page, context } = await dashboard.open('/policy');
    const press = async (verb: string, reason: string) => {
      await page.getByRole('button', { name: verb }).first().click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Why').fill(reason);
      await dialog.getByRole('button', { name: verb, exact: true }).click();
      await dialog.waitFor({ state: 'detached' });
    };
    await press('Stop everything', 'an audit of the release');
    expect(await faultsOf({ stopped: '/', 'stopped-incidents': '/incidents' })).toEqual([]);
    for (const path of Object.values(pages)) {
      await page.goto(`${dashboard.url}${path}`);
      await page.getByText('an audit of the release').first().waitFor();
    }
    await page.goto(`${dashboard.url}/policy`);
    await press('Resume', 'the audit is over');
    await page.getByText('The kill switch is on').first().waitFor({ state: 'detached' });
    await context.close();
  });

  it('with incidents says which of them ask a person', async () => {
    for (const path of ['/', '/incidents']) {
      const { page, context } = await dashboard.open(path);
      await page.getByText('Asks a person').nth(1).waitFor();
      expect(await page.getByText('Asks a person').count()).toBe(2);
      await context.close();
    }
  });

  it('in both colours has a sign-in that everybody can read', async () => {
    for (const dark of [false, true]) {
      const { page, context } = await dashboard.open('/', { dark });
      await page.getByRole('button', { name: 'Sign out' }).first().click();
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      await takePicture(page, `sign-in-${dark ? 'dark' : 'light'}`);
      expect(await violationsOf(page)).toEqual([]);
      await context.close();
    }
  });
});
